// The turns for known weights, and the running remainders against the formula of gRPC A58.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hasTurn, SharedStrideSchedule, SharedTurns, StrideSchedule } from './stride-schedule.ts';

const take = (schedule: { next(): number }, count: number): number[] => Array.from({ length: count }, () => schedule.next());
const generations = 65_535;

const options = { seed: 0x5eed, numRuns: 200 };
const shared = (start = 0): Int32Array => Int32Array.of(start);

/** The scheduler as the proposal writes it, with a sequence number and divisions. */
function asProposed(strides: readonly number[], start: number): () => number {
  let sequence = start;
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
          generation * given.length,
        );
        const schedule = new StrideSchedule(given, generation);
        for (let turn = 0; turn < 200; turn++) assert.equal(schedule.next(), next());
      }),
      options,
    );
  });
});

describe('a shared stride schedule', () => {
  test('gives 5, 1, 1 and 4, 2, 1 their known turns', () => {
    assert.deepEqual(take(new SharedStrideSchedule([5, 1, 1], shared(), 0), 14), [0, 2, 0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0]);
    assert.deepEqual(take(new SharedStrideSchedule([4, 2, 1], shared(), 0), 14), [0, 1, 2, 0, 0, 1, 0, 2, 0, 1, 0, 0, 1, 0]);
  });

  test('deals the turns of one schedule to all who share its number', () => {
    const sequence = Int32Array.of(77, 0, 88);
    const sharing = [0, 1, 2].map(() => new SharedStrideSchedule([4, 2, 1], sequence, 1));
    const alone = new StrideSchedule([4, 2, 1]);
    for (let turn = 0; turn < 300; turn++) assert.equal(sharing[turn % 3]?.next(), alone.next());
    assert.deepEqual([sequence[0], sequence[2]], [77, 88]);
  });

  test('agrees with the formula of the proposal wherever the number stands, up to its end', () => {
    const weights = fc.array(fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constant(0)), { minLength: 1, maxLength: 20 });
    const start = fc.oneof(
      fc.nat(100_000),
      fc.integer({ min: 2 ** 31 - 100, max: 2 ** 31 }),
      fc.integer({ min: 2 ** 32 - 9000, max: 2 ** 32 - 8000 }),
    );
    fc.assert(
      fc.property(weights, start, (given, from) => {
        fc.pre(given.some((weight) => weight > 0));
        const heaviest = Math.max(...given);
        const next = asProposed(
          given.map((weight) => (weight > 0 ? Math.max(1, Math.round((generations * weight) / heaviest)) : 0)),
          from,
        );
        const schedule = new SharedStrideSchedule(given, shared(from), 0);
        for (let turn = 0; turn < 200; turn++) assert.equal(schedule.next(), next());
      }),
      options,
    );
  });

  test('takes each index as often as its stride says over all generations, and goes on after the number begins anew', () => {
    const turns = take(new SharedStrideSchedule([5, 1, 0, 2], shared(), 0), generations + 13_107 + 26_214);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => turns.filter((turn) => turn === index).length),
      [generations, 13_107, 0, 26_214],
    );
    const around = take(new SharedStrideSchedule([1, 1, 0], shared(-5), 0), 8);
    // Places 2^32 - 5 and on belong to the indices 2, 0, 1, 2, 0, and then all begin anew.
    assert.deepEqual(around, [0, 1, 0, 0, 1, 0, 1, 0]);
  });
});

describe('the test for a turn', () => {
  const taken = (strides: readonly number[], resolution: number, step: number): number[] => {
    const turns: number[] = [];
    for (let generation = 0; generation < resolution; generation++) {
      strides.forEach((stride, index) => {
        if (hasTurn(stride, generation, (index * step) % resolution, resolution)) turns.push(index);
      });
    }
    return turns;
  };

  test('gives the strides 2, 3, 6 of 6 their known turns without offsets', () => {
    assert.deepEqual(taken([2, 3, 6], 6, 0), [2, 1, 2, 0, 2, 1, 2, 2, 0, 1, 2]);
  });

  test('holds as often as the stride says over all generations of any resolution', () => {
    const given = fc
      .integer({ min: 1, max: 500 })
      .chain((resolution) =>
        fc.record({ resolution: fc.constant(resolution), strides: fc.array(fc.nat(resolution), { minLength: 1, maxLength: 12 }) }),
      );
    fc.assert(
      fc.property(given, ({ resolution, strides }) => {
        const turns = taken(strides, resolution, Math.floor(resolution / 2));
        assert.deepEqual(
          strides.map((_stride, index) => turns.filter((turn) => turn === index).length),
          strides,
        );
      }),
      options,
    );
  });
});

describe('shared turns', () => {
  test('go round from where the number stands, whoever asks', () => {
    const sequence = shared(4);
    const one = new SharedTurns(3, sequence, 0);
    const other = new SharedTurns(3, sequence, 0);
    assert.deepEqual([one.next(), other.next(), other.next(), one.next()], [1, 2, 0, 1]);
  });

  test('are permutations of all indices, and stay in range when the number begins anew', () => {
    assert.deepEqual(take(new SharedTurns(4, shared(2), 0), 4).sort(), [0, 1, 2, 3]);
    assert.deepEqual(take(new SharedTurns(3, shared(-2), 0), 4), [2, 0, 0, 1]);
  });
});

describe('weights far apart', () => {
  test('are kept to as they are', () => {
    const turns = take(new SharedStrideSchedule([1, 1000], shared(), 0), 10_010);
    const light = turns.filter((index) => index === 0).length;
    assert.ok(light >= 9 && light <= 11, `${light}`);
  });
});
