// The median of what is near in load and young, against a plain reckoning of the same.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { times } from '../../../../test/support/endpoints.ts';
import { LatencyByLoad } from './latency-by-load.ts';

function estimate(latencies: LatencyByLoad, inFlight: number, now: number): number {
  const into = new Float64Array(3).fill(-1);
  latencies.estimateInto(into, Float64Array.of(0, now, 0), 1, inFlight);
  assert.deepEqual([into[0], into[2]], [-1, -1]);
  return into[1] ?? Number.NaN;
}

interface Answer {
  readonly met: number;
  readonly took: number;
  readonly at: number;
}

/** From the definition, without a thought for speed. */
function reckoned(answers: readonly Answer[], inFlight: number, now: number): number {
  const kept = answers.slice(-64).toReversed();
  const [last] = kept;
  if (last === undefined) return 0;
  const young = kept.filter(({ at }) => now - at < 5000);
  const near = young.toSorted((one, other) => Math.abs(one.met - inFlight) - Math.abs(other.met - inFlight)).slice(0, 8);
  const sorted = near.map(({ took }) => took).toSorted((one, other) => one - other);
  if (sorted.length === 8) return ((sorted[3] ?? 0) + (sorted[4] ?? 0)) / 2;
  if (now - last.at > 60_000) return 0;
  const all = kept.map(({ took }) => took).toSorted((one, other) => one - other);
  return all[Math.ceil(all.length / 2) - 1] ?? 0;
}

describe('latency by load', () => {
  test('is the median of the eight young answers nearest in load', () => {
    const answer = fc.record({ met: fc.nat(12), took: fc.integer({ min: 1, max: 1000 }), pause: fc.constantFrom(0, 1, 50, 700, 30_000) });
    fc.assert(
      fc.property(
        fc.array(answer, { maxLength: 150 }),
        fc.nat(14),
        fc.constantFrom(0, 10, 3000, 5000, 60_000, 60_001),
        (given, inFlight, wait) => {
          const latencies = new LatencyByLoad();
          const answers: Answer[] = [];
          let now = 1_000_000;
          for (const { met, took, pause } of given) {
            now += pause;
            latencies.add(met, took, now);
            answers.push({ met, took, at: now });
          }
          assert.equal(estimate(latencies, inFlight, now + wait), reckoned(answers, inFlight, now + wait));
        },
      ),
      { seed: 0x1a7e, numRuns: 500 },
    );
  });

  test('tells a busy endpoint from an idle one', () => {
    const latencies = new LatencyByLoad();
    for (const met of times(40, (index) => index % 10)) latencies.add(met, 10 * (met + 1), 1000);
    assert.ok(estimate(latencies, 0, 1100) <= 15);
    assert.ok(estimate(latencies, 9, 1100) >= 95);
  });

  test('is nothing while nothing is known, and again after a minute without an answer', () => {
    const latencies = new LatencyByLoad();
    assert.equal(estimate(latencies, 0, 1000), 0);
    latencies.add(0, 40, 1000);
    assert.equal(estimate(latencies, 0, 1000), 40);
    assert.equal(estimate(latencies, 0, 61_000), 40);
    assert.equal(estimate(latencies, 0, 61_001), 0);
  });

  test('is put to the test when it is doubted: by one request, whose answer takes the place of all before', () => {
    const latencies = new LatencyByLoad();
    for (const met of times(40, (index) => index % 10)) latencies.add(met, 2000, 1000);
    latencies.doubt();
    assert.equal(estimate(latencies, 0, 1100), 0);
    assert.equal(estimate(latencies, 1, 1100), 2000);
    latencies.add(0, 75, 1200);
    for (const inFlight of [0, 1, 9]) assert.equal(estimate(latencies, inFlight, 1300), 75);
    latencies.add(0, 3000, 1300);
    latencies.add(0, 3000, 1300);
    assert.equal(estimate(latencies, 0, 1300), 3000);
  });
});
