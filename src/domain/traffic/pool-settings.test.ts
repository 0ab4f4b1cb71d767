// A pool needs nothing but endpoints; everything else has a default.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { poolSettings } from './pool-settings.ts';

describe('pool settings', () => {
  test('endpoints are enough', () => {
    assert.deepEqual(poolSettings.parse({ endpoints: ['10.0.0.1:80'] }), {
      balance: { policy: 'round-robin' },
      endpoints: [
        {
          id: '10.0.0.1:80',
          address: { kind: 'tcp', host: '10.0.0.1', port: 80 },
          weight: 1,
          backup: false,
          priority: 0,
          maxConnections: Number.POSITIVE_INFINITY,
          metadata: {},
        },
      ],
      timeouts: { total: Number.POSITIVE_INFINITY, connect: 3000, response: 60_000, body: 60_000, tunnel: 3_600_000 },
      connections: { idle: 1024, idleTimeout: 60_000, maxAge: 3_600_000, maxExchanges: Number.POSITIVE_INFINITY },
      limits: { head: 32_768, fields: 200 },
      maxRequests: Number.POSITIVE_INFINITY,
      outliers: {
        kind: 'detection',
        consecutive: { fivexx: Number.POSITIVE_INFINITY, gateway: 5, local: 5 },
        interval: 10_000,
        rates: {},
        ejection: { baseEjection: 30_000, maxEjection: 300_000, jitter: 0 },
        cap: { maxEjected: 10, alwaysOne: true },
        endOnPass: true,
      },
      retry: {
        attempts: 3,
        on: [],
        budget: { share: 0.2, perSecond: 10 },
        backoff: { jitter: 'full', base: 25, most: 250 },
        perTry: Number.POSITIVE_INFINITY,
        within: Number.POSITIVE_INFINITY,
        body: 65_536,
      },
    });
  });

  test('one setting of a section leaves the others at their defaults', () => {
    const { timeouts } = poolSettings.parse({ endpoints: ['10.0.0.1:80'], timeouts: { connect: '1s' } });
    assert.deepEqual(timeouts, { total: Number.POSITIVE_INFINITY, connect: 1000, response: 60_000, body: 60_000, tunnel: 3_600_000 });
  });

  test('without endpoints a pool is refused', () => {
    for (const input of [{}, { endpoints: [] }, { endpoints: 'a:1' }, null]) assert.equal(poolSettings.safeParse(input).success, false);
  });
});
