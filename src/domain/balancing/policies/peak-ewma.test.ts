// Slow endpoints are left alone after one answer, asked again, and trusted again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draw } from '../../../../bench/simulation/draws.ts';
import { addedBetween, gamma } from '../../../../bench/simulation/draws.ts';
import { delay } from '../../../../bench/simulation/servers.ts';
import { simulate } from '../../../../bench/simulation/simulate.ts';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Trial } from '../learner.ts';
import type { Candidates, PolicyTools } from '../policy.ts';
import { policySettings } from '../policy-settings.ts';
import { peakEwma } from './peak-ewma.ts';

const start = 1_000_000;
const request = { key: undefined, attempt: 0 };
const defaults = { decay: 10_000, initial: 30, floor: 1, penalty: 1000, choices: 2, explore: 0 };
const withOptions =
  (given: Partial<typeof defaults> = {}) =>
  (pool: Candidates, tools: PolicyTools) =>
    peakEwma.build(pool, { ...defaults, ...given }, tools);

/** A pool with a clock that is set by hand, and tries at its endpoints. */
function rig(weights: readonly number[], given: Partial<typeof defaults> = {}) {
  const pool = endpointsOf(weights);
  const clock = { now: start };
  const picker = withOptions(given)(pool, policyTools({ random: seeded(5), now: () => clock.now }));
  const trial = (index: number, took: number, status: number): Trial => ({
    endpoint: itemAt(pool, index),
    now: clock.now,
    begunAt: clock.now - took,
    answeredAt: status === 0 ? 0 : clock.now,
    status,
    fields: '',
    tag: 0,
  });
  return {
    pool,
    clock,
    picker,
    answer: (index: number, took: number, status = 200) => picker.learner?.answered(trial(index, took, status)),
    end: (index: number, outcome: 'succeeded' | 'failed' | 'ignored', status = 0) =>
      picker.learner?.ended(trial(index, 5000, status), outcome),
    hold: (index: number, count: number) => times(count, () => pool[index]?.load.hold()),
    count: (picks: number) =>
      countPicks(
        pool,
        times(picks, () => picker.pick(request)),
      ),
  };
}

