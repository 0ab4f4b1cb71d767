import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import { supervised } from '../../../test/support/supervised.ts';
import type { WrittenDocument } from '../../control-plane/configuration/document.ts';
import type { EndpointChange } from '../../control-plane/supervising/endpoint-change.ts';
import { sharedClock } from '../../data-plane/serving/shared-clock.ts';
import { subsetOf } from '../../domain/balancing/subset.ts';
import { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import { poolCounter, poolGauge, waitsAt } from '../../domain/endpoints/scoreboard.ts';
import { ConsecutiveFailures } from '../../domain/health/consecutive-failures.ts';
import { countStreaks } from '../../domain/health/streaks.ts';
import { breakerState } from '../../domain/resilience/circuit-breaker.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { EndpointFigures, PoolFigures } from './pool-figures.ts';
import { readPools } from './pool-figures.ts';
import { poolStatus } from './pool-status.ts';

type WrittenPool = WrittenDocument['pools'][string];

function world(written: Readonly<Record<string, WrittenPool>>) {
  const listeners = [{ bind: '127.0.0.1:0', pool: Object.keys(written)[0] ?? '' }];
  // Never started: what the workers would count is written here.
  const { supervisor } = supervised({ workers: 2, listeners, pools: written });
  const { board, document, endpoints: controls } = supervisor;
  const read = () => readPools(document.pools, supervisor);
  return {
    supervisor,
    board,
    read,
    /** One thing about each endpoint of the first pool, in order. */
    each: <Fact>(fact: (endpoint: EndpointFigures) => Fact): readonly Fact[] => (read()[0]?.endpoints ?? []).map(fact),
    change: (pool: string, id: string, change: EndpointChange) => {
      const found = controls.find(pool, id);
      assert.ok(found.ok);
      controls.change(found.value, change);
    },
  };
}

const share = (endpoint: EndpointFigures) => endpoint.share;

describe('shares', () => {
  test('are those of all in panic, and of nobody where that is wished; and the pool says that it is in panic', () => {
    const endpoints = ['a:1', 'b:1', 'c:1', 'd:1'];
    for (const [action, shares] of [
      ['spread', [1 / 3, 1 / 3, 1 / 3, 0]],
      ['fail', [0, 0, 0, 0]],
    ] as const) {
      const { supervisor, read, each, change } = world({ web: { endpoints, panic: { threshold: 50, action } } });
      change('web', 'd:1', { state: 'down' });
      supervisor.health.keeper.probedAs({ slot: 0, asks: 'endpoint' }, 'down', 'the answer was 503');
      assert.deepEqual([each(share), read()[0]?.isInPanic], [[0, 1 / 2, 1 / 2, 0], false]);
      supervisor.health.keeper.probedAs({ slot: 1, asks: 'endpoint' }, 'down', 'the answer was 503');
      assert.deepEqual([each(share), read()[0]?.isInPanic], [shares, true]);
      assert.equal(read().map(poolStatus)[0]?.panic, true);
    }
  });

  test('are the capacity of each, divided by the capacity of all', () => {
    const { each } = world({
      web: {
        endpoints: [
          { address: 'a:1', capacity: 400 },
          { address: 'b:1', capacity: 100 },
          { address: 'c:1', capacity: 300 },
        ],
      },
    });
    assert.deepEqual(each(share), [400 / 800, 100 / 800, 300 / 800]);
    assert.deepEqual(
      each(({ capacity }) => capacity),
      [400, 100, 300],
    );
  });

  test('follow the weights in force, of endpoints that are up', () => {
    const { each, change } = world({ web: { endpoints: ['a:1', { address: 'b:1', weight: 3 }, 'c:1'] } });
    assert.deepEqual(each(share), [1 / 5, 3 / 5, 1 / 5]);
    change('web', 'a:1', { weight: 4 });
    assert.deepEqual(each(share), [4 / 8, 3 / 8, 1 / 8]);
    change('web', 'b:1', { state: 'draining' });
    assert.deepEqual(each(share), [4 / 5, 0, 1 / 5]);
    change('web', 'a:1', { state: 'down' });
    assert.deepEqual(each(share), [0, 0, 1]);
    change('web', 'c:1', { weight: 0 });
    assert.deepEqual(each(share), [0, 0, 0]);
    change('web', 'a:1', { weight: null, state: 'up' });
    assert.deepEqual(each(share), [1, 0, 0]);
    assert.deepEqual(
      each(({ weight, configuredWeight, state }) => [weight, configuredWeight, state]),
      [
        [1, 1, 'up'],
        [3, 3, 'draining'],
        [0, 1, 'up'],
      ],
    );
  });

  test('are none for an endpoint that fails', () => {
    const { each, supervisor } = world({ web: { endpoints: ['a:1', { address: 'b:1', weight: 3 }, 'c:1'] } });
    supervisor.health.keeper.probedAs({ slot: 1, asks: 'endpoint' }, 'down', 'connection refused');
    assert.deepEqual(each(share), [1 / 2, 0, 1 / 2]);
  });

  test('are taken in each tier by itself', () => {
    const { each } = world({
      web: {
        endpoints: [
          { address: 'a:1', weight: 3 },
          'b:1',
          { address: 'c:1', priority: 2 },
          { address: 'd:1', backup: true, maxConnections: 7 },
        ],
      },
    });
    assert.deepEqual(
      each(({ share: part, tier, backup, maxConnections }) => [part, tier, backup, maxConnections]),
      [
        [3 / 4, 0, false, Number.POSITIVE_INFINITY],
        [1 / 4, 0, false, Number.POSITIVE_INFINITY],
        [1, 1, false, Number.POSITIVE_INFINITY],
        [1, 2, true, 7],
      ],
    );
  });

  test('are not foreseen for a policy that does not go by weights', () => {
    const { each } = world({ web: { balance: 'random', endpoints: ['a:1', 'b:1'] } });
    assert.deepEqual(each(share), [null, null]);
  });

  test('are those of this balancer, where it sends to a subset', () => {
    const endpoints = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1'];
    for (const identity of [undefined, 'east', 'west']) {
      const { each } = world({ web: { endpoints, subset: { size: 2, ...(identity === undefined ? {} : { identity }) } } });
      const chosen = subsetOf(
        endpoints.map((id) => ({ id, tier: 0 })),
        2,
        identity ?? hostname(),
      );
      assert.deepEqual(
        each(({ id, share: part }) => [id, part]),
        endpoints.map((id) => [id, chosen.some((endpoint) => endpoint.id === id) ? 1 / 2 : 0]),
      );
    }
  });
});

test('a pool is told with its policy and all of its options, and with what all workers counted for it', () => {
  const { board, read } = world({
    2: { balance: { policy: 'least-connections' }, endpoints: ['a:1'] },
    web: { endpoints: ['a:1'] },
  });
  for (const worker of [0, 1]) board.poolRow(worker, 1)[poolCounter.backupPicks] = 5;
  const [first, second] = read().map(poolStatus);
  assert.equal(first?.policy, 'least-connections');
  assert.ok(Object.keys(first.options).length > 0 && !Object.hasOwn(first.options, 'policy'));
  assert.equal(first.totals.backupPicks, 0);
  assert.deepEqual([second?.name, second?.policy, second?.options], ['web', 'round-robin', {}]);
  assert.equal(second?.totals.backupPicks, 10);
});

test('JSON says null where there is no limit, and keeps silent of a capacity that is not given', () => {
  const { read } = world({
    web: { endpoints: ['a:1', { address: 'b:1', capacity: 5, maxConnections: 2, metadata: { version: 'v2' } }] },
  });
  const [plain, described] = read().flatMap((pool) => poolStatus(pool).endpoints);
  assert.equal(plain?.maxConnections, null);
  assert.ok(!Object.hasOwn(plain, 'capacity'));
  assert.deepEqual(plain.metadata, {});
  assert.deepEqual([described?.maxConnections, described?.capacity, described?.metadata], [2, 5, { version: 'v2' }]);
});

describe('health', () => {
  const probed = { health: { tcp: true as const }, endpoints: ['a:1', 'b:1'] };
  const first = (pools: readonly PoolFigures[]) => pools.flatMap((pool) => poolStatus(pool).endpoints)[0];

  test('is told with its reason, since when, and how often it changed', () => {
    const { read, supervisor } = world({ web: { endpoints: ['a:1', 'b:1'] } });
    const before = first(read());
    assert.deepEqual([before?.health.state, before?.health.reason, before?.health.changes, before?.probe], ['well', null, 0, null]);
    const { keeper } = supervisor.health;
    const since = Date.now();
    keeper.probedAs({ slot: 0, asks: 'endpoint' }, 'down', 'connection refused (3 failures in a row)');
    const after = first(read());
    assert.deepEqual(
      [after?.health.state, after?.health.reason, after?.health.changes],
      ['failing', 'connection refused (3 failures in a row)', 1],
    );
    assert.ok(Math.abs(Date.parse(after?.health.since ?? '') - since) < 60_000);
    assert.deepEqual(after?.ejections, { count: 0, until: null });
    keeper.probedAs({ slot: 0, asks: 'endpoint' }, 'up', '2 probes passed in a row');
    assert.deepEqual([first(read())?.health.state, first(read())?.health.changes], ['well', 2]);
  });

  test('of an endpoint that no probe has passed yet is told as such', () => {
    const { read } = world({ web: probed });
    assert.deepEqual([first(read())?.health.state, first(read())?.health.reason], ['failing', 'no probe has passed yet']);
  });

  test('ejections are counted, and it is told when they end', () => {
    const { read, board, supervisor } = world({
      web: { endpoints: ['a:1', 'b:1'], outliers: { consecutive: { local: 3 }, baseEjection: '1h', maxEjection: '1h' } },
    });
    // Three tries without a whole answer, as workers write them down.
    const load = new EndpointLoad(board, 0, 0);
    for (let tries = 0; tries < 3; tries++) countStreaks(load.words, load.streaksAt, 'local');
    supervisor.health.keeper.tick();
    const ejected = first(read());
    assert.equal(ejected?.health.state, 'failing');
    assert.equal(ejected?.ejections.count, 1);
    const left = Date.parse(ejected?.ejections.until ?? '') - Date.now();
    assert.ok(left > 3_500_000 && left <= 3_600_000, `${left}`);
  });
});

test('the deadline of an endpoint that drains is a time', () => {
  const { each, change } = world({ web: { endpoints: ['a:1', 'b:1'] } });
  change('web', 'a:1', { state: 'draining', deadline: milliseconds(3_600_000) });
  const [downAt, none] = each((endpoint) => endpoint.downAt);
  const left = (downAt?.getTime() ?? 0) - Date.now();
  assert.ok(left > 3_500_000 && left <= 3_600_000, `${left}`);
  assert.equal(none, undefined);
});

describe('breakers', () => {
  test('are told by name, and as null where there is none', () => {
    const { read, supervisor } = world({
      web: { endpoints: ['a:1', 'b:1'], breaker: {}, endpointBreaker: {} },
      plain: { endpoints: ['a:1'] },
    });
    const told = () => read().map((pool) => [poolStatus(pool).breaker, ...poolStatus(pool).endpoints.map(({ breaker }) => breaker)]);
    assert.deepEqual(told(), [
      ['closed', 'closed', 'closed'],
      [null, null],
    ]);
    const words = supervisor.wordsOf('web');
    words.breaker[0] = breakerState.open;
    words.breakerOf(1)[0] = breakerState.halfOpen;
    assert.deepEqual(told(), [
      ['open', 'closed', 'half-open'],
      [null, null],
    ]);
  });

  test('and so is what nginx would call unavailable', () => {
    const { board, each } = world({ web: { endpoints: ['a:1', 'b:1'], outliers: { preset: 'nginx', failTimeout: '1h' } } });
    const isOnly = false;
    const now = Math.floor(sharedClock()() / 100);
    new ConsecutiveFailures(board.slots, board.failuresAt(0), { maxFails: 1, failTimeout: 36_000, isOnly }).failed(now);
    assert.deepEqual(
      each(({ failTimeout }) => failTimeout),
      [
        { fails: 1, isAvailable: false },
        { fails: 0, isAvailable: true },
      ],
    );
  });
});

test('the status of a pool tells its limit, who waits and for how long, and who was refused for what', () => {
  const queue = { size: 30 };
  const concurrency = { least: 5, most: 50 };
  const { board, read } = world({
    none: { endpoints: ['a:1'] },
    fixed: { endpoints: ['a:1'], maxRequests: 7, queue },
    learned: { endpoints: ['a:1'], concurrency },
    both: { endpoints: ['a:1'], maxRequests: 7, concurrency },
  });
  for (const worker of [0, 1]) {
    const row = board.poolRow(worker, 1);
    row[poolGauge.waiting] = 1 + worker;
    row[poolCounter.waitSumMicroseconds] = 3000;
    row[waitsAt + latencyBuckets.of(2000)] = 2;
    row[poolCounter.queueTimeout] = 4;
    for (const pool of [2, 3]) board.poolRow(worker, pool)[poolGauge.learnedLimit] = 6;
  }
  const pools = read().map(poolStatus);
  assert.deepEqual(
    pools.map(({ limit }) => limit),
    [null, 7, 12, 7],
  );
  const upperEnd = latencyBuckets.upperEnd(latencyBuckets.of(2000)) / 1000;
  assert.deepEqual(
    pools.map(({ queue }) => queue),
    [null, { waiting: 3, size: 60, waited: { mean: 1.5, p50: upperEnd, p90: upperEnd, p99: upperEnd } }, null, null],
  );
  const none = { 'no-endpoint': 0, 'pool-saturated': 0, 'too-late': 0, 'queue-timeout': 0, 'breaker-open': 0, 'deadline-exceeded': 0 };
  assert.deepEqual([pools[0]?.refusals, pools[1]?.refusals], [none, { ...none, 'queue-timeout': 8 }]);
  assert.deepEqual(Object.keys(pools[0]?.totals ?? {}), [
    'policyFaults',
    'sessionsKept',
    'sessionsMoved',
    'saturated',
    'overrides',
    'backupPicks',
    'retriesRefused',
    'hedges',
    'queued',
    'expired',
    'shed',
  ]);
});
