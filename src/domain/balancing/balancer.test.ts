// What stands between a policy and the world: who may be taken, in which order, and what happens when something changes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { times } from '../../../test/support/endpoints.ts';
import { TestPool } from '../../../test/support/pool.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { endpointState, poolCounter } from '../endpoints/scoreboard.ts';
import type { Trial } from './learner.ts';
import { policyNames } from './policy-settings.ts';

const some = (count: number, given: object = {}): object[] => times(count, () => given);
const slowStart = { window: milliseconds(60_000), aggression: 1, least: 0.1, shape: 'curve' } as const;

describe('a balancer', () => {
  test('holds what it gives', () => {
    const pool = new TestPool({ endpoints: some(2) });
    const slots = times(4, () => pool.take());
    assert.deepEqual(slots.toSorted(), [0, 0, 1, 1]);
    assert.deepEqual(
      pool.endpoints.map(({ load }) => load.inFlight),
      [2, 2],
    );
  });

  test('gives none of an empty pool', () => {
    const pool = new TestPool({ endpoints: [] });
    assert.equal(pool.take(), undefined);
    assert.equal(pool.balancer.isSaturated, false);
  });

  test('gives no endpoint twice to one exchange', () => {
    for (const policy of policyNames) {
      const pool = new TestPool({ policy, endpoints: some(5) });
      const tried: number[] = [];
      for (let attempt = 0; attempt < 5; attempt++) tried.push(pool.take('key', tried, attempt) ?? -1);
      assert.deepEqual(tried.toSorted(), [0, 1, 2, 3, 4], policy);
      assert.equal(pool.take('key', tried, 5), undefined);
    }
  });

  test('gives nothing to one that is down, at once and after the next look', () => {
    for (const policy of policyNames) {
      const pool = new TestPool({ policy, endpoints: some(4) });
      pool.set(2, { state: 'down' });
      for (const when of ['at once', 'later']) {
        const shares = pool.shares(400, (index) => `key-${index}`);
        assert.equal(shares[2], 0, `${policy} ${when}`);
        assert.equal(
          shares.reduce((sum, count) => sum + count, 0),
          400,
        );
        pool.refresh();
      }
      pool.set(2, { state: 'up' });
      pool.refresh();
      if (policy !== 'first-available') assert.ok((pool.shares(2000, (index) => `key-${index}`)[2] ?? 0) > 0, policy);
    }
  });

  test('does not double the share of whoever stands behind one that is down', () => {
    const pool = new TestPool({ endpoints: some(5) });
    pool.set(1, { state: 'down' });
    pool.refresh();
    assert.deepEqual(pool.shares(400), [100, 0, 100, 100, 100]);
  });

  test('says that all are down, not that they are full', () => {
    const pool = new TestPool({ endpoints: some(2, { maxConnections: 1 }) });
    for (const slot of [0, 1]) pool.set(slot, { state: 'down' });
    assert.equal(pool.take(), undefined);
    assert.equal(pool.balancer.isSaturated, false);
  });
});

describe('limits', () => {
  test('are never exceeded, and then the pool is full', () => {
    for (const policy of policyNames) {
      const pool = new TestPool({ policy, endpoints: [{ maxConnections: 1 }, { maxConnections: 3 }, { maxConnections: 2 }] });
      const taken = times(6, (index) => pool.take(`key-${index}`));
      assert.deepEqual(taken.toSorted(), [0, 1, 1, 1, 2, 2], policy);
      assert.equal(pool.take('key'), undefined, policy);
      assert.equal(pool.balancer.isSaturated, true, policy);
      assert.equal(pool.board.poolRow(0, 0)[poolCounter.saturated], 1);
      pool.endpoints[1]?.load.release();
      assert.equal(pool.take('key'), 1, policy);
    }
  });

  test('that an endpoint says of itself hold beside those of the document, whichever is less, also for sessions', () => {
    for (const policy of policyNames) {
      const pool = new TestPool({ policy, endpoints: [{ maxConnections: 3 }, {}] });
      pool.set(0, { maxConnections: 5 });
      pool.set(1, { maxConnections: 2 });
      pool.refresh();
      const taken = times(5, (index) => pool.take(`key-${index}`));
      assert.deepEqual(taken.toSorted(), [0, 0, 0, 1, 1], policy);
      assert.equal(pool.take('key'), undefined, policy);
      assert.equal(pool.balancer.takeNamed(1, []), undefined, policy);
      pool.set(1, { maxConnections: 0 });
      pool.refresh();
      assert.equal(pool.take('key'), 1, policy);
      assert.equal(pool.balancer.takeNamed(1, [])?.load.slot, 1, policy);
    }
  });
});

