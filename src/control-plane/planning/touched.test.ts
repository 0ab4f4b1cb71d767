// Where a change would be seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WrittenDocument } from '../configuration/document.ts';
import { documentSettings } from '../configuration/document.ts';
import { touchedBy } from './touched.ts';

const one = { endpoints: ['10.0.0.1:80'] };
const other = { endpoints: ['10.0.0.2:80'] };
const written: WrittenDocument = {
  listeners: [
    { name: 'web', bind: ':8080', pool: 'web' },
    { name: 'api', bind: ':8081', routes: [{ path: '/', pool: 'api' }, { split: { web: 1, api: 1 } }] },
    { name: 'shop', bind: ':8082', pool: 'shop' },
  ],
  pools: { web: one, api: one, shop: { ...one, backup: 'spare' }, spare: one },
};
const touched = (changes: Partial<WrittenDocument>) =>
  touchedBy(documentSettings.parse(written), documentSettings.parse({ ...written, ...changes }));

test('a pool touches the listeners that lead to it', () => {
  assert.deepEqual(touched({ pools: { ...written.pools, web: other } }), { listeners: ['web', 'api'], pools: ['web'] });
  assert.deepEqual(touched({ pools: { ...written.pools, spare: other } }), { listeners: ['shop'], pools: ['spare'] });
});

test('a listener touches the pools that it leads to, with those behind them', () => {
  const listeners = written.listeners.map((listener) => (listener.name === 'web' ? { ...listener, pool: 'shop' } : listener));
  assert.deepEqual(touched({ listeners }), { listeners: ['web'], pools: ['shop', 'spare'] });
});

test('what belongs to no part is watched everywhere', () => {
  const everywhere = { listeners: ['web', 'api', 'shop'], pools: [] };
  assert.deepEqual(touched({ overload: 'none' }), everywhere);
  assert.deepEqual(touched({ shutdown: { deadline: '5s' } }), everywhere);
  assert.deepEqual(touched({ pools: { ...written.pools, unused: one } }), { ...everywhere, pools: ['unused'] });
});
