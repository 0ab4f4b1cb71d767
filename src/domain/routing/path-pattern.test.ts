// Patterns of paths, taken apart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parsePathPattern } from './path-pattern.ts';

describe('a path pattern', () => {
  test('is exact without a star', () => {
    assert.deepEqual(parsePathPattern('/api/v1'), { kind: 'exact', segments: ['api', 'v1'] });
    assert.deepEqual(parsePathPattern('/api/'), { kind: 'exact', segments: ['api', ''] });
    assert.deepEqual(parsePathPattern('/'), { kind: 'exact', segments: [''] });
  });

  test('takes everything below with a star', () => {
    assert.deepEqual(parsePathPattern('/api/*'), { kind: 'below', segments: ['api'] });
    assert.deepEqual(parsePathPattern('/api/v1/*'), { kind: 'below', segments: ['api', 'v1'] });
    assert.deepEqual(parsePathPattern('/*'), { kind: 'below', segments: [] });
  });
});
