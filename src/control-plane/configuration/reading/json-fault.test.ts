// The place where a text stops being JSON, and agreement with JSON.parse on what JSON is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { jsonFault } from './json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('json fault', () => {
  test('a fault is found where it stands', () => {
    assert.deepEqual(jsonFault('{"a": [1, 2,]}'), { offset: 12, expected: 'a value' });
    assert.deepEqual(jsonFault('{"a": 1,}'), { offset: 8, expected: 'a key in double quotes' });
    assert.deepEqual(jsonFault("{'a': 1}"), { offset: 1, expected: 'a key in double quotes or "}"' });
    assert.deepEqual(jsonFault('{"a" 1}'), { offset: 5, expected: '":"' });
    assert.deepEqual(jsonFault('[1 2]'), { offset: 3, expected: '"," or "]"' });
    assert.deepEqual(jsonFault('{"a": 1'), { offset: 7, expected: '"," or "}"' });
    assert.deepEqual(jsonFault('[01]'), { offset: 1, expected: 'a value or "]"' });
    assert.deepEqual(jsonFault('{} {}'), { offset: 3, expected: 'nothing more' });
    assert.deepEqual(jsonFault('"a\nb"'), { offset: 0, expected: 'a value' });
    assert.deepEqual(jsonFault('{"a": 1]'), { offset: 7, expected: '"," or "}"' });
  });

  test('what JSON can say has no fault', () => {
    fc.assert(
      fc.property(fc.json(), (text) => assert.equal(jsonFault(text), undefined)),
      { seed: 11, numRuns: 300 },
    );
  });

  test('agrees with JSON.parse on any text of its signs', () => {
    const signs = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '0', '.', '-', 'e', ' ', 'true', 'nul', 'null', '\\'),
    });
    fc.assert(
      fc.property(signs, (text) => assert.equal(jsonFault(text) === undefined, isJson(text))),
      { seed: 12, numRuns: 3000 },
    );
  });
});