describe('whoever waits for an endpoint', () => {
  test('is told whether one has room, and whether any could ever be had', () => {
    const pool = new TestPool({ endpoints: [{ maxConnections: 1 }, { maxConnections: 1, tier: 1 }] });
    const { balancer } = pool;
    const told = (): readonly boolean[] => [balancer.hasRoom(), balancer.hasNobody()];
    assert.deepEqual(told(), [true, false]);
    pool.take();
    assert.deepEqual(told(), [true, false], 'the backup has');
    pool.take();
    assert.deepEqual(told(), [false, false], 'both are full');
    pool.set(0, { state: 'down' });
    assert.deepEqual(told(), [false, false]);
    pool.set(1, { state: 'draining' });
    assert.deepEqual(told(), [false, true], 'at once');
    pool.refresh();
    assert.deepEqual(told(), [false, true]);
    pool.set(0, { state: 'up' });
    pool.refresh();
    assert.deepEqual(told(), [false, false]);
  });
});

describe('tiers', () => {
  const tiered = (): TestPool => new TestPool({ endpoints: [{}, {}, { tier: 1 }, { tier: 2 }] });

  test('behind the first get nothing while it has an endpoint', () => {
    const pool = tiered();
    pool.set(0, { state: 'down' });
    assert.deepEqual(pool.shares(10), [0, 10, 0, 0]);
  });

  test('are asked in order', () => {
    const pool = tiered();
    for (const slot of [0, 1]) pool.set(slot, { state: 'down' });
    assert.deepEqual(pool.shares(10), [0, 0, 10, 0]);
    pool.set(2, { state: 'down' });
    pool.refresh();
    assert.deepEqual(pool.shares(10), [0, 0, 0, 10]);
    pool.set(0, { state: 'up' });
    pool.refresh();
    assert.deepEqual(pool.shares(10), [10, 0, 0, 0]);
    assert.equal(pool.board.poolRow(0, 0)[poolCounter.backupPicks], 20);
  });

  test('help an exchange that has tried all of the first', () => {
    assert.equal(tiered().take(undefined, [0, 1], 2), 2);
  });

  test('help when the first is full', () => {
    const pool = new TestPool({ endpoints: [{ maxConnections: 1 }, { tier: 1 }] });
    assert.deepEqual([pool.take(), pool.take(), pool.take()], [0, 1, 1]);
  });
});

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

describe('an endpoint that is named', () => {
  test('serves while it is up or draining, is not full and was not tried', () => {
    const pool = new TestPool({ endpoints: some(2, { maxConnections: 2 }) });
    const named = (tried: readonly number[] = []) =>
      pool.balancer.takeNamed(
        1,
        tried.flatMap((slot) => pool.endpoints.slice(slot, slot + 1)),
      );
    assert.equal(named()?.load.slot, 1);
    pool.set(1, { state: 'draining' });
    assert.equal(named([1]), undefined);
    assert.equal(named()?.load.slot, 1);
    assert.equal(named(), undefined);
    pool.endpoints[1]?.load.release();
    pool.set(1, { state: 'down' });
    assert.equal(named(), undefined);
    assert.equal(pool.balancer.takeNamed(7, []), undefined);
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

describe('whatever happens', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('take' as const), key: fc.nat(20) }),
    fc.record({ kind: fc.constant('release' as const), nth: fc.nat(1000) }),
    fc.record({
      kind: fc.constant('state' as const),
      slot: fc.nat(5),
      state: fc.constantFrom('up' as const, 'draining' as const, 'down' as const),
    }),
    fc.record({ kind: fc.constant('weight' as const), slot: fc.nat(5), weight: fc.constantFrom(0, 0.5, 1, 7) }),
    fc.record({ kind: fc.constant('look' as const) }),
  );

  for (const policy of policyNames) {
    test(`${policy} gives only what may be given, and something whenever there is something`, () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 120 }), (events) => {
          const pool = new TestPool({
            policy,
            endpoints: times(6, (index) => ({ tier: index < 4 ? 0 : 1, maxConnections: 1 + (index % 3) })),
          });
          const held: number[] = [];
          let weights = times(6, () => 1);
          const may = (slot: number): boolean => {
            const endpoint = pool.endpoints[slot];
            const isUp = pool.board.controls(slot)[0] === endpointState.up;
            return endpoint !== undefined && isUp && endpoint.load.inFlight < endpoint.maxConnections;
          };
          for (const one of events) {
            if (one.kind === 'state') pool.set(one.slot, { state: one.state });
            if (one.kind === 'weight') pool.set(one.slot, { weight: one.weight });
            if (one.kind === 'weight') weights = weights.with(one.slot, one.weight);
            // Weights count from the next look on; so that what may be given is known, there is a look at every change.
            if (one.kind !== 'take' && one.kind !== 'release') pool.refresh();
            if (one.kind === 'release')
              for (const slot of held.splice(one.nth % (held.length + 1), 1)) pool.endpoints[slot]?.load.release();
            if (one.kind !== 'take') continue;
            const allowed = times(6, (slot) => slot).filter((slot) => may(slot) && (weights[slot] ?? 0) > 0);
            const slot = pool.take(`key-${one.key}`);
            if (slot === undefined) assert.deepEqual(allowed, []);
            else assert.ok(allowed.includes(slot), `${slot} of ${allowed}`);
            if (slot !== undefined && slot >= 4) assert.ok(allowed.every((other) => other >= 4));
            if (slot !== undefined) held.push(slot);
          }
          const counts = times(6, (slot) => held.filter((one) => one === slot).length);
          assert.deepEqual(
            pool.endpoints.map(({ load }) => load.inFlight),
            counts,
          );
        }),
        { seed: 0x5eed, numRuns: 60 },
      );
    });
  }
});

