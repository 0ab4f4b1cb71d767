// Weights out of reports: the formula, who is believed when, and what becomes of endpoints of different speed in a closed loop.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countPicks, endpointsOf, policyTools, setControl, times } from '../../../../test/support/endpoints.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Trial } from '../learner.ts';
import { weightOf } from '../measures/reported-weight.ts';
import type { Candidates } from '../policy.ts';
import { utilisation } from './utilisation.ts';

const settings = {
  metrics: [],
  errorPenalty: 1,
  blackout: 10_000,
  expiry: 180_000,
  period: 1000,
  smoothing: 10_000,
  mostChange: 0.2,
  mostSpread: 10,
};
const request = { key: undefined, attempt: 0 };

/** A pool under a clock of its own. */
class Rig {
  now = 5_000_000;
  readonly pool: Candidates;
  readonly #settings: typeof settings;
  #picker;

  constructor(weights: readonly number[], given: Partial<typeof settings> = {}) {
    this.pool = endpointsOf(weights);
    this.#settings = { ...settings, ...given };
    this.#picker = this.#build(7);
  }

  #build(seed: number) {
    return utilisation.build(this.pool, this.#settings, policyTools({ random: seeded(seed), now: () => this.now }));
  }

  /** Another worker, or a worker after a change of candidates: nothing is left but what is shared. */
  rebuild(): void {
    this.#picker = this.#build(8);
  }

  report(index: number, text: string): void {
    const trial: Trial = {
      endpoint: itemAt<Endpoint>(this.pool, index),
      now: this.now,
      begunAt: this.now - 5,
      answeredAt: this.now,
      status: 200,
      fields: `endpoint-load-metrics: ${text}\r\n`,
      tag: 0,
    };
    this.#picker.learner?.answered(trial);
  }

  /** Every endpoint reports its own utilisation at 100 requests a second each, every 100 milliseconds. */
  reportFor(milliseconds: number, utilisations: readonly (number | undefined)[]): void {
    for (let passed = 0; passed < milliseconds; passed += 100) {
      this.now += 100;
      utilisations.forEach((share, index) => {
        if (share !== undefined) this.report(index, `TEXT cpu=${share},rps=100`);
      });
      this.#picker.refresh?.(this.now);
    }
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.#picker.refresh?.(this.now);
  }

  pick(): Endpoint {
    return this.#picker.pick(request);
  }

  shares(picks = 12_000): number[] {
    const counts = countPicks(
      this.pool,
      times(picks, () => this.pick()),
    );
    return counts.map((count) => count / picks);
  }
}

function assertShares(actual: readonly number[], weights: readonly number[], tolerance = 0.005): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  actual.forEach((share, index) => {
    const expected = (weights[index] ?? 0) / total;
    assert.ok(Math.abs(share - expected) <= tolerance, `${share} instead of ${expected} for ${index}: ${actual}`);
  });
}

describe('the weight of a report', () => {
  test('is the rate for a utilisation, with errors as utilisation', () => {
    assert.ok(Math.abs(weightOf({ rate: 100, utilisation: 0.5, errors: 10 }, 1) - 166.67) < 0.005);
    assert.equal(weightOf({ rate: 100, utilisation: 0.5, errors: 10 }, 0), 200);
    assert.equal(weightOf({ rate: 100, utilisation: 0.5, errors: 0 }, 1), 200);
  });

  test('is none without a rate or a utilisation', () => {
    assert.equal(weightOf({ rate: 0, utilisation: 0.5, errors: 0 }, 1), 0);
    assert.equal(weightOf({ rate: 100, utilisation: 0, errors: 0 }, 1), 0);
    assert.equal(weightOf({ rate: 1e300, utilisation: 1e-300, errors: 0 }, 1), 0);
  });
});

