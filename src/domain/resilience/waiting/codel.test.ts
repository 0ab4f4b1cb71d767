// When waits are dropped, step by step, and when a queue is said to stand.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { Codel, StandingQueue } from './codel.ts';

const rules = { interval: milliseconds(100), target: milliseconds(5) };

/** Plays `[now, waited]` and tells who was dropped. */
const dropped = (steps: readonly (readonly [now: number, waited: number])[]): boolean[] => {
  const codel = new Codel(rules);
  return steps.map(([now, waited]) => codel.shouldDrop(waited, now));
};

describe('controlled delay', () => {
  test('drops what waited more than twice the target after an interval without a short wait', () => {
    const steps = [
      [1, 50],
      [50, 60],
      [101, 70],
      [102, 11],
      [103, 10],
      [110, 80],
      [202, 90],
      [203, 90],
    ] as const;
    // 101 is still of the first interval, in which the shortest wait was 50. 102 begins the next one and is spared; 203 begins another.
    assert.deepEqual(dropped(steps), [false, false, false, false, false, true, true, false]);
  });

  test('stops after an interval in which one wait was short', () => {
    const steps = [
      [1, 50],
      [102, 50],
      [110, 50],
      [150, 5],
      [160, 50],
      [203, 50],
      [210, 50],
    ] as const;
    assert.deepEqual(dropped(steps), [false, false, true, false, true, false, false]);
  });

  test('tells whether it is overloaded', () => {
    const codel = new Codel(rules);
    codel.shouldDrop(50, 1);
    assert.equal(codel.isOverloaded, false);
    codel.shouldDrop(50, 102);
    assert.equal(codel.isOverloaded, true);
  });

  test('never drops a wait of up to twice the target, nor any while each interval has a short one', () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.boolean(), (steps, hasShortOnes) => {
        const codel = new Codel(rules);
        let now = 1;
        for (const [wait, waited] of steps) {
          now += wait;
          const drops = codel.shouldDrop(waited, now);
          if (waited <= 10) assert.equal(drops, false);
          if (hasShortOnes) assert.equal(drops && !codel.isOverloaded, false);
          if (hasShortOnes) codel.shouldDrop(3, now);
          if (hasShortOnes) assert.equal(drops, false);
        }
      }),
      { seed: 0xc0de1, numRuns: 500 },
    );
  });
});

describe('a queue that stands', () => {
  test('is one that was not empty for an interval, and gives little time then', () => {
    const queue = new StandingQueue(rules);
    queue.note(0, 1000);
    queue.note(3, 1100);
    assert.deepEqual([queue.isStanding(1100), queue.timeout(1100)], [false, 100]);
    assert.deepEqual([queue.isStanding(1101), queue.timeout(1101)], [true, 5]);
    queue.note(0, 1150);
    assert.deepEqual([queue.isStanding(1250), queue.timeout(1250)], [false, 100]);
  });
});
