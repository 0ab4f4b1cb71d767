// Turns: plain for equal weights, smooth for a few candidates, by stride for many, and shared where there are several workers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Candidates } from '../policy.ts';
import { roundRobin } from './round-robin.ts';

const request = { key: undefined, attempt: 0 };

function picksOf(weights: readonly number[], count: number, random = seeded(1)) {
  const pool = endpointsOf(weights);
  const picker = roundRobin.build(pool, {}, policyTools({ random }));
  const picks = times(count, () => picker.pick(request));
  return { pool, picks, order: picks.map((picked) => pool.indexOf(picked)) };
}

describe('round-robin', () => {
  test('takes equal weights in the order of the list', () => {
    assert.deepEqual(picksOf([2, 2, 2], 7, () => 0.5).order, [1, 2, 0, 1, 2, 0, 1]);
  });

  test('starts at any place of the list', () => {
    const starts = times(100, (seed) => picksOf([1, 1, 1, 1], 1, seeded(seed)).order[0]);
    assert.deepEqual([...new Set(starts)].toSorted(), [0, 1, 2, 3]);
  });

  test('takes unequal weights smoothly', () => {
    assert.deepEqual(picksOf([5, 1, 1], 7, () => 0).order, [0, 0, 1, 0, 2, 0, 0]);
  });

  test('starts anywhere in the cycle of unequal weights', () => {
    const starts = times(100, (seed) => picksOf([5, 1, 1], 7, seeded(seed)).order.join());
    assert.equal(new Set(starts).size, 7);
  });

  test('is exact over a cycle of weights up to 64 candidates', () => {
    const weights = times(64, (index) => 1 + (index % 4));
    const { pool, picks } = picksOf(weights, 160);
    assert.deepEqual(countPicks(pool, picks), weights);
  });

  test('is within two turns of the weights above 64 candidates', () => {
    const weights = times(100, (index) => 1 + (index % 4));
    const { pool, picks } = picksOf(weights, 2500);
    countPicks(pool, picks).forEach((count, index) => {
      assert.ok(Math.abs(count - 10 * (weights[index] ?? 0)) <= 2, `${count} for weight ${weights[index]}`);
    });
  });
});

describe('round-robin of several workers', () => {
  /** Pickers over the same endpoints that share their turns, and picks of a worker drawn for each: who asks does not matter. */
  function shared(pool: Candidates, workers: number, seed: number) {
    const turns = new Int32Array(new SharedArrayBuffer(4));
    const pickers = times(workers, (worker) => roundRobin.build(pool, {}, policyTools({ random: seeded(seed + worker), turns })));
    const whose = seeded(seed);
    return (count: number) => times(count, () => (pickers[Math.floor(whose() * workers)] ?? pickers[0])?.pick(request) ?? pool[0]);
  }

  test('passes over all endpoints in each row of turns, whichever worker takes them', () => {
    for (const size of [1, 2, 3, 64, 65]) {
      const pool = endpointsOf(times(size, () => 2));
      const take = shared(pool, 4, size);
      take(size >> 1);
      for (const picks of times(20, () => take(size))) assert.equal(new Set(picks).size, size);
    }
  });

  for (const size of [3, 7, 64, 100]) {
    test(`is within two turns of the weights of ${size} endpoints, over all workers together`, () => {
      const weights = times(size, (index) => 1 + (index % 4));
      const pool = endpointsOf(weights);
      const take = shared(pool, 8, size);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const picks = take(50 * total);
      countPicks(pool, picks).forEach((count, index) => {
        assert.ok(Math.abs(count - 50 * (weights[index] ?? 0)) <= 2, `${count} for weight ${weights[index]}`);
      });
    });
  }

  test('starts where the first worker says, and goes on from there when pickers are built again', () => {
    const pool = endpointsOf([1, 1, 1, 1, 1]);
    const turns = new Int32Array(1);
    const build = (random: () => number) => roundRobin.build(pool, {}, policyTools({ random, turns }));
    const first = build(() => 3 / 2 ** 30);
    assert.equal(first.pick(request), pool[3]);
    assert.equal(build(() => 0.7).pick(request), pool[4]);
    assert.equal(first.pick(request), pool[0]);
  });

  test('starts anywhere with another seed', () => {
    const starts = times(100, (seed) => shared(endpointsOf([1, 1, 1]), 1, seed)(1)[0]?.id);
    assert.equal(new Set(starts).size, 3);
    const weighted = times(100, (seed) => shared(endpointsOf([3, 2, 1]), 1, seed)(1)[0]?.id);
    assert.equal(new Set(weighted).size, 3);
  });

  test('changes weights without a burst: after a change shares are those of the new weights at once', () => {
    const turns = new Int32Array(1);
    const pool = endpointsOf([1, 1, 1]);
    const build = (weights: readonly number[]) => {
      const [first, ...others] = pool.map((endpoint, index) => ({ ...endpoint, weight: weights[index] ?? 0 }));
      return roundRobin.build([first ?? pool[0], ...others], {}, policyTools({ random: seeded(1), turns }));
    };
    for (const weights of times(40, (index) => [1 + (index % 5), 2, 1 + (index % 3)])) {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const picker = build(weights);
      const picks = times(2 * total, () => picker.pick(request).id);
      weights.forEach((weight, index) => {
        const count = picks.filter((id) => id === pool[index]?.id).length;
        assert.ok(Math.abs(count - 2 * weight) <= 2, `${count} for weight ${weight} of ${weights}`);
      });
    }
  });
});

describe('round-robin of one worker', () => {
  test('keeps its place when a weight changes in the middle of a cycle', () => {
    const pool = endpointsOf([5, 1, 1]);
    const tools = policyTools({ random: () => 0 });
    const before = roundRobin.build(pool, {}, tools);
    assert.deepEqual(
      times(3, () => pool.indexOf(before.pick(request))),
      [0, 0, 1],
    );
    const [first, ...others] = pool;
    const changed: Candidates = [{ ...first, weight: 4 }, ...others];
    const after = roundRobin.build(changed, {}, tools);
    // The third endpoint is owed a turn; the second has just had one and comes last.
    assert.deepEqual(
      times(6, () => changed.indexOf(after.pick(request))),
      [0, 2, 0, 0, 0, 1],
    );
  });
});
