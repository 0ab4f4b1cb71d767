// Seeded traces: noise never sends a change back, a breakage always does, and within a stated number of exchanges.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Counted, Verdict, Watched } from './guard-judge.ts';
import { GuardJudge, verdictText } from './guard-judge.ts';

interface Traffic {
  /** Share of failures. */
  readonly errors: number;
  /** Milliseconds that an answer takes, by chance. */
  readonly takes?: (random: Random) => number;
  readonly together?: number;
}

const looks = 60;
/** Most answers near 20 ms, one of a hundred near 200 ms. */
const usual = (random: Random): number => (random() < 0.01 ? 150 + 100 * random() : 15 + 10 * random());

class Trace {
  readonly latency = new Float64Array(latencyBuckets.count);
  whole = 0;
  failed = 0;
  readonly #traffic: Traffic;
  readonly #random: Random;

  constructor(traffic: Traffic, random: Random) {
    this.#traffic = traffic;
    this.#random = random;
  }

  add(count: number): this {
    const { errors, takes = usual, together = 1 } = this.#traffic;
    for (let index = 0; index < count; index += together) {
      const isFailed = this.#random() < errors;
      this.whole += together;
      if (isFailed) this.failed += together;
      const bucket = latencyBuckets.of(1000 * takes(this.#random));
      this.latency[bucket] = (this.latency[bucket] ?? 0) + 1;
    }
    return this;
  }
}

const only = (counted: Counted): Watched => new Map([['listener web', counted]]);

/** A guard of sixty looks, with so many exchanges between two of them. Gives the verdict with how many exchanges it took. */
function guard(
  before: Traffic,
  after: Traffic,
  random: Random,
  size: { before: number; step: number },
): { verdict?: Verdict; took: number } {
  const judge = new GuardJudge(only(new Trace(before, random).add(size.before)), looks);
  const trace = new Trace(after, random);
  for (let look = 0; look < looks; look++) {
    const verdict = judge.look(only(trace.add(size.step)));
    if (verdict !== undefined) return { verdict, took: trace.whole };
  }
  return { took: trace.whole };
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed + 1);

describe('a guard never goes back for noise', () => {
  for (const errors of [0, 0.001, 0.01, 0.1, 0.5]) {
    test(`at ${100 * errors} % of failures before and after`, () => {
      for (const seed of seeds) {
        const { verdict } = guard({ errors }, { errors }, seeded(seed), { before: 500, step: 20 });
        assert.equal(verdict, undefined, `seed ${seed}: ${verdict && verdictText(verdict)}`);
      }
    });
  }

  test('where tries of one exchange fail together', () => {
    const traffic = { errors: 0.03, together: 3 };
    for (const seed of seeds) {
      const random = seeded(seed);
      const before = new Trace(traffic, random).add(600);
      const judge = new GuardJudge(only({ whole: before.whole, failed: before.failed, together: 3 }), looks);
      const after = new Trace(traffic, random);
      for (let look = 0; look < looks; look++) {
        const { whole, failed } = after.add(21);
        assert.equal(judge.look(only({ whole, failed, together: 3 })), undefined, `seed ${seed}`);
      }
    }
  });

  test('nor for one failure among three, nor where nothing was counted before', () => {
    const judge = new GuardJudge(only({ whole: 0, failed: 0 }), looks);
    assert.equal(judge.look(only({ whole: 0, failed: 0 })), undefined);
    assert.equal(judge.look(only({ whole: 3, failed: 1 })), undefined);
    assert.equal(judge.look(only({ whole: 3, failed: 3 })), undefined);
  });

  test('nor for a difference that is certain and does not matter', () => {
    const judge = new GuardJudge(only({ whole: 1_000_000, failed: 1000 }), looks);
    assert.equal(judge.look(only({ whole: 1_000_000, failed: 2000 })), undefined);
    assert.notEqual(judge.look(only({ whole: 1_000_000, failed: 7000 })), undefined);
  });

  test('nor for answers that are a little slower', () => {
    for (const seed of seeds.slice(0, 20)) {
      const takes = (random: Random): number => 1.5 * usual(random);
      const { verdict } = guard({ errors: 0 }, { errors: 0, takes }, seeded(seed), { before: 500, step: 20 });
      assert.equal(verdict, undefined, `seed ${seed}: ${verdict && verdictText(verdict)}`);
    }
  });
});

describe('a guard always goes back for a breakage', () => {
  // What goes back, and within how many exchanges at most; each is counted one by one.
  const breakages: readonly [string, Traffic, Traffic, number][] = [
    ['everything fails', { errors: 0 }, { errors: 1 }, 5],
    ['half fails', { errors: 0.01 }, { errors: 0.5 }, 40],
    ['a fifth fails', { errors: 0.001 }, { errors: 0.2 }, 120],
    ['one of twenty fails where none did', { errors: 0 }, { errors: 0.05 }, 500],
    ['twice as many fail as the tenth that did', { errors: 0.1 }, { errors: 0.25 }, 1000],
  ];
  for (const [name, before, after, within] of breakages) {
    test(`${name}: within ${within} exchanges`, () => {
      for (const seed of seeds) {
        const random = seeded(seed);
        const judge = new GuardJudge(only({ ...new Trace(before, random).add(1000), latency: [] }), looks);
        const trace = new Trace(after, random);
        let verdict: Verdict | undefined;
        while (verdict === undefined && trace.whole <= within) verdict = judge.look(only({ ...trace.add(1), latency: [] }));
        assert.equal(verdict?.measure, 'errors', `seed ${seed}`);
        assert.ok(trace.whole <= within, `seed ${seed}: ${trace.whole}`);
      }
    });
  }

  test('answers take three times as long', () => {
    for (const seed of seeds) {
      const takes = (random: Random): number => 30 + 3 * usual(random);
      const { verdict, took } = guard({ errors: 0 }, { errors: 0, takes }, seeded(seed), { before: 500, step: 20 });
      assert.equal(verdict?.measure, 'p50', `seed ${seed}`);
      assert.ok(took <= 200, `seed ${seed}: ${took}`);
    }
  });

  test('one of twenty takes a second', () => {
    for (const seed of seeds) {
      const takes = (random: Random): number => (random() < 0.05 ? 1000 + 100 * random() : usual(random));
      const { verdict, took } = guard({ errors: 0 }, { errors: 0, takes }, seeded(seed), { before: 1000, step: 20 });
      assert.equal(verdict?.measure, 'p99', `seed ${seed}`);
      assert.ok(took <= 1000, `seed ${seed}: ${took}`);
    }
  });

  test('also where nothing was known before', () => {
    const judge = new GuardJudge(only({ whole: 0, failed: 0 }), looks);
    const verdict = judge.look(only({ whole: 6, failed: 6 }));
    assert.match(
      verdict === undefined ? '' : verdictText(verdict),
      /^listener web: 100\.0 % of 6 failed, nothing is known of the time before$/,
    );
  });
});

test('of several things that are worse, the plainest is told', () => {
  const judge = new GuardJudge(
    new Map([
      ['listener web', { whole: 1000, failed: 0 }],
      ['pool web', { whole: 1000, failed: 0, together: 3 }],
    ]),
    looks,
  );
  const verdict = judge.look(
    new Map([
      ['listener web', { whole: 100, failed: 50 }],
      ['pool web', { whole: 100, failed: 90, together: 3 }],
      ['pool of nobody', { whole: 100, failed: 100 }],
    ]),
  );
  assert.equal(verdict && verdictText(verdict), 'listener web: 50.0 % of 100 failed, 0.0 % of 1000 before');
});
