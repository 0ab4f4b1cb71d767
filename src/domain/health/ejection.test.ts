// How long and how many.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { EjectionRules } from './ejection.ts';
import { Ejection, mayEject, mostEjected } from './ejection.ts';

const usual: EjectionRules = { baseEjection: milliseconds(30_000), maxEjection: milliseconds(300_000), jitter: milliseconds(0) };
const interval = milliseconds(10_000);
const never = (): number => 0;
const options = { seed: 0x5eed, numRuns: 500 };

/** Seconds that each of several ejections takes, one right behind the other. */
function durationsOf(count: number, rules: EjectionRules, ejection = new Ejection()): readonly number[] {
  let now = 0;
  return Array.from({ length: count }, () => {
    const until = ejection.begin(now, rules, never);
    const took = (until - now) / 1000;
    now = until;
    ejection.end(now);
    return took;
  });
}

describe('an ejection', () => {
  test('takes 30, 60, 90 seconds and so on, and five minutes at most', () => {
    assert.deepEqual(durationsOf(13, usual), [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300]);
  });

  test('takes as long as the maximum where that is no multiple of the base', () => {
    assert.deepEqual(durationsOf(4, { ...usual, maxEjection: milliseconds(70_000) }), [30, 60, 70, 70]);
    assert.deepEqual(durationsOf(3, { ...usual, maxEjection: milliseconds(30_000) }), [30, 30, 30]);
  });

  test('is over when its time is, and not a moment before', () => {
    const ejection = new Ejection();
    assert.equal(ejection.isOver(0), false);
    assert.equal(ejection.begin(1000, usual, never), 31_000);
    assert.deepEqual([ejection.isEjected, ejection.until], [true, 31_000]);
    assert.deepEqual([ejection.isOver(30_999), ejection.isOver(31_000)], [false, true]);
    ejection.end(31_000);
    assert.deepEqual([ejection.isEjected, ejection.until, ejection.isOver(99_000)], [false, undefined, false]);
  });

  test('may end before its time', () => {
    const ejection = new Ejection();
    ejection.begin(0, usual, never);
    ejection.end(2000);
    assert.equal(ejection.isEjected, false);
    assert.equal(ejection.begin(3000, usual, never), 63_000);
  });

  test('is not held the first time; each further time it is for as long as the one before could take', () => {
    const ejection = new Ejection();
    let now = 0;
    const held = Array.from({ length: 13 }, () => {
      ejection.begin(now, { ...usual, jitter: milliseconds(5000) }, () => 0.999);
      const from = now;
      while (ejection.isHeld(now)) now += 10_000;
      ejection.end(now);
      assert.equal(ejection.isHeld(from), false);
      return (now - from) / 1000;
    });
    assert.deepEqual(held, [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]);
  });

  test('grows by up to the jitter, which the maximum does not hold back', () => {
    const rules = { ...usual, maxEjection: milliseconds(30_000), jitter: milliseconds(500) };
    assert.equal(
      new Ejection().begin(0, rules, () => 0.999_999),
      30_500,
    );
    const random = seeded(7);
    const ends = Array.from({ length: 200 }, () => new Ejection().begin(0, rules, random));
    assert.ok(ends.every((end) => end >= 30_000 && end <= 30_500 && Number.isInteger(end)));
    assert.ok(new Set(ends).size > 100);
  });
});

