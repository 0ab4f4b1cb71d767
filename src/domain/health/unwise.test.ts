// Each unwise setting is told of, and none that is usual.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WrittenHealth } from './health-settings.ts';
import { healthSettings } from './health-settings.ts';
import { judge } from './outlier-detection.ts';
import { outlierSettings } from './outlier-settings.ts';
import { panicSettings } from './panic-settings.ts';
import type { JudgedEndpoint } from './unwise.ts';
import { unwise } from './unwise.ts';

interface Written {
  /** Ten of equal rank when absent. */
  readonly endpoints?: readonly Partial<JudgedEndpoint>[];
  readonly health?: WrittenHealth;
  readonly outliers?: Parameters<typeof outlierSettings.parse>[0];
  readonly panic?: Parameters<typeof panicSettings.parse>[0];
}

const many = (count: number): readonly object[] => new Array(count).fill({});

const remarks = ({ endpoints = many(10), health, outliers = {}, panic = 50 }: Written): readonly string[] =>
  unwise({
    endpoints: endpoints.map((endpoint) => ({ weight: 1, priority: 0, backup: false, ...endpoint })),
    ...(health === undefined ? {} : { health: healthSettings.parse(health) }),
    outliers: outlierSettings.parse(outliers),
    panic: panicSettings.parse(panic),
  });

const remarkOf = (written: Written): string => {
  const found = remarks(written);
  assert.equal(found.length, 1, found.join('; '));
  return found[0] ?? '';
};

test('there is nothing to say of the defaults, of presets, and of what most people write', () => {
  for (const outliers of [{}, 'envoy', 'nginx', 'none'] as const) assert.deepEqual(remarks({ outliers }), []);
  for (const health of [
    { http: '/healthz' },
    { tcp: { send: 'PING\r\n', expect: 'PONG' } },
    { tcp: { expect: '220' } },
    { command: ['check'] },
    { http: '/', interval: '10s', timeout: '2s', fastInterval: '2s', fall: 5 },
  ] satisfies readonly WrittenHealth[]) {
    assert.deepEqual(remarks({ health }), []);
  }
});