describe('utilisation', () => {
  test('is round robin by configured weights while fewer than two endpoints report', () => {
    const rig = new Rig([3, 1, 2]);
    assertShares(rig.shares(), [3, 1, 2]);
    rig.reportFor(30_000, [0.1]);
    assertShares(rig.shares(), [3, 1, 2]);
  });

  test('asks endpoints by what they report', () => {
    const rig = new Rig([1, 1, 1]);
    rig.reportFor(30_000, [0.25, 0.5, 1]);
    assertShares(rig.shares(), [4, 2, 1]);
  });

  test('multiplies what is reported with configured weights', () => {
    const rig = new Rig([1, 3]);
    rig.reportFor(30_000, [0.25, 0.5]);
    assertShares(rig.shares(), [2, 3]);
  });

  test('gives an endpoint that does not report the mean of the others', () => {
    const rig = new Rig([1, 1, 1, 2]);
    rig.reportFor(30_000, [0.25, 0.5, undefined, undefined]);
    assertShares(rig.shares(), [4, 2, 3, 6]);
  });

  test('believes nobody before the blackout is over', () => {
    const rig = new Rig([1, 1]);
    rig.reportFor(9_900, [0.25, 0.5]);
    assertShares(rig.shares(), [1, 1]);
    rig.reportFor(1_200, [0.25, 0.5]);
    assertShares(rig.shares(), [2, 1]);
  });

  test('forgets reports that are too old, and begins with a blackout anew', () => {
    const rig = new Rig([1, 1]);
    rig.reportFor(30_000, [0.25, 0.5]);
    rig.pass(179_000);
    assertShares(rig.shares(), [2, 1]);
    rig.pass(2000);
    assertShares(rig.shares(), [1, 1]);
    rig.reportFor(9_000, [1, 0.2]);
    assertShares(rig.shares(), [1, 1]);
    rig.reportFor(3_000, [1, 0.2]);
    assertShares(rig.shares(), [1, 5]);
  });

  test('does not know an endpoint that was down from what it reported before', () => {
    const rig = new Rig([1, 1, 1]);
    rig.reportFor(30_000, [0.25, 0.5, 1]);
    rig.pass(1000);
    setControl(itemAt<Endpoint>(rig.pool, 0), 'upSince', rig.now);
    rig.pass(1000);
    assertShares(rig.shares(), [3, 4, 2]);
    rig.reportFor(12_000, [0.125, 0.5, 1]);
    assertShares(rig.shares(), [8, 2, 1]);
  });

  test('has its weights again after a rebuild, and in another worker', () => {
    const rig = new Rig([1, 1]);
    rig.reportFor(30_000, [0.2, 0.8]);
    rig.rebuild();
    assertShares(rig.shares(), [4, 1]);
  });

  test('smooths a jump and limits how fast a weight grows', () => {
    const [slow, fast] = [new Rig([1, 1]), new Rig([1, 1], { smoothing: 1 })];
    for (const rig of [slow, fast]) {
      rig.reportFor(30_000, [0.5, 0.5]);
      rig.reportFor(2_000, [0.05, 0.5]);
    }
    // Two seconds at a fifth a second; schedules may be a period behind.
    const [grown = 0] = fast.shares();
    assert.ok(grown > 0.5 && grown <= 1.44 / 2.44 + 0.005, `${grown}`);
    const [smoothed = 0] = slow.shares();
    assert.ok(smoothed > 0.5 && smoothed <= grown + 0.005, `${smoothed}`);
    fast.reportFor(20_000, [0.05, 0.5]);
    assertShares(fast.shares(), [10, 1]);
  });

  test('limits how far a weight may be from the mean', () => {
    const rig = new Rig([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], { mostSpread: 2 });
    rig.reportFor(30_000, [0.0001, ...times(9, () => 1)]);
    // 1,000,000 and nine times 100: the mean is 100,090, of which half and twice are the limits.
    assertShares(rig.shares(), [200_180, ...times(9, () => 50_045)]);
  });

  test('takes no notice of a report that is broken', () => {
    const rig = new Rig([1, 1]);
    rig.reportFor(30_000, [0.2, 0.8]);
    for (const text of ['TEXT cpu=', 'JSON {', 'TEXT cpu=0,rps=100', 'TEXT cpu=1e-9,rps=-5', 'whatever']) rig.report(0, text);
    rig.pass(1000);
    assertShares(rig.shares(), [4, 1]);
  });

  test('asks all alike over schedules that are made anew all the time', () => {
    const rig = new Rig([1, 1, 1, 1], { period: 1, mostChange: 100, smoothing: 1 });
    rig.reportFor(12_000, [0.5, 0.5, 0.5, 0.5]);
    const picks = times(4000, (round) => {
      // Somebody's weight differs a little each time, so that there is a new schedule for every pick.
      rig.reportFor(100, [0.5 + 0.0001 * (round % 3), 0.5, 0.5, 0.5]);
      return rig.pick();
    });
    assertShares(
      countPicks(rig.pool, picks).map((count) => count / 4000),
      [1, 1, 1, 1],
      0.035,
    );
  });
});

/** Endpoints whose utilisation follows from the traffic that they get, of which a part each second is reported with a second's delay. */
function closedLoop(speeds: readonly number[], beginnings: readonly number[], seconds: number): number[] {
  const rig = new Rig(speeds.map(() => 1));
  rig.reportFor(
    12_000,
    beginnings.map((weight) => 10 / weight),
  );
  const total = 0.6 * speeds.reduce((sum, speed) => sum + speed, 0);
  let shares: number[] = [];
  for (let second = 0; second < seconds; second++) {
    shares = rig.shares(2000);
    shares.forEach((share, index) => {
      const rate = share * total;
      // Something else runs on every machine, whatever the traffic.
      const busy = 0.05 + rate / (speeds[index] ?? 1);
      rig.report(index, `TEXT cpu=${busy.toFixed(6)},rps=${rate.toFixed(6)}`);
    });
    rig.pass(1000);
  }
  return shares;
}

describe('utilisation in a closed loop', () => {
  test('gives an endpoint of half the speed half the traffic', () => {
    assertShares(closedLoop([100, 200, 200], [1, 1, 1], 120), [1, 2, 2], 0.02);
  });

  test('comes to equal weights for equal speeds from any beginning', () => {
    const weight = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 8 }), (beginnings) => {
        const speeds = beginnings.map(() => 100);
        assertShares(closedLoop(speeds, beginnings, 150), speeds, 0.02);
      }),
      { seed: 0x10ad, numRuns: 8 },
    );
  });
});
