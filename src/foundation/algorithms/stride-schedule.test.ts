// The turns for known weights, and the running remainders against the formula of gRPC A58.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StrideSchedule } from './stride-schedule.ts';

const take = (schedule: StrideSchedule, count: number): number[] => Array.from({ length: count }, () => schedule.next());
const generations = 65_535;

/** The scheduler as the proposal writes it, with a sequence number and divisions. */
function asProposed(strides: readonly number[], generation: number): () => number {
  let sequence = generation * strides.length;
  return () => {
    for (;;) {
      const index = sequence % strides.length;
      const turn = Math.floor(sequence / strides.length);
      const stride = strides[index] ?? 0;
      sequence++;
      if ((stride * turn + index * Math.floor(generations / 2)) % generations >= generations - stride) return index;
    }
  };
}

describe('a stride schedule', () => {
  test('gives 5, 1, 1 its known turns', () => {
    assert.deepEqual(take(new StrideSchedule([5, 1, 1]), 14), [0, 2, 0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0]);
  });

  test('gives 4, 2, 1 its known turns', () => {
    assert.deepEqual(take(new StrideSchedule([4, 2, 1]), 14), [0, 1, 2, 0, 0, 1, 0, 2, 0, 1, 0, 0, 1, 0]);
  });

  test('gives a single index every turn', () => {
    assert.deepEqual(take(new StrideSchedule([3]), 3), [0, 0, 0]);
  });

  test('never takes an index of weight 0', () => {
    assert.ok(!take(new StrideSchedule([0, 1, 2, 0]), 1000).some((index) => index === 0 || index === 3));
  });

  test('takes even the lightest index once in a whole round of generations', () => {
    const turns = take(new StrideSchedule([1e9, 1]), generations + 1);
    assert.equal(turns.filter((index) => index === 1).length, 1);
  });

  test('takes each index as often as its stride says over all generations', () => {
    // Strides of 65,535, 13,107 and 26,214.
    const turns = take(new StrideSchedule([5, 1, 2], 777), generations + 13_107 + 26_214);
    assert.deepEqual(
      [0, 1, 2].map((index) => turns.filter((turn) => turn === index).length),
      [generations, 13_107, 26_214],
    );
  });

  test('agrees with the formula of the proposal from any generation on', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, fc.nat(generations - 1), (given, generation) => {
        const heaviest = Math.max(...given);
        const next = asProposed(
          given.map((weight) => Math.max(1, Math.round((generations * weight) / heaviest))),
          generation,
        );
        const schedule = new StrideSchedule(given, generation);
        for (let turn = 0; turn < 200; turn++) assert.equal(schedule.next(), next());
      }),
      { seed: 0x5eed, numRuns: 200 },
    );
  });
});