describe('told of is', () => {
  test('a fall of one', () => assert.match(remarkOf({ health: { tcp: true, fall: 1 } }), /^health\.fall is 1/));

  test('a fast interval that probes without an answer hold up', () => {
    assert.match(remarkOf({ health: { tcp: true, fastInterval: '500ms' } }), /^health\.fastInterval is shorter/);
  });

  test('an endpoint that may be down for more than a minute', () => {
    assert.match(remarkOf({ health: { tcp: true, interval: '30s' } }), /down for up to 91 seconds/);
    assert.deepEqual(remarks({ health: { tcp: true, interval: '19s' } }), []);
  });

  test('a program that is started all the time', () => {
    assert.match(remarkOf({ health: { command: ['check'], interval: '500ms' } }), /^health\.command starts a program/);
  });

  test('a probe that passes whatever comes', () => {
    assert.match(remarkOf({ health: { tcp: { send: 'PING' } } }), /^health\.tcp sends something/);
    assert.match(remarkOf({ health: { http: { path: '/', status: ['200-599'] } } }), /^health\.http\.status holds errors/);
  });

  test('an ejection by a single error', () => {
    assert.match(remarkOf({ outliers: { consecutive: { local: 1 } } }), /^outliers\.consecutive\.local is 1/);
  });

  test('more ejections than there can be without panic', () => {
    assert.match(remarkOf({ outliers: { maxEjected: 51 } }), /^outliers\.maxEjected is 51: ejections alone can bring the pool into panic/);
    assert.deepEqual(remarks({ outliers: { maxEjected: 50 } }), []);
    assert.match(remarkOf({ outliers: { maxEjected: 100 }, panic: 10 }), /panic/);
  });

  test('most endpoints ejected where nothing panics', () => {
    assert.match(remarkOf({ outliers: { maxEjected: 100 }, panic: 0 }), /a few endpoints may be left/);
    assert.deepEqual(remarks({ outliers: { maxEjected: 50 }, panic: 0 }), []);
  });

  test('a comparison of so few endpoints that none can stand out', () => {
    const successRate = { minHosts: 4, volume: 1, factor: 1.9 };
    assert.match(remarkOf({ outliers: { successRate } }), /minHosts is 4: fewer than 5 rates never differ by 1\.9/);
    assert.deepEqual(remarks({ outliers: { successRate: { ...successRate, minHosts: 5 } } }), []);
    // That is so: with the most different rates that there are, four suspect nobody, and five one.
    const figures = [0, 100, 100, 100].map((succeeded, index) => ({ endpoint: String(index), succeeded, total: 100 }));
    assert.deepEqual(judge(figures, { successRate }), []);
    assert.equal(judge([...figures, { endpoint: '4', succeeded: 100, total: 100 }], { successRate }).length, 1);
  });

  test('an endpoint that waits for long when it is well again', () => {
    assert.match(remarkOf({ health: { tcp: true, interval: '10s', rise: 7 } }), /^health\.rise is 7: .* up to 71 seconds/);
    assert.deepEqual(remarks({ health: { tcp: true, interval: '10s', rise: 7, fastInterval: '1s' } }), []);
  });

  test('more probes than can be made', () => {
    const health = { http: '/' };
    assert.match(remarkOf({ endpoints: many(10_000), health }), /^health\.interval makes 5000 probes a second for 10000 endpoints/);
    assert.deepEqual(remarks({ endpoints: many(10_000), health: { ...health, interval: '10s' } }), []);
    assert.match(remarkOf({ endpoints: many(100), health: { command: ['check'] } }), /^health\.interval makes 50 programs a second/);
  });

  test('a share of so few endpoints that none may be ejected', () => {
    assert.match(remarkOf({ endpoints: many(9), outliers: 'envoy' }), /^outliers\.maxEjected is 10 percent of 9 endpoints, which is none/);
    for (const outliers of [
      { preset: 'envoy', alwaysOne: true },
      { preset: 'envoy', maxEjected: 12 },
    ] as const)
      assert.deepEqual(remarks({ endpoints: many(9), outliers }), []);
    assert.deepEqual(remarks({ endpoints: many(1), outliers: 'envoy', panic: 0 }), [
      'outliers.successRate wants 5 endpoints (minHosts) to compare, and the pool has 1: it never judges',
    ]);
  });

  test('a comparison that wants more endpoints than there are', () => {
    const remark = (outliers: Written['outliers']): string => remarkOf({ endpoints: many(3), outliers });
    assert.match(remark({ successRate: true }), /^outliers\.successRate wants 5 endpoints/);
    assert.match(remark({ failureShare: { minHosts: 4 } }), /^outliers\.failureShare wants 4 endpoints/);
    assert.deepEqual(remarks({ endpoints: many(3), outliers: { failureShare: { minHosts: 3 } } }), []);
  });

  test('rates by which nearly everybody is an outlier', () => {
    assert.match(remarkOf({ outliers: { successRate: { factor: 0.5 } } }), /^outliers\.successRate\.factor is 0\.5/);
    assert.match(remarkOf({ outliers: { failureShare: { threshold: 5 } } }), /^outliers\.failureShare\.threshold is 5/);
  });

  test('panic by a single endpoint that fails', () => {
    assert.match(
      remarkOf({ endpoints: many(2), panic: 60 }),
      /^panic\.threshold is 60: when one of 2 endpoints fails .* health is not heeded$/,
    );
    assert.match(
      remarkOf({ endpoints: many(3), panic: { threshold: 70, action: 'fail' } }),
      /one of 3 endpoints fails .* nobody gets anything$/,
    );
    for (const [count, panic] of [
      [2, 50],
      [3, 60],
      // Seven of ten are enough for all traffic.
      [10, 100],
      [1, 50],
    ] as const)
      assert.deepEqual(remarks({ endpoints: many(count), panic }), []);
    // The other priority has enough for all.
    assert.deepEqual(remarks({ endpoints: [{}, {}, { priority: 1 }, { priority: 1 }], panic: 60 }), []);
    assert.equal(remarks({ endpoints: [{}, {}, { backup: true }, { weight: 0 }], panic: 60 }).length, 1);
  });
});
