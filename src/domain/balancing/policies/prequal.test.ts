// The picker around the pool of readings: how much is read, what it learns, and what is left when nothing is known.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addedBetween, gamma } from '../../../../bench/simulation/draws.ts';
import { delay } from '../../../../bench/simulation/servers.ts';
import { simulate } from '../../../../bench/simulation/simulate.ts';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Trial, TrialOutcome } from '../learner.ts';
import { LatencyByLoad } from '../measures/latency-by-load.ts';
import { prequal, reuseBudget } from './prequal.ts';

const settings = { poolSize: 16, probesPerPick: 3, removePerPick: 1, hotQuantile: 0.7, probeAge: 1000 };
const request = { key: undefined, attempt: 0 };

/** A picker on a clock of its own that counts what it reads. */
class Rig {
  now = 1_000_000;
  readonly pool;
  readonly picker;
  reads = 0;

  constructor(weights: readonly number[], given: Partial<typeof settings> = {}) {
    this.pool = endpointsOf(weights);
    const tools = policyTools({ random: seeded(3), now: () => this.now });
    this.picker = prequal.build(
      this.pool,
      { ...settings, ...given },
      {
        ...tools,
        remember: <Memory>(endpoint: Endpoint, make: () => Memory) => tools.remember(endpoint, () => this.#counting(make())),
      },
    );
    this.reads = 0;
  }

  pick(): Endpoint {
    return this.picker.pick(request);
  }

  counts(picks: number): number[] {
    return countPicks(
      this.pool,
      times(picks, () => this.pick()),
    );
  }

  /** A try that is answered, or fails with status 0. */
  try(index: number, took: number, status = 200, outcome: TrialOutcome = 'succeeded'): void {
    const endpoint = itemAt<Endpoint>(this.pool, index);
    endpoint.load.hold();
    const begun: Trial = { endpoint, now: this.now, begunAt: this.now, answeredAt: 0, status: 0, fields: '', tag: 0 };
    const tag = this.picker.learner?.begun(begun) ?? 0;
    this.now += took;
    const answered = { ...begun, tag, now: this.now, status, answeredAt: status > 0 ? this.now : 0 };
    if (status > 0) this.picker.learner?.answered(answered);
    endpoint.load.release();
    this.picker.learner?.ended(answered, outcome);
  }

  /** Every endpoint answers ten times, in its own time. */
  answerTenTimes(took: readonly number[]): void {
    for (let answer = 0; answer < 10; answer++) for (const [index, milliseconds] of took.entries()) this.try(index, milliseconds);
  }

  #counting<Memory>(memory: Memory): Memory {
    assert.ok(memory instanceof LatencyByLoad);
    const estimate = memory.estimateInto.bind(memory);
    memory.estimateInto = (...given) => {
      this.reads++;
      estimate(...given);
    };
    return memory;
  }
}

describe('the budget of a reading', () => {
  const budget = (endpoints: number, probesPerPick: number, removePerPick: number) =>
    reuseBudget({ poolSize: 16, probesPerPick, removePerPick }, endpoints);

  test('is that of the paper', () => {
    const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 0.0005, `${actual} instead of ${expected}`);
    near(budget(100, 3, 1), 1.316);
    near(budget(100, 1, 0.25), 3.39);
    near(budget(100, 0.5, 0.25), 11.765);
    near(budget(100, 5, 1), 1);
    near(budget(50, 3, 1), 1.923);
  });

  test('has no end where readings would be used up faster than they come', () => {
    assert.ok(budget(25, 3, 1) < 1000);
    for (const endpoints of [1, 2, 16, 24]) assert.ok(budget(endpoints, 3, 1) > 1e9);
    assert.ok(budget(1000, 1, 1) > 1e9);
  });
});

