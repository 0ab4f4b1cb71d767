// Scores by their definition, and the shortcuts beside scores computed one by one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Hash64 } from '../hashing/limbs.ts';
import { xxh64Into } from '../hashing/xxh64.ts';
import type { RendezvousMember, RendezvousScores } from './rendezvous-scores.ts';
import { ExactScores, FastScores } from './rendezvous-scores.ts';

const keys = ['foo', 'bar', 'user-42', '/some/path'];
const membersOf = (weights: readonly number[]): RendezvousMember[] =>
  weights.map((weight, index) => ({ name: `10.0.0.${index + 1}:80`, weight }));

const bestOf = (scores: RendezvousScores, key: string): number => {
  scores.begin(key);
  return scores.best();
};
const costsOf = (scores: RendezvousScores, key: string, count: number): Float64Array => {
  const costs = new Float64Array(count);
  scores.begin(key);
  scores.rank(costs);
  return costs;
};

describe('exact scores', () => {
  test('follow the definition', () => {
    const hash = new Hash64();
    xxh64Into('10.0.0.1:80\0foo', 0, hash);
    assert.deepEqual([hash.high >>> 0, hash.low >>> 0], [0x7e9a39cc, 0x752a8ee7]);
    const scores = new ExactScores(membersOf([1, 1, 1]));
    const known = [
      ['foo', 0, 1.4202011],
      ['bar', 2, 6.3660777],
      ['user-42', 1, 5.4523492],
      ['/some/path', 1, 4.5296981],
    ] as const;
    for (const [key, place, score] of known) {
      assert.equal(bestOf(scores, key), place);
      assert.equal((1 / (costsOf(scores, key, 3)[place] ?? 0)).toFixed(7), score.toFixed(7));
    }
  });

  test('follow weights', () => {
    const scores = new ExactScores(membersOf([3, 1, 1]));
    assert.deepEqual(
      keys.map((key) => bestOf(scores, key)),
      [0, 2, 0, 0],
    );
  });
});

test("fast scores follow Envoy's formula", () => {
  const scores = new FastScores(membersOf([1, 1, 1]));
  assert.deepEqual(
    keys.map((key) => bestOf(scores, key)),
    [2, 2, 2, 1],
  );
  const mask = 2n ** 64n - 1n;
  const hashOf = (text: string): bigint => {
    const hash = new Hash64();
    xxh64Into(text, 0, hash);
    return (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0);
  };
  for (const key of keys) {
    const expected = membersOf([1, 1, 1]).map(({ name }) => {
      let mixed = hashOf(name) ^ hashOf(key);
      mixed ^= mixed >> 12n;
      mixed ^= (mixed << 25n) & mask;
      mixed ^= mixed >> 27n;
      mixed = (mixed * 2685821657736338717n) & mask;
      return -Math.log(Number(mixed & (2n ** 53n - 1n)) / 2 ** 53);
    });
    assert.deepEqual([...costsOf(scores, key, 3)], expected);
  }
});

for (const Scores of [ExactScores, FastScores]) {
  describe(Scores.name, () => {
    const weights = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9 }), fc.double({ min: 0.001, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    });

    test('find the lowest of all costs, the first of equal ones', () => {
      fc.assert(
        fc.property(weights, fc.string(), (weights, key) => {
          const scores = new Scores(membersOf(weights));
          const costs = costsOf(scores, key, weights.length);
          assert.equal(bestOf(scores, key), costs.indexOf(Math.min(...costs)));
        }),
        { seed: 0x5eed, numRuns: 3000 },
      );
    });

    test('give members of the same name and weight to the first', () => {
      const scores = new Scores([
        { name: 'a', weight: 1 },
        { name: 'b', weight: 2 },
        { name: 'b', weight: 2 },
        { name: 'a', weight: 1 },
      ]);
      const found = new Set(keys.map((key) => bestOf(scores, key)));
      assert.ok([...found].every((place) => place < 2));
    });

    test('cost a member the same whoever else is there', () => {
      const all = costsOf(new Scores(membersOf([2, 1, 3])), 'foo', 3);
      assert.deepEqual(costsOf(new Scores(membersOf([2, 1])), 'foo', 2), all.subarray(0, 2));
    });
  });
}
