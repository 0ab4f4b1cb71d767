// Whom a balancer takes when endpoints are not well: priorities that share traffic, and panic.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { times } from '../../../test/support/endpoints.ts';
import { some } from '../../../test/support/policies/some-endpoints.ts';
import { TestPool } from '../../../test/support/pool.ts';

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