describe('prequal', () => {
  test('reads as many endpoints with each pick as it should, on average', () => {
    for (const probesPerPick of [0.1, 0.5, 1, 3, 4.75]) {
      const rig = new Rig(
        times(40, () => 1),
        { probesPerPick },
      );
      rig.counts(1000);
      assert.ok(Math.abs(rig.reads - 1000 * probesPerPick) <= 1, `${rig.reads} for ${probesPerPick}`);
    }
  });

  test('reads no endpoint twice with a pick', () => {
    const rig = new Rig([1, 1], { probesPerPick: 8 });
    rig.counts(100);
    assert.equal(rig.reads, 200);
  });

  test('goes on reading while nobody picks', () => {
    const rig = new Rig(times(40, () => 1));
    for (let round = 0; round < 20; round++) {
      rig.now += 100;
      rig.picker.refresh?.(rig.now);
    }
    assert.equal(rig.reads, 19 * 3);
  });

  test('draws by weight while it has no readings', () => {
    const rig = new Rig([3, 1], { probesPerPick: 0.1 });
    const counts = countPicks(
      rig.pool,
      times(4000, () => {
        rig.now += 2000;
        return rig.pick();
      }),
    );
    assert.ok(Math.abs((counts[0] ?? 0) - 3000) < 140, `${counts}`);
  });

  test('sends requests where they are answered fast', () => {
    const rig = new Rig([1, 1, 1, 1]);
    rig.answerTenTimes([50, 10, 50, 50]);
    const [, fast = 0] = rig.counts(1000);
    assert.ok(fast > 700, `${fast}`);
  });

  test('sends no request to a fast endpoint that is busier than most', () => {
    const rig = new Rig([1, 1, 1, 1, 1]);
    rig.answerTenTimes([50, 10, 50, 50, 50]);
    for (let held = 0; held < 5; held++) itemAt<Endpoint>(rig.pool, 1).load.hold();
    // The first picks still go by readings of an idle endpoint beside those of the busy one.
    rig.counts(100);
    assert.equal(rig.counts(1000)[1], 0);
  });

  test('bears more requests at an endpoint of more weight', () => {
    const rig = new Rig([4, 1], { hotQuantile: 0 });
    for (let pick = 0; pick < 500; pick++) rig.pick().load.hold();
    const [heavy = 0] = rig.pool.map(({ load }) => load.inFlight);
    assert.ok(Math.abs(heavy - 400) <= 5, `${heavy}`);
  });

  test('takes an endpoint that fails fast for a slow one', () => {
    for (const [status, outcome] of [
      [503, 'succeeded'],
      [0, 'failed'],
    ] as const) {
      const rig = new Rig([1, 1, 1]);
      for (let answer = 0; answer < 10; answer++) {
        rig.try(0, 20);
        rig.try(1, 1, status, outcome);
        rig.try(2, 20);
      }
      const [, failing = 0] = rig.counts(1000);
      assert.ok(failing < 100, `${failing} for ${status}`);
    }
  });

  test('thinks no worse of an endpoint for a few failures, or for clients that leave', () => {
    const rig = new Rig([1, 1]);
    for (let answer = 0; answer < 12; answer++) {
      rig.try(0, 10);
      rig.try(1, 10);
      if (answer % 4 === 0) rig.try(0, 1, 500);
      rig.try(0, 4000, 0, 'ignored');
    }
    const [first = 0] = rig.counts(1000);
    assert.ok(first > 300, `${first}`);
  });

  test('tries an endpoint again that nobody has heard of for a minute', () => {
    const rig = new Rig([1, 1]);
    rig.answerTenTimes([10, 500]);
    assert.ok((rig.counts(1000)[1] ?? 0) < 100);
    rig.now += 55_000;
    for (let answer = 0; answer < 10; answer++) rig.try(0, 10);
    rig.now += 6000;
    assert.ok((rig.counts(1000)[1] ?? 0) > 900);
  });
});

describe('an endpoint that was slow', () => {
  const usual = gamma(4, 75);
  /** Shares in fair shares, by ten seconds: one of eleven endpoints takes two seconds longer in the second and third half minute. */
  const shares = (arrivalsPerSecond: number, workers = 1) =>
    simulate({
      policy: 'prequal',
      endpoints: times(11, (index) => ({ server: delay(index === 0 ? addedBetween(30_000, 90_000, 2000, usual) : usual) })),
      arrivalsPerSecond,
      duration: 160_000,
      timelineEvery: 10_000,
      workers,
      seed: 1,
    }).timeline.map(({ picks, arrivals }) => (11 * (picks[0] ?? 0)) / arrivals);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

  for (const [rate, workers] of [
    [60, 1],
    [1000, 1],
    [1000, 4],
    [3000, 1],
  ] as const) {
    test(`has at least half of its share again half a minute later, at ${rate} requests a second with ${workers} workers`, () => {
      const found = shares(rate, workers);
      assert.ok(mean(found.slice(4, 9)) < 0.1, `${found}`);
      const back = mean(found.slice(11, 15));
      assert.ok(back > 0.5 && back < 1.5, `${found}`);
    });
  }

  test('is not put to the test where each endpoint has a request now and then', () => {
    const rig = new Rig([1, 1, 1, 1], { probeAge: 3000 });
    rig.answerTenTimes([2000, 10, 10, 10]);
    let stray = 0;
    for (let second = 0; second < 50; second++) {
      rig.now += 1000;
      rig.picker.refresh?.(rig.now);
      if (rig.pick() === rig.pool[0]) stray++;
      rig.try(1, 10);
    }
    assert.ok(stray < 8, `${stray}`);
  });
});
