// The example of the paper, tables that Envoy's rule gives for known names, and what holds for any.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { maglevTable, maglevWalks, remainderOf } from './maglev-table.ts';

const hosts = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'];
const letters = ['a', 'b', 'c', 'd', 'e'];

const tableOf = (names: readonly string[], weights: readonly number[], size: number) =>
  maglevTable(maglevWalks(names, size), weights, size);
const countsOf = (table: Uint16Array | Uint32Array, members: number): number[] => {
  const counts = new Array<number>(members).fill(0);
  for (const member of table) counts[member] = (counts[member] ?? 0) + 1;
  return counts;
};
const digestOf = (table: Uint16Array | Uint32Array): string => createHash('sha256').update(Uint8Array.from(table)).digest('hex');
const pairsOf = (names: readonly string[], size: number): number[][] => {
  const { offsets, steps } = maglevWalks(names, size);
  return names.map((_, index) => [offsets[index] ?? -1, steps[index] ?? -1]);
};

describe('a Maglev table', () => {
  test('is the one of the paper', () => {
    const walks = (kept: readonly (readonly [number, number])[]) => ({
      offsets: Uint32Array.from(kept, ([offset]) => offset),
      steps: Uint32Array.from(kept, ([, step]) => step),
    });
    const all = [
      [3, 4],
      [0, 2],
      [3, 1],
    ] as const;
    assert.deepEqual([...maglevTable(walks(all), [1, 1, 1], 7)], [1, 0, 1, 0, 2, 2, 0]);
    assert.deepEqual([...maglevTable(walks([all[0], all[2]]), [1, 1], 7)], [0, 0, 0, 0, 1, 1, 1]);
  });

  test('begins and steps as in Envoy', () => {
    assert.deepEqual(pairsOf(hosts, 65_537), [
      [56687, 43667],
      [14925, 33890],
      [39718, 51496],
    ]);
    assert.deepEqual(pairsOf(letters, 251), [
      [31, 247],
      [165, 167],
      [145, 38],
      [176, 187],
      [137, 200],
    ]);
  });

  test('is filled as in Envoy', () => {
    const table = tableOf(hosts, [1, 1, 1], 65_537);
    assert.deepEqual(countsOf(table, 3), [21_846, 21_846, 21_845]);
    assert.deepEqual([...table.subarray(0, 32)].join(' '), '2 1 2 2 1 1 0 2 2 0 0 0 1 2 0 0 1 1 1 2 2 1 0 0 0 2 0 0 0 1 1 2');
    assert.equal(digestOf(table), '365aca20c47e241351dab9e90c6d8ce5cb7fa66975f8f2b3b7137e0abf88712a');
  });

  test('is filled by weight as in Envoy', () => {
    const table = tableOf(hosts, [5, 1, 1], 65_537);
    assert.deepEqual(countsOf(table, 3), [46_811, 9363, 9363]);
    assert.equal(digestOf(table), 'dfc7b865c264d1f22e3a11665fe60464a296434467e4ed5846fda1458ba2657c');
  });

  test('hardly changes when one leaves', () => {
    const before = tableOf(letters, [1, 1, 1, 1, 1], 251);
    assert.deepEqual(countsOf(before, 5), [51, 50, 50, 50, 50]);
    const left = letters.filter((name) => name !== 'c');
    const after = tableOf(left, [1, 1, 1, 1], 251);
    const flips = [...before].filter((member, place) => letters[member] !== 'c' && letters[member] !== left[after[place] ?? -1]);
    assert.equal(flips.length, 9);
  });

  test('gives each member the places of its weight, to within one for every member', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), (weights) => {
        const names = weights.map((_, index) => `member-${index}`);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = countsOf(tableOf(names, weights, 10_007), weights.length);
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          10_007,
        );
        weights.forEach((weight, index) => {
          assert.ok(Math.abs((counts[index] ?? 0) - (10_007 * weight) / total) <= 1 + weights.length);
        });
      }),
      { seed: 0x5eed, numRuns: 60 },
    );
  });

  test('gives equal members counts that differ by one at most', () => {
    for (const members of [1, 2, 7, 250]) {
      const counts = countsOf(
        tableOf(
          Array.from({ length: members }, (_, index) => `m${index}`),
          new Array<number>(members).fill(3),
          10_007,
        ),
        members,
      );
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
    }
  });

  test('is the same for weights in the same proportion', () => {
    assert.deepEqual(tableOf(hosts, [5, 1, 2], 10_007), tableOf(hosts, [40, 8, 16], 10_007));
  });
});

test('the remainder of 64 bits is exact', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 1, max: 1_000_003 }), (high, low, divisor) => {
      const whole = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      assert.equal(remainderOf(high, low, divisor), Number(whole % BigInt(divisor)));
    }),
    { seed: 0x5eed, numRuns: 2000 },
  );
});
