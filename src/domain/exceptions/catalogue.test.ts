// What must hold for every failure, whoever acts on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from './catalogue.ts';

const entries = Object.entries(catalogue);

test('every failure has a kebab-case name and a sentence of its own', () => {
  assert.equal(new Set(entries.map(([, { meaning }]) => meaning)).size, entries.length);
  for (const [kind, { meaning }] of entries) {
    assert.match(kind, /^[a-z]+(-[a-z]+)+$/);
    assert.match(meaning, /^[A-Z][ -~]*\.$/);
  }
});

test('only endpoints are blamed for what comes from them', () => {
  for (const [kind, { origin, blamesEndpoint }] of entries) assert.equal(blamesEndpoint, origin === 'upstream', kind);
});

test('the status tells who has to change something', () => {
  for (const [kind, { origin, status }] of entries) {
    if (kind === 'method-not-implemented') assert.equal(status, 501);
    else if (kind === 'no-route') assert.equal(status, 404);
    else assert.equal(Math.floor(status / 100), origin === 'client' ? 4 : 5, kind);
  }
});

test('what the client did is not tried again', () => {
  for (const [kind, { origin, retry }] of entries) if (origin !== 'upstream') assert.equal(retry, 'never', kind);
});

test('waiting is advised where no endpoint could be reached, and nowhere else', () => {
  const advised = entries.filter(([, { retryAfter }]) => retryAfter > 0).map(([kind]) => kind);
  assert.deepEqual(advised, [
    'no-endpoint',
    'pool-saturated',
    'queue-timeout',
    'too-late',
    'breaker-open',
    'worker-overloaded',
    'connect-refused',
    'connect-timeout',
    'connect-failed',
  ]);
});