describe('peak-ewma', () => {
  test('has the defaults that it says', () => {
    assert.deepEqual(policySettings.parse('peak-ewma'), { policy: 'peak-ewma', ...defaults, explore: 0.001 });
  });

  test('weighs latency against requests in flight', () => {
    const { answer, hold, count } = rig([1, 1]);
    answer(0, 100);
    answer(1, 30);
    assert.deepEqual(count(10), [0, 10]);
    // 30 ms for each of 3 is less than 100 ms, and of 4 is more.
    hold(1, 2);
    assert.deepEqual(count(10), [0, 10]);
    hold(1, 1);
    assert.deepEqual(count(10), [10, 0]);
  });

  test('weighs by weight what is under way', () => {
    const { answer, hold, count } = rig([1, 4]);
    answer(0, 50);
    answer(1, 50);
    hold(0, 1);
    hold(1, 6);
    assert.deepEqual(count(10), [0, 10]);
    hold(1, 2);
    assert.deepEqual(count(10), [10, 0]);
  });

  test('counts no endpoint as faster than the floor', () => {
    const { answer, hold, count } = rig([1, 1], { floor: 20 });
    answer(0, 2);
    answer(1, 19);
    const [fast, slower] = count(1000);
    assert.ok(Math.abs((fast ?? 0) - (slower ?? 0)) < 160);
    hold(0, 1);
    assert.deepEqual(count(10), [0, 10]);
  });

  test('sends one request to an endpoint of which nothing is known, and treats it as typical until that is back', () => {
    const { clock, picker, answer, hold, count } = rig([1, 1, 1, 1]);
    answer(0, 40);
    answer(1, 100);
    answer(2, 60);
    picker.refresh?.(clock.now);
    assert.deepEqual(count(10), [0, 0, 0, 10]);
    hold(3, 1);
    hold(0, 2);
    // 2 times the median of 60 is as much as 3 times 40 and more than 100.
    assert.deepEqual(count(10), [0, 0, 10, 0]);
    hold(2, 1);
    assert.deepEqual(count(10), [0, 10, 0, 0]);
    hold(1, 1);
    const [first, second, third, fourth] = count(900);
    assert.equal(second, 0);
    for (const share of [first, third, fourth]) assert.ok(Math.abs((share ?? 0) - 300) < 90);
  });

  test('takes the initial time while nothing is known of any', () => {
    const { answer, hold, count } = rig([1, 1], { initial: 50 });
    hold(0, 1);
    hold(1, 1);
    answer(0, 70);
    assert.deepEqual(count(10), [0, 10]);
    answer(0, 10);
    assert.deepEqual(count(10), [0, 10]);
    hold(1, 1);
    assert.deepEqual(count(10), [10, 0]);
  });

  test('counts failures and answers of 500 or more as slow, once each', () => {
    const { pool, answer, end, hold, count, clock } = rig([1, 1, 1]);
    const penalties = () => pool.map(({ load }) => load.signals[2]);
    for (const index of [0, 1, 2]) answer(index, 50);
    hold(2, 4);
    answer(0, 1, 503);
    end(0, 'failed', 503);
    end(1, 'failed');
    assert.deepEqual(penalties(), [1000, 1000, 0]);
    // 250 ms are less than 1000.
    assert.deepEqual(count(10), [0, 0, 10]);
    assert.equal(pool[0].load.signals[0], 50);
    clock.now += 14_000;
    answer(2, 50);
    assert.equal(count(10)[2], 0);
    answer(2, 20, 404);
    end(2, 'succeeded');
    end(2, 'ignored');
    assert.equal(penalties()[2], 0);
  });

  test('asks one that failed before it ever answered when its penalty has faded', () => {
    const { answer, hold, count, clock } = rig([1, 1]);
    answer(1, 50);
    hold(1, 1);
    answer(0, 1, 500);
    assert.deepEqual(count(10), [0, 10]);
    clock.now += 24_000;
    answer(1, 50);
    assert.deepEqual(count(10), [10, 0]);
  });

  test('goes on with what was learned when it is built anew, and learns of endpoints that it does not have', () => {
    const { pool, answer, end } = rig([1, 1]);
    answer(0, 500);
    answer(1, 20);
    const anew = withOptions()([pool[0], itemAt(pool, 1)], policyTools({ now: () => start }));
    assert.equal(anew.pick(request), pool[1]);
    end(1, 'failed');
    assert.equal(anew.pick(request), pool[0]);
  });
});

/** Eleven endpoints of 75 ms, of which the last one takes 2 s longer for ten minutes. */
const slowForAWhile = (policy: Parameters<typeof simulate>[0]['policy'], seed: number) =>
  simulate({
    policy,
    endpoints: times(11, (index) => ({ server: delay(index === 10 ? addedBetween(30_000, 630_000, 2000, gamma(4, 75)) : gamma(4, 75)) })),
    arrivalsPerSecond: 1000,
    duration: 632_000,
    warmUp: 30_000,
    goodWithin: 1000,
    seed,
  });

function within(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= tolerance, `${actual} instead of ${expected}`);
}

describe('one of eleven endpoints takes 2 s longer for ten minutes', () => {
  test('in turns, 90.94 % of answers come within a second', () => within(slowForAWhile('round-robin', 1).shareSucceeded, 0.9094, 0.001));

  test('with peak-ewma 99.951 %', () => {
    const { shareSucceeded, endpoints } = slowForAWhile(withOptions(), 1);
    within(shareSucceeded, 0.99951, 0.0003);
    within(endpoints[10]?.shareOfPicks, 0.0048, 0.0005);
  });

  test('with peak-ewma as it is unless told otherwise, hardly less', () => {
    within(slowForAWhile('peak-ewma', 2).shareSucceeded, 0.99951, 0.0003);
  });

  test('when all are compared 99.962 %', () => within(slowForAWhile(withOptions({ choices: 11 }), 1).shareSucceeded, 0.99962, 0.0003));
});

