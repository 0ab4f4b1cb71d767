// nginx's expected time, what is learned of it, and how slow endpoints come back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draw } from '../../../../bench/simulation/draws.ts';
import { addedBetween, constant, gamma } from '../../../../bench/simulation/draws.ts';
import { delay } from '../../../../bench/simulation/servers.ts';
import type { Scenario } from '../../../../bench/simulation/simulate.ts';
import { simulate } from '../../../../bench/simulation/simulate.ts';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Trial } from '../learner.ts';
import { policySettings } from '../policy-settings.ts';
import { coarseTime, leastTime } from './least-time.ts';

const start = 1_000_000;
const request = { key: undefined, attempt: 0 };
const defaults = { on: 'header', inflight: false, forget: 10_000, penalty: 1000, scan: 'auto', explore: 0 } as const;
type Given = Partial<Parameters<typeof leastTime.build>[1]>;

/** A pool with a clock that is set by hand, and tries at its endpoints. */
function rig(weights: readonly number[], given: Given = {}) {
  const pool = endpointsOf(weights);
  const clock = { now: start };
  const picker = leastTime.build(pool, { ...defaults, ...given }, policyTools({ random: seeded(5), now: () => clock.now }));
  const trial = (index: number, more: Partial<Trial>): Trial => ({
    ...{ endpoint: itemAt(pool, index), now: clock.now, begunAt: clock.now, answeredAt: 0, status: 0, fields: '', tag: 0 },
    ...more,
  });
  return {
    pool,
    clock,
    learner: picker.learner,
    trial,
    answer: (index: number, took: number, status = 200) =>
      picker.learner?.answered(trial(index, { begunAt: clock.now - took, answeredAt: clock.now, status })),
    hold: (index: number, count: number) => times(count, () => pool[index]?.load.hold()),
    count: (picks: number) =>
      countPicks(
        pool,
        times(picks, () => picker.pick(request)),
      ),
  };
}

const near = (actual: number | undefined, expected: number, tolerance: number) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= tolerance, `${actual} instead of ${expected}`);

describe('the expected time', () => {
  const expected = (time: number, inFlight: number) => coarseTime(time) * (1 + inFlight);

  test('is that of nginx', () => {
    const given = [
      [0, 0],
      [19, 0],
      [20, 0],
      [39, 1],
      [100, 3],
      [5000, 0],
    ] as const;
    assert.deepEqual(
      given.map(([time, inFlight]) => expected(time, inFlight)),
      [20, 20, 40, 80, 480, 5020],
    );
  });

  test('never falls as the time rises, as it does in nginx from 5,000 to 5,001 ms', () => {
    assert.equal(expected(5001, 2), 15_060);
    for (let time = 0; time < 5100; time += 0.5) assert.ok(coarseTime(time) <= coarseTime(time + 0.5));
    assert.equal(coarseTime(60_000), coarseTime(5000));
  });
});

