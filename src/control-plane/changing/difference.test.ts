// Which parts of two documents differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WrittenDocument } from '../configuration/document.ts';
import { documentSettings } from '../configuration/document.ts';
import { differenceOf } from './difference.ts';

const written: WrittenDocument = {
  workers: 1,
  listeners: [
    { name: 'web', bind: ':8080', pool: 'web' },
    { name: 'api', bind: ':8081', pool: 'api' },
  ],
  pools: { web: { endpoints: ['10.0.0.1:80'] }, api: { endpoints: ['10.0.0.2:80'] } },
};
const parse = (changes: Partial<WrittenDocument> = {}) => documentSettings.parse({ ...written, ...changes });
const none = { added: [], changed: [], removed: [] };

test('a document and itself', () => {
  assert.deepEqual(differenceOf(parse(), parse()), { listeners: none, pools: none, atStart: [], isNone: true });
});

test('what is written otherwise and means the same is the same', () => {
  const listeners = written.listeners.map(({ pool, ...rest }) => ({ ...rest, routes: [{ pool: String(pool) }] }));
  assert.equal(differenceOf(parse(), parse({ listeners })).isNone, true);
});

test('parts that come, go and change', () => {
  const after = parse({
    listeners: [
      { name: 'web', bind: ':8080', pool: 'web', limits: { connections: 7 } },
      { name: 'shop', bind: ':8082', pool: 'web' },
    ],
    pools: { web: { endpoints: ['10.0.0.1:80', '10.0.0.3:80'] }, spare: { endpoints: ['10.0.0.2:80'] } },
  });
  assert.deepEqual(differenceOf(parse(), after), {
    listeners: { added: ['shop'], changed: ['web'], removed: ['api'] },
    pools: { added: ['spare'], changed: ['web'], removed: ['api'] },
    atStart: [],
    isNone: false,
  });
});

test('what only a start can change, and what nothing else depends on', () => {
  assert.deepEqual(differenceOf(parse(), parse({ workers: 2, admin: { bind: '127.0.0.1:9900' } })).atStart, ['workers', 'admin']);
  const later = differenceOf(parse(), parse({ shutdown: { deadline: '5s' } }));
  assert.deepEqual([later.isNone, later.atStart], [false, []]);
  assert.equal(differenceOf(parse(), parse({ overload: 'none' })).isNone, false);
  assert.equal(differenceOf(parse(), parse({ listeners: [...written.listeners].reverse() })).isNone, false);
});
