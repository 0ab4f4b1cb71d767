// Known turns, what holds for any weights, and weights that change while turns are taken.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Random } from '../basics/random.ts';
import { seeded } from '../basics/random.ts';
import { DeadlineSchedule } from './deadline-schedule.ts';

/** Reads the weights where they stand, so that a test can change them. */
const scheduleOf = (weights: readonly number[], random?: Random): DeadlineSchedule =>
  new DeadlineSchedule(weights.length, (index) => weights[index] ?? 0, random);
const take = (schedule: DeadlineSchedule, count: number): number[] => Array.from({ length: count }, () => schedule.next());
const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
const countsOf = (turns: readonly number[], indices: number): number[] => {
  const counts = new Array<number>(indices).fill(0);
  for (const turn of turns) counts[turn] = (counts[turn] ?? 0) + 1;
  return counts;
};

const weight = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 }), fc.double({ min: 0.1, max: 20, noNaN: true }));
const someWeights = fc.array(weight, { minLength: 1, maxLength: 12 }).filter((weights) => weights.some((one) => one > 0));
const options = { seed: 0x5eed, numRuns: 200 };

describe('a deadline schedule', () => {
  const known: readonly (readonly [weights: readonly number[], turns: readonly number[]])[] = [
    [
      [5, 1, 1],
      [0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1, 2],
    ],
    [
      [4, 2, 1],
      [0, 1, 0, 0, 2, 1, 0, 0, 1, 0, 0, 2, 1, 0],
    ],
    [
      [3, 2, 1],
      [0, 1, 0, 2, 1, 0, 0, 1, 0, 0, 2, 1],
    ],
  ];
  for (const [weights, turns] of known) {
    test(`gives ${weights} the turns ${turns}`, () => assert.deepEqual(take(scheduleOf(weights), turns.length), turns));
  }

  test('takes equal weights in the order of the list', () => {
    assert.deepEqual(take(scheduleOf([2, 2, 2]), 6), [0, 1, 2, 0, 1, 2]);
  });

  test('starts at places of its own when it is given chance, and at the same ones with the same seed', () => {
    const starts = [1, 2, 3, 4, 5, 6].map((seed) => take(scheduleOf([5, 3, 2], seeded(seed)), 10).join(' '));
    assert.ok(new Set(starts).size > 1);
    assert.deepEqual(take(scheduleOf([5, 3, 2], seeded(9)), 50), take(scheduleOf([5, 3, 2], seeded(9)), 50));
  });

  test('has no turn to give when nothing weighs anything', () => {
    assert.equal(scheduleOf([0, 0]).next(), -1);
    assert.equal(scheduleOf([]).next(), -1);
  });
});

