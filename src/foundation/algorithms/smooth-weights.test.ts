// The turns and the state in between, after the traces published with nginx.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SmoothWeights } from './smooth-weights.ts';

const pick = (schedule: SmoothWeights, count: number): number[] => Array.from({ length: count }, () => schedule.next());
const turns = (weights: readonly number[], count: number): number[] => pick(new SmoothWeights(weights), count);

describe('smooth weights', () => {
  const known: readonly (readonly [weights: readonly number[], turns: readonly number[]])[] = [
    [
      [5, 1, 1],
      [0, 0, 1, 0, 2, 0, 0],
    ],
    [
      [4, 2, 1],
      [0, 1, 0, 2, 0, 1, 0],
    ],
    [
      [3, 2, 1],
      [0, 1, 0, 2, 1, 0],
    ],
    [
      [5, 3, 2],
      [0, 1, 2, 0, 0, 1, 0, 2, 1, 0],
    ],
    [
      [0, 1, 2],
      [2, 1, 2, 2, 1, 2],
    ],
  ];
  for (const [weights, expected] of known) {
    test(`give ${weights} the turns ${expected}`, () => assert.deepEqual(turns(weights, expected.length), expected));
  }

  test('are known in every step for 5, 1, 1', () => {
    const schedule = new SmoothWeights([5, 1, 1]);
    const trace = Array.from({ length: 7 }, () => {
      schedule.next();
      return [...schedule.current];
    });
    assert.deepEqual(trace, [
      [-2, 1, 1],
      [-4, 2, 2],
      [1, -4, 3],
      [-1, -3, 4],
      [4, -2, -2],
      [2, -1, -1],
      [0, 0, 0],
    ]);
  });

  test('begin again once a cycle is over', () => {
    assert.deepEqual(turns([5, 1, 1], 14).slice(7), turns([5, 1, 1], 7));
  });

  test('take equal weights in the order of the list', () => {
    assert.deepEqual(turns([3, 3, 3], 6), [0, 1, 2, 0, 1, 2]);
  });

  test('give a single index every turn', () => {
    assert.deepEqual(turns([7], 3), [0, 0, 0]);
  });
});

describe('weights that failures shrink', () => {
  const effective = (schedule: SmoothWeights, count: number): number[] =>
    Array.from({ length: count }, (_, index) => schedule.effectiveWeight(index));

  test('lose a part for each failure, and never fall below 0', () => {
    const schedule = new SmoothWeights([5, 7]);
    const left = Array.from({ length: 6 }, () => {
      schedule.failed(0, 3);
      return schedule.effectiveWeight(0);
    });
    assert.deepEqual(left, [4, 3, 2, 1, 0, 0]);
    schedule.failed(1, 2);
    assert.equal(schedule.effectiveWeight(1), 4);
  });

  test('stay what they are when failures do not count', () => {
    const schedule = new SmoothWeights([5, 1]);
    schedule.failed(0, 0);
    assert.deepEqual(effective(schedule, 2), [5, 1]);
  });

  test('grow back by 1 in each turn, from the turn on that they already count in', () => {
    const schedule = new SmoothWeights([4, 2]);
    schedule.failed(0, 1);
    assert.deepEqual(effective(schedule, 2), [0, 2]);
    // Shares of 0 and 2, 1 and 2, 2 and 2, 3 and 2, and then 4 and 2 as ever.
    const trace = Array.from({ length: 5 }, () => [schedule.next(), ...schedule.current, ...effective(schedule, 2)]);
    assert.deepEqual(trace, [
      [1, 0, 0, 1, 2],
      [1, 1, -1, 2, 2],
      [0, -1, 1, 3, 2],
      [1, 2, -2, 4, 2],
      [0, 0, 0, 4, 2],
    ]);
  });

  test('leave turns to the others, and not to one without weight even if all others have failed', () => {
    const schedule = new SmoothWeights([0, 3, 3]);
    schedule.failed(1, 1);
    schedule.failed(2, 1);
    assert.ok(!pick(schedule, 100).includes(0));
  });
});

describe('a turn that was chosen by something else', () => {
  test('counts, so that the others get what they missed', () => {
    const schedule = new SmoothWeights([1, 1, 1]);
    schedule.take(2);
    assert.deepEqual([...schedule.current], [1, 1, -2]);
    assert.deepEqual(pick(schedule, 2), [0, 1]);
    assert.deepEqual([...schedule.current], [0, 0, 0]);
  });

  test('does not count while the index has had one in advance already', () => {
    const schedule = new SmoothWeights([5, 1, 1]);
    for (let turn = 0; turn < 1000; turn++) schedule.take(1);
    assert.deepEqual([...schedule.current], [5, -6, 1]);
    assert.deepEqual(pick(schedule, 6).toSorted(), [0, 0, 0, 0, 0, 2]);
    assert.deepEqual([...schedule.current], [0, 0, 0]);
  });
});