describe('what is remembered of ejections', () => {
  test('shrinks by one base time in each interval after the first one, down to nothing', () => {
    const ejection = new Ejection();
    durationsOf(3, usual, ejection);
    // The third one ended 180 seconds after the first one began.
    const multipliers = [180_000, 189_999, 190_000, 200_000, 210_000, 220_000].map((now) => {
      ejection.forgive(now, interval);
      return ejection.multiplier;
    });
    assert.deepEqual(multipliers, [3, 3, 2, 1, 0, 0]);
    assert.equal(ejection.begin(230_000, usual, never), 260_000);
  });

  test('does not shrink while the endpoint is ejected, nor below nothing for one that never was', () => {
    const ejection = new Ejection();
    ejection.forgive(100_000, interval);
    assert.equal(ejection.multiplier, 0);
    ejection.begin(100_000, usual, never);
    ejection.forgive(120_000, interval);
    assert.equal(ejection.multiplier, 1);
    ejection.end(130_000);
    ejection.begin(131_000, usual, never);
    ejection.forgive(150_000, interval);
    assert.equal(ejection.multiplier, 2);
  });

  test('grows no further than the maximum needs, so that it is forgiven in as many intervals', () => {
    const ejection = new Ejection();
    durationsOf(50, usual, ejection);
    assert.equal(ejection.multiplier, 11);
  });
});

test('every ejection takes from the base to the maximum, each at least as long as the one before', () => {
  const rules = fc.record({ base: fc.integer({ min: 1, max: 100_000 }), more: fc.nat(1_000_000) });
  fc.assert(
    fc.property(rules, ({ base, more }) => {
      const found = durationsOf(20, { ...usual, baseEjection: milliseconds(base), maxEjection: milliseconds(base + more) });
      for (const [index, took] of found.entries()) {
        assert.equal(Math.round(took * 1000), Math.min(base * (index + 1), base + more));
      }
    }),
    options,
  );
});

describe('how many may be ejected at once', () => {
  test('is the percentage, rounded down', () => {
    const cap = { maxEjected: 10, alwaysOne: false };
    assert.deepEqual(
      [1, 9, 10, 19, 20, 100].map((endpoints) => mostEjected(endpoints, cap)),
      [0, 0, 1, 1, 2, 10],
    );
  });

  test('is one at least where that is wanted', () => {
    const cap = { maxEjected: 10, alwaysOne: true };
    assert.deepEqual(
      [1, 9, 10, 19, 20, 100].map((endpoints) => mostEjected(endpoints, cap)),
      [1, 1, 1, 1, 2, 10],
    );
  });

  test('loses no endpoint to binary fractions', () => {
    for (let percent = 1; percent <= 1000; percent++)
      assert.equal(mostEjected(1000, { maxEjected: percent / 10, alwaysOne: false }), percent);
  });

  test('never has the last one that is up among them', () => {
    const cap = { maxEjected: 100, alwaysOne: true };
    assert.equal(mayEject({ endpoints: 3, ejected: 1, up: 2 }, cap), true);
    assert.equal(mayEject({ endpoints: 3, ejected: 2, up: 1 }, cap), false);
    // Probes took the others down, and none is ejected.
    assert.equal(mayEject({ endpoints: 3, ejected: 0, up: 1 }, cap), false);
    assert.equal(mayEject({ endpoints: 1, ejected: 0, up: 1 }, cap), false);
  });

  test('is never exceeded, whoever is suspected in whatever order', () => {
    const pool = fc.record({
      endpoints: fc.integer({ min: 1, max: 60 }),
      maxEjected: fc.integer({ min: 0, max: 100 }),
      alwaysOne: fc.boolean(),
    });
    fc.assert(
      fc.property(
        pool,
        fc.array(fc.record({ at: fc.nat(59), isOver: fc.boolean() }), { maxLength: 150 }),
        ({ endpoints, ...cap }, steps) => {
          const ejected = new Set<number>();
          for (const { at, isOver } of steps) {
            const endpoint = at % endpoints;
            if (isOver) ejected.delete(endpoint);
            else if (!ejected.has(endpoint) && mayEject({ endpoints, ejected: ejected.size, up: endpoints - ejected.size }, cap)) {
              ejected.add(endpoint);
            }
            const share = (100 * ejected.size) / endpoints;
            assert.ok(share <= cap.maxEjected || (cap.alwaysOne && ejected.size === 1));
            assert.ok(ejected.size < endpoints);
          }
        },
      ),
      options,
    );
  });
});
