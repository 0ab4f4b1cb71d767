import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import type { WrittenDocument } from '../../control-plane/configuration/document.ts';
import { documentSettings } from '../../control-plane/configuration/document.ts';
import { EventLog } from '../../control-plane/judging/event-log.ts';
import type { EndpointChange } from '../../control-plane/supervising/endpoint-change.ts';
import { EndpointControls } from '../../control-plane/supervising/endpoint-controls.ts';
import { readTotals } from '../../control-plane/supervising/totals.ts';
import { subsetOf } from '../../domain/balancing/subset.ts';
import { countEndpoints } from '../../domain/endpoints/endpoint-rows.ts';
import { poolCounter, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { EndpointFigures } from './pool-figures.ts';
import { readPools } from './pool-figures.ts';
import { poolStatus } from './pool-status.ts';

type WrittenPool = WrittenDocument['pools'][string];

function world(written: Readonly<Record<string, WrittenPool>>) {
  const { pools } = documentSettings.parse({ listeners: [{ bind: ':80', pool: Object.keys(written)[0] ?? '' }], pools: written });
  const board = new Scoreboard({ workers: 2, listeners: 1, endpoints: countEndpoints(pools), pools: Object.keys(pools).length });
  const controls = new EndpointControls({ pools, board, log: new RecordedLog(), clock: () => 0, events: new EventLog() });
  const read = () => readPools(pools, controls, readTotals(board));
  return {
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
