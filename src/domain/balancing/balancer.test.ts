// What stands between a policy and the world: who may be taken, and in which order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { times } from '../../../test/support/endpoints.ts';
import { some } from '../../../test/support/policies/some-endpoints.ts';
import { TestPool } from '../../../test/support/pool.ts';
import { endpointState, poolCounter } from '../endpoints/scoreboard.ts';
import { policyNames } from './policy-settings.ts';

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
