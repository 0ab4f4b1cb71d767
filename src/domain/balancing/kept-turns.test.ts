// Turns go on where they were: no burst and no gap, whatever changes in the middle of a cycle.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, policyTools, times } from '../../../test/support/endpoints.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { keptTurns } from './kept-turns.ts';
import type { Candidates } from './policy.ts';

const options = { seed: 0x5eed, numRuns: 200 };

/** Endpoints by index, with weights of the moment: other objects of the same identity, as after a change. */
function membersOf(all: Candidates, weights: Readonly<Record<number, number>>): Candidates {
  const [first, ...others] = Object.entries(weights).map(([index, weight]): Endpoint => ({ ...(all[Number(index)] ?? all[0]), weight }));
  if (first === undefined) throw new Error('Candidates are never empty');
  return [first, ...others];
}

/** Makes turns over and over for endpoints that are the same all the time, and takes some; what comes is the number of each endpoint. */
function sequel(count: number, random = (): number => 0) {
  const all = endpointsOf(times(count, () => 1));
  const tools = policyTools({ random });
  return (weights: Readonly<Record<number, number>>, taken: number): number[] => {
    const turns = keptTurns(membersOf(all, weights), tools);
    const members = Object.keys(weights).map(Number);
    return times(taken, () => members[turns.next()] ?? -1);
  };
}

describe('kept turns', () => {
  test('go on in the middle of a cycle when nothing has changed', () => {
    const take = sequel(3);
    assert.deepEqual([...take([5, 1, 1], 3), ...take([5, 1, 1], 2), ...take([5, 1, 1], 9)], [0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0]);
  });

  test('go on in the middle of a list of equal weights', () => {
    const take = sequel(4);
    assert.deepEqual([...take([1, 1, 1, 1], 2), ...take([2, 2, 2, 2], 4)], [0, 1, 2, 3, 0, 1]);
  });

  test('are the same for weights of another scale', () => {
    const take = sequel(3);
    assert.deepEqual([...take([500, 100, 100], 3), ...take([5, 1, 1], 4)], [0, 0, 1, 0, 2, 0, 0]);
  });

  test('do not ask one again that has just been asked, because another one leaves', () => {
    const take = sequel(4);
    assert.deepEqual([...take([1, 1, 1, 1], 2), ...take({ 0: 1, 1: 1, 3: 1 }, 3)], [0, 1, 3, 0, 1]);
  });

  test('go on with what is owed when weights that were equal differ', () => {
    const take = sequel(3);
    // The third is owed two thirds of a turn, the others had theirs.
    assert.deepEqual([...take([1, 1, 1], 2), ...take([2, 1, 1], 1)], [0, 1, 2]);
  });

  test('owe nothing to a newcomer: it has its share from now on and no more', () => {
    const take = sequel(4);
    take({ 0: 5, 1: 1, 2: 1 }, 1000);
    const after = take({ 0: 5, 1: 1, 2: 1, 3: 1 }, 16);
    assert.equal(after.filter((index) => index === 3).length, 2);
    assert.notEqual(after.indexOf(3), 0);
  });

  test('owe nothing to an endpoint that was away, however long', () => {
    const take = sequel(3);
    take({ 0: 3, 1: 2, 2: 1 }, 4);
    take({ 0: 3, 1: 2 }, 1003);
    const after = take({ 0: 3, 1: 2, 2: 1 }, 60);
    assert.deepEqual(
      [0, 1, 2].map((index) => after.filter((one) => one === index).length).map((count, index) => Math.abs(count - 10 * (3 - index)) <= 1),
      [true, true, true],
    );
    assert.equal(after.slice(0, 6).filter((index) => index === 2).length, 1);
  });

  test('let an endpoint that was owed a turn when it went away wait for its place in the list', () => {
    const take = sequel(4);
    take([1, 1, 1, 1], 2);
    assert.deepEqual(take({ 0: 1, 1: 1, 2: 1 }, 2), [2, 0]);
    assert.deepEqual(take([1, 1, 1, 1], 4), [1, 2, 3, 0]);
  });

  test('owe everybody together nothing after one has left with what it was owed', () => {
    const all = endpointsOf([1, 1, 1, 1]);
    const tools = policyTools({ random: () => 0 });
    const before = keptTurns(membersOf(all, [4, 2, 1]), tools);
    times(3, () => before.next());
    const after = keptTurns(membersOf(all, { 0: 4, 1: 2, 3: 3 }), tools);
    assert.ok(Math.abs(after.owedTo(0) + after.owedTo(1)) < 1e-12);
    assert.equal(after.owedTo(2), 0);
  });

  test('begin anywhere at first', () => {
    const starts = times(100, (seed) => sequel(3, seeded(seed))([5, 1, 1], 7).join());
    assert.equal(new Set(starts).size, 7);
    const plain = times(100, (seed) => sequel(3, seeded(seed))([1, 1, 1], 1).join());
    assert.equal(new Set(plain).size, 3);
  });

  test('give each endpoint what its weights over time add up to, changed anywhere and as often as one likes', () => {
    const weight = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0.1, max: 20, noNaN: true }));
    const periods = fc.integer({ min: 2, max: 8 }).chain((count) =>
      fc.array(fc.tuple(fc.array(weight, { minLength: count, maxLength: count }), fc.integer({ min: 1, max: 30 })), {
        minLength: 1,
        maxLength: 60,
      }),
    );
    fc.assert(
      fc.property(periods, (given) => {
        const count = given[0]?.[0].length ?? 0;
        const take = sequel(count);
        const owed = times(count, () => 0);
        for (const [weights, taken] of given) {
          const total = weights.reduce((sum, one) => sum + one, 0);
          const picked = take(weights, taken);
          weights.forEach((one, index) => {
            owed[index] = (owed[index] ?? 0) + (taken * one) / total - picked.filter((other) => other === index).length;
          });
          for (const one of owed) assert.ok(Math.abs(one) < 2, `owed ${one} turns`);
        }
      }),
      options,
    );
  });

  test('never give an endpoint more turns in a row than it would have had, when others come and go', () => {
    const member = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 }));
    const periods = fc.array(fc.tuple(fc.array(member, { minLength: 6, maxLength: 6 }), fc.integer({ min: 1, max: 20 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(periods, (given) => {
        const take = sequel(6);
        for (const [members, taken] of given) {
          const weights = Object.fromEntries(members.flatMap(([isThere, one], index) => (isThere ? [[index, one] as const] : [])));
          const total = Object.values(weights).reduce((sum, one) => sum + one, 0);
          if (total === 0) continue;
          const picked = take(weights, taken);
          for (const [index, one] of Object.entries(weights)) {
            const turns = picked.filter((other) => other === Number(index)).length;
            assert.ok(Math.abs(turns - (taken * one) / total) < 2.5, `${turns} turns of ${taken} for ${one} of ${total}`);
          }
        }
      }),
      options,
    );
  });
});
