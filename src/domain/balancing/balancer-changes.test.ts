// What a balancer does when weights change live, when endpoints come back, and when tries teach a policy.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { times } from '../../../test/support/endpoints.ts';
import { some } from '../../../test/support/policies/some-endpoints.ts';
import { TestPool } from '../../../test/support/pool.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Trial } from './learner.ts';
import { policyNames } from './policy-settings.ts';

const slowStart = { window: milliseconds(60_000), aggression: 1, least: 0.1, shape: 'curve' } as const;

describe('weights changed live', () => {
  test('count from the next look on', () => {
    for (const policy of ['round-robin', 'weighted-random', 'least-connections']) {
      const pool = new TestPool({ policy, endpoints: some(2) });
      pool.set(0, { weight: 3 });
      pool.refresh();
      const [heavy = 0] = pool.shares(4000);
      assert.ok(Math.abs(heavy - 3000) < 200, `${policy}: ${heavy}`);
    }
  });

  test('of 0 leave an endpoint its sessions and nothing else', () => {
    const pool = new TestPool({ endpoints: some(2) });
    pool.set(0, { weight: 0 });
    pool.refresh();
    assert.deepEqual(pool.shares(10), [0, 10]);
    assert.equal(pool.balancer.takeNamed(0, [])?.load.slot, 0);
  });

  test('leave the turns of other tiers where they are', () => {
    const pool = new TestPool({ endpoints: [{}, {}, {}, { tier: 1 }] });
    const before = [pool.pick(), pool.pick()];
    pool.set(3, { weight: 5 });
    pool.refresh();
    assert.deepEqual([...before, pool.pick()].toSorted(), [0, 1, 2]);
  });
});

describe('an endpoint that comes back under a keyed policy', () => {
  test('gets none of its keys before the next look, and begins with a share of them then', () => {
    const pool = new TestPool({ policy: 'rendezvous', endpoints: some(4), slowStart });
    const key = (index: number): string => `key-${index}`;
    const [all = 0] = pool.shares(1000, key);
    pool.set(0, { state: 'down' });
    pool.refresh();
    pool.now += 1000;
    pool.set(0, { state: 'up', upSince: pool.now });
    assert.equal(pool.shares(1000, key)[0], 0);
    pool.refresh();
    const [few = 0] = pool.shares(1000, key);
    assert.ok(few > 0 && few < all / 4, `${few} of ${all}`);
  });
});

describe('a policy that learns', () => {
  const leastTime = { policy: 'least-time', inflight: true, explore: 0 };
  const trialAt = (endpoint: Endpoint, now: number): Trial => {
    return { endpoint, now, begunAt: now, answeredAt: 0, status: 0, fields: '', tag: 0 };
  };

  test('is told of tries that end while nobody of their tier is up', () => {
    const pool = new TestPool({ policy: leastTime, endpoints: some(2) });
    const slot = pool.take() ?? -1;
    const trial = trialAt(itemAt(pool.endpoints, slot), pool.now);
    const tag = pool.balancer.begun(trial);
    for (const each of [0, 1]) pool.set(each, { state: 'down' });
    pool.refresh();
    pool.balancer.ended({ ...trial, tag }, 'failed');
    trial.endpoint.load.release();
    for (const each of [0, 1]) pool.set(each, { state: 'up' });
    pool.refresh();
    // A request that is still believed to be on would be an hour old by now.
    pool.now += 3_600_000;
    assert.ok(pool.shares(100).every((count) => count > 20));
  });

  test('learns also when nobody was up at the start', () => {
    const pool = new TestPool({ policy: leastTime, endpoints: some(2, { weight: 0 }) });
    assert.equal(pool.balancer.learns, false);
    pool.set(1, { weight: 1 });
    pool.refresh();
    assert.equal(pool.balancer.learns, true);
    const trial = trialAt(itemAt(pool.endpoints, 1), pool.now);
    assert.equal(pool.balancer.begun(trial), 1);
  });
});

describe('slow start', () => {
  const back = (policy: string, weights: readonly number[] = [1, 1, 1, 1]): TestPool => {
    const pool = new TestPool({ policy, endpoints: weights.map((weight) => ({ weight, maxConnections: 100 })), slowStart });
    pool.set(0, { upSince: pool.now });
    pool.refresh();
    return pool;
  };

  test('gives an endpoint that comes back more and more until it has its whole share', () => {
    for (const policy of ['round-robin', 'weighted-random', 'rendezvous'].filter((name) => policyNames.includes(name))) {
      const pool = back(policy);
      const counts = [0, 15_000, 30_000, 45_000, 60_000].map((elapsed) => {
        pool.now = 1_000_000 + elapsed;
        pool.refresh();
        return pool.shares(4000, (index) => `key-${index}`)[0] ?? 0;
      });
      assert.deepEqual(
        counts,
        counts.toSorted((one, other) => one - other),
        policy,
      );
      assert.ok((counts[0] ?? 0) < 250 && (counts[0] ?? 0) > 0, `${policy}: ${counts}`);
      assert.ok(Math.abs((counts[4] ?? 0) - 1000) < 150, `${policy}: ${counts}`);
    }
  });

  test('raises its limit with its weight', () => {
    const pool = back('round-robin');
    assert.equal(pool.balancer.takeNamed(0, [])?.maxConnections, 13);
    pool.now += 60_000;
    pool.refresh();
    assert.equal(pool.balancer.takeNamed(0, [])?.maxConnections, 100);
  });

  test('raises the limit under a keyed policy as well, whose tables stay as they are', () => {
    const endpoints = [{ maxConnections: 10 }, { maxConnections: 10 }, { maxConnections: 10 }];
    const pool = new TestPool({ policy: 'maglev', endpoints, slowStart });
    pool.set(0, { upSince: pool.now });
    pool.now += 30_000;
    pool.refresh();
    const taken = times(30, (index) => pool.take(`key-${index}`)).filter((slot) => slot === 0);
    assert.equal(taken.length, 5);
  });

  test('does not touch those that were there from the start', () => {
    assert.deepEqual(new TestPool({ endpoints: some(2), slowStart }).shares(10), [5, 5]);
  });

  test('is left out while most of the pool is new', () => {
    const pool = back('round-robin');
    for (const slot of [1, 2]) pool.set(slot, { upSince: pool.now });
    pool.refresh();
    assert.deepEqual(pool.shares(40), [10, 10, 10, 10]);
  });
});
