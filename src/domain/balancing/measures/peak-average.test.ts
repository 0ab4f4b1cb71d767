// Up at once, down slowly.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hasSample, PeakAverage } from './peak-average.ts';

const average = new PeakAverage(10_000);
const start = 1_000_000;
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 5e-5, `${actual} instead of ${expected}`);

describe('a peak average', () => {
  test('jumps to a peak, is pulled down by age, and fades', () => {
    const signals = new Float64Array(16);
    average.add(signals, 100, start);
    assert.equal(average.read(signals, start), 100);
    average.add(signals, 50, start + 5000);
    near(average.read(signals, start + 5000), 80.3265);
    average.add(signals, 200, start + 6000);
    assert.equal(average.read(signals, start + 6000), 200);
    near(average.read(signals, start + 16_000), 73.5759);
    near(average.read(signals, start + 16_000) * (3 + 1), 294.3036);
  });

  test('knows whether it has a sample, also one of no time at all', () => {
    const signals = new Float64Array(16);
    assert.ok(!hasSample(signals));
    average.add(signals, 0, start);
    assert.ok(hasSample(signals));
    assert.equal(average.read(signals, start), 0);
  });

  test('takes a moment before the last sample for that of the sample', () => {
    const signals = new Float64Array(16);
    average.add(signals, 100, start);
    assert.equal(average.read(signals, start - 50), 100);
    average.add(signals, 40, start - 50);
    assert.equal(average.read(signals, start - 50), 100);
  });

  test('never falls below what a sample above it was, never rises alone, and never is negative', () => {
    const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 60_000, noNaN: true }), fc.double({ min: 0, max: 9000, noNaN: true })));
    fc.assert(
      fc.property(steps, (given) => {
        const signals = new Float64Array(16);
        let now = start;
        for (const [pause, sample] of given) {
          const before = average.read(signals, now);
          now += pause;
          const faded = average.read(signals, now);
          // Equal but for the twelfth digit.
          assert.ok(faded >= 0 && faded <= before * (1 + 1e-11));
          average.add(signals, sample, now);
          if (sample > faded) assert.equal(average.read(signals, now), sample);
          else assert.ok(average.read(signals, now) >= Math.max(faded, sample) - 1e-9);
        }
      }),
      { seed: 0x5eed, numRuns: 300 },
    );
  });

  test('comes down to a time that stays the same', () => {
    const signals = new Float64Array(16);
    average.add(signals, 2000, start);
    for (let now = start; now <= start + 200_000; now += 100) average.add(signals, 75, now);
    near(average.read(signals, start + 200_000), 75);
  });
});