describe('priorities', () => {
  const shared = (): TestPool => new TestPool({ endpoints: times(8, (index) => ({ tier: index < 4 ? 0 : 1 })), backupsFrom: 2 });
  const share = (pool: TestPool): number =>
    pool
      .shares(4000)
      .slice(4)
      .reduce((sum, count) => sum + count, 0) / 4000;

  test('keep all traffic to the first while enough of it is well, and spill over what it cannot take', () => {
    const pool = shared();
    assert.equal(share(pool), 0);
    pool.set(0, { isWell: false });
    pool.refresh();
    assert.equal(share(pool), 0);
    pool.set(1, { isWell: false });
    pool.refresh();
    assert.ok(Math.abs(share(pool) - 0.3) < 0.05, `${share(pool)}`);
    for (const slot of [2, 3]) pool.set(slot, { isWell: false });
    pool.refresh();
    assert.equal(share(pool), 1);
  });

  test('keep keys where they are', () => {
    const pool = new TestPool({ policy: 'rendezvous', endpoints: times(8, (index) => ({ tier: index < 4 ? 0 : 1 })), backupsFrom: 2 });
    for (const slot of [0, 1]) pool.set(slot, { isWell: false });
    pool.refresh();
    const picks = (): readonly (number | undefined)[] => times(200, (index) => pool.pick(`key-${index}`));
    const first = picks();
    assert.deepEqual(picks(), first);
    assert.ok(first.some((slot) => slot !== undefined && slot >= 4) && first.some((slot) => slot !== undefined && slot < 4));
  });
});

describe('panic', () => {
  const panic = { threshold: 50, overprovisioning: 140 } as const;
  const failing = (action: 'spread' | 'fail', policy = 'round-robin'): TestPool => {
    const pool = new TestPool({ policy, endpoints: some(4), panic: { ...panic, action } });
    for (const slot of [0, 1, 2]) pool.set(slot, { isWell: false });
    pool.refresh();
    return pool;
  };

  test('spreads traffic over all when too few are well to carry it', () => {
    for (const policy of ['round-robin', 'rendezvous']) {
      const shares = failing('spread', policy).shares(400, (index) => `key-${index}`);
      assert.ok(
        shares.every((count) => count > 50),
        `${policy}: ${shares}`,
      );
    }
  });

  test('or refuses all, where that is wanted', () => {
    assert.equal(failing('fail').take(), undefined);
  });

  test('never sends anything to what people took out', () => {
    const pool = failing('spread');
    pool.set(1, { state: 'down' });
    pool.refresh();
    assert.equal(pool.shares(300)[1], 0);
  });

  test('neither counts nor asks those of whom nothing is known yet', () => {
    for (const policy of ['round-robin', 'rendezvous']) {
      const pool = new TestPool({ policy, endpoints: some(6), panic: { ...panic, action: 'spread' } });
      for (const slot of [1, 2, 3, 4, 5]) pool.set(slot, { isChecking: true });
      pool.refresh();
      // The one that is known is well, and so all that are known.
      assert.deepEqual(
        pool.shares(100, (index) => `key-${index}`),
        [100, 0, 0, 0, 0, 0],
        policy,
      );
      for (const slot of [1, 2]) pool.set(slot, { isWell: false });
      pool.refresh();
      const shares = pool.shares(300, (index) => `key-${index}`);
      assert.ok(
        [0, 1, 2].every((slot) => (shares[slot] ?? 0) > 30),
        `${policy}: ${shares}`,
      );
      assert.deepEqual(shares.slice(3), [0, 0, 0], policy);
      pool.set(0, { isChecking: true });
      pool.refresh();
      assert.equal(pool.shares(300, (index) => `key-${index}`)[0], 0, policy);
    }
  });

  test('is over when enough are well again', () => {
    const pool = failing('spread');
    pool.set(0, { isWell: true });
    pool.refresh();
    assert.deepEqual(pool.shares(10), [5, 0, 0, 5]);
  });

  test('is not where nothing is said of it: the last one that is well gets everything', () => {
    const pool = new TestPool({ endpoints: some(4) });
    for (const slot of [0, 1, 2]) pool.set(slot, { isWell: false });
    assert.deepEqual(pool.shares(10), [0, 0, 0, 10]);
    pool.set(3, { isWell: false });
    assert.equal(pool.take(), undefined);
  });
});