describe('least-time', () => {
  test('has the defaults that it says', () => {
    assert.deepEqual(policySettings.parse('least-time'), { policy: 'least-time', ...defaults, explore: 0.001 });
  });

  test('weighs time against requests in flight, and times in steps of 20 ms', () => {
    const { answer, hold, count } = rig([1, 1, 1]);
    answer(0, 61);
    answer(1, 79);
    answer(2, 80);
    const [one, other, slower] = count(1000);
    near(one, 500, 80);
    near(other, 500, 80);
    assert.equal(slower, 0);
    hold(0, 1);
    hold(1, 1);
    assert.deepEqual(count(10), [0, 0, 10]);
  });

  test('weighs by weight', () => {
    const { answer, hold, count } = rig([1, 3]);
    answer(0, 50);
    answer(1, 50);
    hold(0, 1);
    hold(1, 4);
    assert.deepEqual(count(10), [0, 10]);
    hold(1, 2);
    assert.deepEqual(count(10), [10, 0]);
  });

  test('draws by weight between 2 for a weight of 1 and 6 for one of 3, which tie', () => {
    const { answer, hold, count } = rig([1, 3]);
    answer(0, 50);
    answer(1, 50);
    hold(0, 1);
    hold(1, 5);
    near(count(4000)[0], 1000, 150);
  });

  test('halves the time of an endpoint that has not answered for a while', () => {
    const { answer, clock, count } = rig([1, 1]);
    answer(0, 300);
    clock.now += 19_000;
    answer(1, 100);
    assert.deepEqual(count(10), [0, 10]);
    clock.now += 1000;
    assert.deepEqual(count(10), [10, 0]);
  });

  test('learns only from what went well', () => {
    const { pool, answer, learner, trial } = rig([1]);
    const signals = pool[0].load.signals;
    answer(0, 100);
    answer(0, 1, 500);
    learner?.ended(trial(0, { begunAt: start - 3 }), 'failed');
    learner?.ended(trial(0, { begunAt: start - 9000, answeredAt: start, status: 200 }), 'succeeded');
    assert.equal(signals[0], 100);
    answer(0, 200, 404);
    assert.equal(signals[0], 105);
  });

  test('measures to the last byte when told to, but not tunnels', () => {
    const { pool, answer, learner, trial } = rig([1], { on: 'last-byte' });
    const signals = pool[0].load.signals;
    answer(0, 100);
    assert.equal(signals[0], 0);
    const answered = { begunAt: start - 700, answeredAt: start - 600, status: 200 };
    learner?.ended(trial(0, answered), 'failed');
    learner?.ended(trial(0, answered), 'ignored');
    learner?.ended(trial(0, { ...answered, status: 503 }), 'succeeded');
    learner?.ended(trial(0, { ...answered, status: 101 }), 'succeeded');
    assert.equal(signals[0], 0);
    learner?.ended(trial(0, answered), 'succeeded');
    assert.equal(signals[0], 700);
  });

  for (const on of ['header', 'last-byte'] as const) {
    test(`takes failures for slowness, once each, and leaves the average alone, on ${on}`, () => {
      const { pool, answer, learner, trial, hold, count, clock } = rig([1, 1], { on });
      const { signals } = pool[0].load;
      hold(1, 40);
      assert.deepEqual(count(10), [10, 0]);
      answer(0, 1, 503);
      learner?.ended(trial(0, { answeredAt: start, status: 503 }), 'failed');
      // 1000 ms are more than 41 times 20.
      assert.deepEqual(count(10), [0, 10]);
      assert.deepEqual([...signals.subarray(0, 4)], [0, 0, 1000, start]);
      clock.now += 10_000;
      // 368 ms are not.
      assert.deepEqual(count(10), [10, 0]);
      learner?.ended(trial(0, {}), 'failed');
      learner?.ended(trial(0, {}), 'ignored');
      assert.equal(signals[2], 1000);
    });

    test(`notices requests that are stuck before they end, on ${on}`, () => {
      const { clock, learner, trial, count, hold } = rig([1, 1], { on, inflight: true, penalty: 1 });
      const tag = learner?.begun(trial(0, {})) ?? 0;
      hold(0, 1);
      hold(1, 2);
      assert.deepEqual(count(1), [1, 0]);
      clock.now += 3000;
      count(40);
      assert.deepEqual(count(10), [0, 10]);

      const answered = trial(0, { begunAt: start, answeredAt: clock.now, status: 500, tag });
      learner?.answered(answered);
      assert.deepEqual(count(10), on === 'header' ? [10, 0] : [0, 10]);
      learner?.ended(answered, 'succeeded');
      assert.deepEqual(count(10), [10, 0]);
    });
  }

  test('takes no age off for a try that began before it counted them', () => {
    const { clock, learner, trial, count, hold } = rig([1, 1], { inflight: true, penalty: 1 });
    const tag = learner?.begun(trial(0, {})) ?? 0;
    hold(1, 1);
    clock.now += 3000;
    learner?.ended(trial(0, { begunAt: 5, tag: 0 }), 'failed');
    count(40);
    assert.deepEqual(count(10), [0, 10]);
    learner?.ended(trial(0, { begunAt: start, tag }), 'failed');
    assert.deepEqual(count(10), [10, 0]);
  });

  test('compares two above 64 endpoints, and all when told to', () => {
    const best = (given: Given) => {
      const { answer, count } = rig(
        times(65, () => 1),
        given,
      );
      for (let index = 1; index < 65; index++) answer(index, 200);
      return count(650)[0] ?? 0;
    };
    // In two of 65 pairs.
    near(best({}), 20, 13);
    assert.equal(best({ scan: 'full' }), 650);
  });
});

const slowFor = (count: number) =>
  simulate({
    policy: 'least-time',
    endpoints: times(count, (index) => ({
      server: delay(index === 0 ? addedBetween(20_000, 60_000, 2000, gamma(4, 75)) : gamma(4, 75)),
    })),
    arrivalsPerSecond: 20 * count,
    duration: 180_000,
    timelineEvery: 20_000,
    seed: 9,
  });