describe('any deadline schedule', () => {
  test('keeps each index near its share at any time, and never gives a turn to one without weight', () => {
    fc.assert(
      fc.property(someWeights, fc.option(fc.nat(), { nil: undefined }), (weights, seed) => {
        const total = sumOf(weights);
        const random = seed === undefined ? undefined : seeded(seed);
        // At time `now` index i had between `now * weight - 1` and `now * weight` turns, or one more from a random start. Add up over all.
        const spare = random === undefined ? 0 : 1;
        const schedule = scheduleOf(weights, random);
        const counts = weights.map(() => 0);
        for (let turn = 1; turn <= 500; turn++) {
          const index = schedule.next();
          counts[index] = (counts[index] ?? 0) + 1;
          assert.ok((weights[index] ?? 0) > 0);
          const share = (weights[index] ?? 0) / total;
          const ahead = (counts[index] ?? 0) - turn * share;
          assert.ok(ahead <= spare + weights.length * share + 1e-6, `${ahead} turns ahead of its share`);
        }
        for (const [index, one] of weights.entries()) {
          const behind = (500 * one) / total - (counts[index] ?? 0);
          assert.ok(behind <= 1 + (spare * weights.length * one) / total + 1e-6, `${behind} turns behind its share`);
        }
      }),
      options,
    );
  });

  test('lets no index wait longer than its interval and one turn of every other', () => {
    fc.assert(
      fc.property(someWeights, fc.nat(), (weights, seed) => {
        const schedule = scheduleOf(weights, seeded(seed));
        const last = weights.map(() => 0);
        for (let turn = 1; turn <= 500; turn++) {
          last[schedule.next()] = turn;
          for (const [index, one] of weights.entries()) {
            if (one === 0) continue;
            const waited = turn - (last[index] ?? 0);
            assert.ok(waited <= Math.ceil(sumOf(weights) / one) + weights.length, `index ${index} waits for ${waited} turns`);
          }
        }
      }),
      options,
    );
  });

  test('agrees with a list that is searched for the earliest deadline, while weights rise and fall', () => {
    const step = fc.oneof(fc.constant(undefined), fc.tuple(fc.nat(7), weight));
    fc.assert(
      fc.property(fc.array(weight, { minLength: 8, maxLength: 8 }), fc.array(step, { maxLength: 300 }), (weights, steps) => {
        const changing = [...weights];
        const schedule = scheduleOf(changing);
        const searched = new SearchedList(changing);
        for (const change of steps) {
          if (change !== undefined) {
            const [index, to] = change;
            changing[index] = to;
            schedule.raise(index);
            searched.raise(index);
          }
          assert.equal(schedule.next(), searched.next());
        }
      }),
      options,
    );
  });
});

/** The same rules without a heap. */
class SearchedList {
  readonly #weights: readonly number[];
  #entries: { index: number; deadline: number; order: number }[] = [];
  #now = 0;
  #order = 0;

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    for (const index of weights.keys()) this.raise(index);
  }

  next(): number {
    for (;;) {
      const [first, ...others] = this.#entries.sort((one, other) => one.deadline - other.deadline || one.order - other.order);
      if (first === undefined) return -1;
      this.#entries = others;
      const one = this.#weights[first.index] ?? 0;
      if (one > 0) {
        this.#now = first.deadline;
        this.#entries.push({ index: first.index, deadline: this.#now + 1 / one, order: this.#order++ });
        return first.index;
      }
    }
  }

  raise(index: number): void {
    const one = this.#weights[index] ?? 0;
    if (one <= 0) return;
    const deadline = this.#now + 1 / one;
    const present = this.#entries.find((entry) => entry.index === index);
    if (present === undefined) this.#entries.push({ index, deadline, order: this.#order++ });
    else if (deadline < present.deadline) Object.assign(present, { deadline, order: this.#order++ });
  }
}

describe('weights that change', () => {
  test('count from the next turn of the index on', () => {
    const weights = [1, 1];
    const schedule = scheduleOf(weights);
    take(schedule, 10);
    weights[0] = 3;
    take(schedule, 2);
    const [first, second] = countsOf(take(schedule, 400), 2);
    assert.ok(Math.abs((first ?? 0) - 300) <= 2 && Math.abs((second ?? 0) - 100) <= 2, `${first} and ${second}`);
  });

  test('take an index out when they fall to 0, and let it in again when they are raised, without a row of turns', () => {
    const weights = [2, 1, 1];
    const schedule = scheduleOf(weights);
    take(schedule, 8);
    weights[0] = 0;
    assert.ok(!take(schedule, 1000).includes(0));
    weights[0] = 2;
    assert.ok(!take(schedule, 10).includes(0));
    schedule.raise(0);
    const turns = take(schedule, 40);
    assert.deepEqual(countsOf(turns, 3), [20, 10, 10]);
    assert.ok(!turns.join('').includes('000'), turns.join(' '));
  });

  test('do not keep a light index waiting for the deadline it had, once they are raised', () => {
    const weights = [1000, 1];
    const schedule = scheduleOf(weights);
    take(schedule, 10);
    weights[1] = 1000;
    schedule.raise(1);
    assert.ok(take(schedule, 4).includes(1));
  });
});
