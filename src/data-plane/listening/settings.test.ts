// A listener needs an address and a way for its exchanges; everything else has a default.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listenerSettings } from './settings.ts';

const complaints = (input: unknown): readonly string[] =>
  (listenerSettings.safeParse(input).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('listener settings', () => {
  test('an address and a pool are enough', () => {
    assert.deepEqual(listenerSettings.parse({ bind: ':8080', pool: 'web' }), {
      name: ':8080',
      bind: { kind: 'tcp', host: undefined, port: 8080, text: ':8080' },
      protocol: 'http',
      routes: [{ pool: 'web' }],
      timeouts: { head: 10_000, body: 30_000, send: 30_000, keepAlive: 75_000 },
      limits: {
        head: 16_384,
        fields: 100,
        target: 8192,
        body: Number.POSITIVE_INFINITY,
        connections: 20_000,
        exchanges: Number.POSITIVE_INFINITY,
      },
      forwarding: { trust: [], via: undefined },
    });
  });

  test('routes keep their order', () => {
    const routes = [{ path: '/a', pool: 'a' }, { pool: 'b' }];
    assert.deepEqual(listenerSettings.parse({ bind: ':80', routes }).routes, routes);
  });

  test('a pool and routes together are refused, also beside other mistakes', () => {
    assert.match(
      complaints({ bind: ':80', pool: 'a', routes: [{ pool: 'a' }] }).join(),
      /^pool: expected either "pool" or "routes", not both/,
    );
    assert.deepEqual(
      complaints({ bind: 80, pool: 'a', routes: [{ pool: 'a' }] }).map((text) => text.split(':')[0]),
      ['bind', 'pool'],
    );
  });

  test('neither a pool nor routes is refused, also beside other mistakes', () => {
    assert.match(complaints({ bind: ':80' }).join(), /^: expected "pool" or "routes"/);
    assert.equal(complaints({ bind: 80, name: '-' }).length, 3);
  });

  test('what is no listener is told once', () => {
    for (const input of [null, 5, [], 'web']) assert.equal(complaints(input).length, 1);
  });
});