describe('what was slow', () => {
  // Two that are drawn are compared above 64, all below.
  for (const count of [4, 64, 100]) {
    test(`has its share again within eight windows of its recovery, of ${count}`, () => {
      const { timeline } = slowFor(count);
      const shares = timeline.map((step) => ((step.picks[0] ?? 0) * count) / step.arrivals);
      assert.ok(itemAt(shares, 2) < 0.3, `${shares}`);
      const recovered = timeline.slice(7, 9);
      const picks = recovered.reduce((sum, step) => sum + (step.picks[0] ?? 0), 0);
      const arrivals = recovered.reduce((sum, step) => sum + step.arrivals, 0);
      near((picks * count) / arrivals, 1, 0.2);
    });
  }

  test('is never without a share of what explores, even if nothing is forgotten', () => {
    const count = 20;
    const { endpoints } = simulate({
      policy: { policy: 'least-time', explore: 0.01, forget: '1h' },
      endpoints: times(count, (index) => ({ server: delay(index === 0 ? gamma(4, 5000) : gamma(4, 50)) })),
      arrivalsPerSecond: 1000,
      duration: 200_000,
      seed: 7,
    });
    const share = itemAt(endpoints, 0).shareOfPicks;
    assert.ok(share >= (0.5 * 0.01) / count && share <= (3 * 0.01) / count, `${share}`);
  });

  const shareInTime = (policy: Scenario['policy'], extra: number) =>
    simulate({
      policy,
      endpoints: times(11, (index) => ({ server: delay(index === 0 ? addedBetween(10_000, 40_000, extra, gamma(4, 75)) : gamma(4, 75)) })),
      arrivalsPerSecond: 1000,
      duration: 40_000,
      warmUp: 10_000,
      goodWithin: 1000,
      seed: 9,
    }).shareSucceeded;

  test('hurts a sixth as much as with least-connections', () => {
    const [connections, time] = [shareInTime('least-connections', 2000), shareInTime('least-time', 2000)];
    assert.ok(6 * (1 - time) < 1 - connections, `${connections} ${time}`);
  });

  test('hurts half as much when requests count before they end, where none of them does for long', () => {
    const [ended, inflight] = [shareInTime('least-time', 20_000), shareInTime({ policy: 'least-time', inflight: true }, 20_000)];
    assert.ok(1.8 * (1 - inflight) < 1 - ended, `${ended} ${inflight}`);
  });
});

describe('what fails at once', () => {
  /** One of ten fails for a minute and a half; all others take a time that leaves so many requests in flight. */
  const failing = (policy: Scenario['policy'], usual: number) =>
    simulate({
      policy,
      endpoints: times(10, (index) =>
        index === 0
          ? {
              server: delay(fastBetween(30_000, 120_000, gamma(4, usual))),
              status: (_, now) => (now > 30_000 && now < 120_000 ? 503 : 200),
            }
          : { server: delay(gamma(4, usual)) },
      ),
      arrivalsPerSecond: 500,
      duration: 160_000,
      timelineEvery: 10_000,
      seed: 4,
    }).timeline.map(({ picks, arrivals }) => (10 * (picks[0] ?? 0)) / arrivals);
  const fastBetween =
    (from: number, until: number, usual: Draw): Draw =>
    (random, now) =>
      now > from && now < until ? 1 : usual(random, now);

  for (const [usual, inFlight] of [
    [75, 4],
    [1500, 75],
  ] as const) {
    for (const inflight of [false, true]) {
      test(`gets next to nothing beside ${inFlight} requests in flight each, and is soon back, inflight: ${inflight}`, () => {
        const shares = failing({ policy: 'least-time', inflight }, usual);
        for (const share of shares.slice(4, 12)) assert.ok(share < 0.02, `${shares}`);
        near(shares[15], 1, 0.5);
      });
    }
  }
});

test('fast and slow endpoints end up equally long to wait for', () => {
  const { endpoints } = simulate({
    policy: 'least-time',
    endpoints: [{ server: delay(constant(50)) }, { server: delay(constant(210)) }],
    arrivalsPerSecond: 400,
    duration: 60_000,
    seed: 3,
  });
  // 60 * (1 + a) = 220 * (1 + b), with a = .05 s * rate and b = .21 s * rate.
  near(itemAt(endpoints, 1).shareOfPicks, 0.055, 0.03);
});