describe('what was slow', () => {
  test('has its share again within five decays of its recovery, be there few endpoints or many', () => {
    for (const count of [4, 100]) {
      const usual = gamma(4, 75);
      const { timeline } = simulate({
        policy: withOptions(),
        endpoints: times(count, (index) => ({ server: delay(index === 0 ? addedBetween(20_000, 60_000, 2000, usual) : usual) })),
        arrivalsPerSecond: 20 * count,
        duration: 170_000,
        timelineEvery: 20_000,
        seed: 6,
      });
      const shares = timeline.map((step) => ((step.picks[0] ?? 0) * count) / step.arrivals);
      assert.ok(itemAt(shares, 2) < 0.15, `${shares}`);
      const recovered = timeline.slice(5, 8);
      const picks = recovered.reduce((sum, step) => sum + (step.picks[0] ?? 0), 0);
      const arrivals = recovered.reduce((sum, step) => sum + step.arrivals, 0);
      within((picks * count) / arrivals, 1, 0.2);
    }
  });

  test('is never without a share of what explores, even if nothing fades', () => {
    const count = 20;
    const { endpoints } = simulate({
      policy: withOptions({ explore: 0.01, decay: 1e9 }),
      endpoints: times(count, (index) => ({ server: delay(index === 0 ? gamma(4, 5000) : gamma(4, 50)) })),
      arrivalsPerSecond: 1000,
      duration: 120_000,
      seed: 7,
    });
    const share = itemAt(endpoints, 0).shareOfPicks;
    assert.ok(share >= (0.5 * 0.01) / count && share <= (2 * 0.01) / count, `${share}`);
  });

  test('shows to all workers what one of them has learned', () => {
    const run = (workers: number) =>
      simulate({
        policy: withOptions(),
        endpoints: times(10, (index) => ({ server: delay(index === 0 ? gamma(4, 2000) : gamma(4, 75)) })),
        arrivalsPerSecond: 1000,
        duration: 60_000,
        warmUp: 5000,
        goodWithin: 600,
        workers,
        seed: 8,
      });
    within(run(8).shareSucceeded, run(1).shareSucceeded, 0.0005);
  });
});

describe('what fails at once', () => {
  /** One of ten fails for a minute and a half; all others take a time that leaves so many requests in flight. */
  const failing = (usual: number, workers = 1) =>
    simulate({
      policy: 'peak-ewma',
      endpoints: times(10, (index) =>
        index === 0
          ? {
              server: delay(fastBetween(30_000, 120_000, gamma(4, usual))),
              status: (_, now) => (now > 30_000 && now < 120_000 ? 503 : 200),
            }
          : { server: delay(gamma(4, usual)) },
      ),
      arrivalsPerSecond: 500,
      duration: 170_000,
      timelineEvery: 10_000,
      workers,
      seed: 4,
    }).timeline.map(({ picks, arrivals }) => (10 * (picks[0] ?? 0)) / arrivals);
  const fastBetween =
    (from: number, until: number, usual: Draw): Draw =>
    (random, now) =>
      now > from && now < until ? 1 : usual(random, now);

  for (const [usual, inFlight, workers] of [
    [75, 4, 1],
    [1500, 75, 1],
    [300, 15, 8],
  ] as const) {
    test(`gets next to nothing beside ${inFlight} requests in flight each, and is soon back, ${workers} workers`, () => {
      const shares = failing(usual, workers);
      for (const share of shares.slice(4, 12)) assert.ok(share < 0.02, `${shares}`);
      within(shares[16], 1, 0.5);
    });
  }

  test('is no reason to leave an endpoint alone where all fail now and then', () => {
    const { endpoints } = simulate({
      policy: 'peak-ewma',
      endpoints: times(10, (index) => ({
        server: delay(gamma(4, index === 0 ? 1000 : 75)),
        status: (random) => (random() < 0.005 ? 500 : 200),
      })),
      arrivalsPerSecond: 1000,
      duration: 60_000,
      warmUp: 10_000,
      seed: 4,
    });
    // A tenth is a fair share.
    assert.ok(itemAt(endpoints, 0).shareOfPicks < 0.02, `${endpoints[0]?.shareOfPicks}`);
    for (const { shareOfPicks } of endpoints.slice(1)) within(shareOfPicks, 0.11, 0.03);
  });
});
