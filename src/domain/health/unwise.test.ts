// Each unwise setting is told of, and none that is usual.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WrittenHealth } from './health-settings.ts';
import { healthSettings } from './health-settings.ts';
import { judge } from './outlier-detection.ts';
import { outlierSettings } from './outlier-settings.ts';
import { panicSettings } from './panic-settings.ts';
import { unwise } from './unwise.ts';

interface Written {
  readonly health?: WrittenHealth;
  readonly outliers?: Parameters<typeof outlierSettings.parse>[0];
  readonly panic?: number;
}

const remarks = ({ health, outliers = {}, panic = 50 }: Written): readonly string[] =>
  unwise({
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
});
