// When a breaker opens, what it lets through, and that workers who meet in the middle of a change see one breaker.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { interleaved } from '../../../test/support/interleaving.ts';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { type Random, seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { BreakerRules } from './breaker-rules.ts';
import { breakerState, breakerWords, CircuitBreaker, notAdmitted, type OnChange, releaseTrials } from './circuit-breaker.ts';

const { closed, open, halfOpen } = breakerState;
const rules: BreakerRules = {
  window: milliseconds(10_000),
  leastCalls: 20,
  failures: 0.5,
  slow: 0.8,
  slowAfter: milliseconds(1000),
  open: milliseconds(1000),
  mostOpen: milliseconds(60_000),
  trials: 3,
  rounds: 1,
};
const newWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * breakerWords));
/** Chance in the middle: what is open stays so exactly as long as said. */
const middle: Random = () => 0.5;

const breakerOf = (other: Partial<BreakerRules> = {}, onChange?: OnChange, words = newWords()): CircuitBreaker =>
  new CircuitBreaker({ ...rules, ...other }, words, middle, onChange);

function call(breaker: CircuitBreaker, now: number, outcome: 'good' | 'failed' | 'slow', times = 1): void {
  for (let time = 0; time < times; time++) {
    const ticket = breaker.admit(now);
    assert.notEqual(ticket, notAdmitted);
    breaker.end(ticket, outcome === 'failed', outcome === 'slow' ? 1000 : 999, now);
  }
}

/** Opens it at a time, whatever its other rules. */
function trip(breaker: CircuitBreaker, now: number): void {
  call(breaker, now, 'failed', 20);
  assert.equal(breaker.state, open);
}

describe('a closed breaker', () => {
  test('opens when half of twenty calls failed', () => {
    const breaker = breakerOf();
    call(breaker, 5000, 'good', 10);
    call(breaker, 5000, 'failed', 9);
    assert.equal(breaker.state, closed);
    call(breaker, 5000, 'failed');
    assert.equal(breaker.state, open);
    assert.equal(breaker.admit(5000), notAdmitted);
    assert.equal(breaker.mightAdmit(5000), false);
  });

  test('does not open while fewer fail, or while there are few calls', () => {
    const breaker = breakerOf();
    call(breaker, 5000, 'failed', 19);
    call(breaker, 5000, 'good', 21);
    call(breaker, 5000, 'failed');
    assert.equal(breaker.state, closed);
  });

  test('opens when four of five calls were slow', () => {
    const breaker = breakerOf();
    call(breaker, 5000, 'good', 5);
    call(breaker, 5000, 'slow', 19);
    assert.equal(breaker.state, closed);
    call(breaker, 5000, 'slow');
    assert.equal(breaker.state, open);
    const patient = breakerOf({ slowAfter: milliseconds(Number.POSITIVE_INFINITY) });
    call(patient, 5000, 'slow', 100);
    assert.equal(patient.state, closed);
  });

  test('forgets what was ten slices ago', () => {
    const breaker = breakerOf();
    call(breaker, 5000, 'failed', 19);
    call(breaker, 15_000, 'failed', 19);
    assert.equal(breaker.state, closed);
    call(breaker, 24_999, 'failed');
    assert.equal(breaker.state, open);
  });
});

describe('an open breaker', () => {
  test('lets three trials through when its time is over, and closes when all succeed', () => {
    const breaker = breakerOf();
    trip(breaker, 5000);
    assert.equal(breaker.admit(5999), notAdmitted);
    assert.equal(breaker.mightAdmit(6000), true);
    const trials = [breaker.admit(6000), breaker.admit(6000), breaker.admit(6000)];
    assert.equal(trials.includes(notAdmitted), false);
    assert.equal(breaker.state, halfOpen);
    assert.equal(breaker.mightAdmit(6000), false);
    assert.equal(breaker.admit(6000), notAdmitted);
    for (const [index, ticket] of trials.entries()) {
      assert.equal(breaker.state, halfOpen, `before trial ${index} has ended`);
      breaker.end(ticket, false, 1, 6001);
    }
    assert.equal(breaker.state, closed);
  });

  test('forgives what failed before once it is closed', () => {
    const breaker = breakerOf();
    trip(breaker, 5000);
    call(breaker, 6000, 'good', 3);
    call(breaker, 7000, 'failed', 19);
    assert.equal(breaker.state, closed);
    call(breaker, 7000, 'failed');
    assert.equal(breaker.state, open);
  });

  test('opens again with the first trial that fails or is slow, for twice as long each time and no longer than the most', () => {
    const breaker = breakerOf();
    trip(breaker, 5000);
    let now = 5000;
    for (const [lasts, outcome] of [
      [1000, 'failed'],
      [2000, 'slow'],
      [4000, 'failed'],
      [8000, 'failed'],
      [16_000, 'failed'],
      [32_000, 'failed'],
      [60_000, 'failed'],
      [60_000, 'failed'],
    ] as const) {
      assert.equal(breaker.mightAdmit(now + lasts - 1), false, `${lasts}`);
      now += lasts;
      call(breaker, now, outcome);
      assert.equal(breaker.state, open);
    }
    now += 60_000;
    call(breaker, now, 'good', 3);
    assert.equal(breaker.state, closed);
    trip(breaker, now + 1000);
    assert.equal(breaker.mightAdmit(now + 1999), false);
    assert.equal(breaker.mightAdmit(now + 2000), true);
  });

  test('is open for half as long to half as long again, by chance', () => {
    for (const [chance, lasts] of [
      [0, 500],
      [0.25, 750],
      [0.75, 1250],
    ] as const) {
      const breaker = new CircuitBreaker(rules, newWords(), () => chance);
      trip(breaker, 5000);
      assert.equal(breaker.mightAdmit(5000 + lasts - 1), false);
      assert.equal(breaker.mightAdmit(5000 + lasts), true);
    }
  });

  test('doubles its trials round by round before it closes', () => {
    const breaker = breakerOf({ trials: 1, rounds: 3 });
    trip(breaker, 5000);
    for (const trials of [1, 2, 4]) {
      const tickets = Array.from({ length: trials + 1 }, () => breaker.admit(6000));
      assert.equal(tickets.pop(), notAdmitted);
      assert.equal(breaker.state, halfOpen);
      for (const ticket of tickets) breaker.end(ticket, false, 1, 6000);
    }
    assert.equal(breaker.state, closed);
  });

  test('has nothing from calls that began before', () => {
    const breaker = breakerOf();
    const before = breaker.admit(5000);
    trip(breaker, 5000);
    breaker.end(before, true, 1, 5000);
    const trial = breaker.admit(6000);
    breaker.end(before, true, 1, 6000);
    assert.equal(breaker.state, halfOpen);
    breaker.end(trial, true, 1, 6000);
    breaker.end(trial, false, 1, 6000);
    assert.equal(breaker.state, open);
  });

  test('says for how long nothing is admitted', () => {
    const breaker = breakerOf({ trials: 1 });
    assert.equal(breaker.shutFor(5000), 0);
    trip(breaker, 5000);
    assert.deepEqual([breaker.shutFor(5000), breaker.shutFor(5999), breaker.shutFor(6000), breaker.shutFor(7000)], [1000, 1, 0, 0]);
    const trial = breaker.admit(6000);
    assert.equal(breaker.shutFor(6000), 0, 'until the trial ends');
    breaker.end(trial, true, 1, 6000);
    assert.equal(breaker.shutFor(6000), 2000);
  });

  test('gives a trial to another one when it was abandoned', () => {
    const breaker = breakerOf({ trials: 1 });
    trip(breaker, 5000);
    const trial = breaker.admit(6000);
    assert.equal(breaker.admit(6000), notAdmitted);
    breaker.abandon(trial);
    call(breaker, 6000, 'good');
    assert.equal(breaker.state, closed);
  });

  test('takes a call that was abandoned for slow when it had been, a trial as well, and else for nothing', () => {
    const breaker = breakerOf({ leastCalls: 1, trials: 1 });
    breaker.abandon(breaker.admit(5000), 999, 5000);
    assert.equal(breaker.state, closed);
    breaker.abandon(breaker.admit(5000), 1000, 5000);
    assert.equal(breaker.state, open);
    breaker.abandon(breaker.admit(6000), 999, 6000);
    breaker.abandon(breaker.admit(6000), 1000, 6000);
    assert.equal(breaker.state, open);
    assert.equal(breaker.admit(7999), notAdmitted, 'for twice as long');
  });

  test('makes other trials when those of a dead worker never end', () => {
    const breaker = breakerOf({ trials: 1 });
    trip(breaker, 5000);
    const lost = breaker.admit(6000);
    assert.equal(breaker.admit(65_999), notAdmitted);
    call(breaker, 66_000, 'good');
    assert.equal(breaker.state, closed);
    breaker.end(lost, true, 1, 66_000);
    assert.equal(breaker.state, closed);
  });

  test('gives all trials anew as soon as a worker is known to be dead, and stays half open no longer for that', () => {
    const words = newWords();
    const breaker = breakerOf({ trials: 2 }, undefined, words);
    trip(breaker, 5000);
    const [lost, late] = [breaker.admit(6000), breaker.admit(6000)];
    assert.deepEqual([lost, late].includes(notAdmitted), false);
    assert.equal(breaker.admit(10_000), notAdmitted);
    releaseTrials(words);
    // One of a worker that lives.
    breaker.end(late, true, 1, 10_000);
    assert.equal(breaker.state, halfOpen);
    assert.notEqual(breaker.admit(10_000), notAdmitted);
    assert.notEqual(breaker.admit(10_000), notAdmitted);
    assert.equal(breaker.mightAdmit(65_999), false);
    call(breaker, 66_000, 'good', 2);
    assert.equal(breaker.state, closed);
  });

  test('is left as it is by a death when it is closed or open', () => {
    const words = newWords();
    const breaker = breakerOf({}, undefined, words);
    call(breaker, 5000, 'failed', 19);
    for (const state of [closed, open]) {
      const before = [...words];
      releaseTrials(words);
      assert.deepEqual([...words], before);
      assert.equal(breaker.state, state);
      if (state === closed) call(breaker, 5000, 'failed');
    }
  });

  test('keeps its time where 32 bits of milliseconds begin anew', () => {
    for (const now of [2 ** 31 - 500, 2 ** 32 - 500, 2 ** 33 - 1]) {
      const breaker = breakerOf();
      trip(breaker, now);
      assert.equal(breaker.mightAdmit(now + 999), false);
      assert.equal(breaker.mightAdmit(now + 1000), true);
    }
  });
});

describe('workers that share a breaker', () => {
  /** What four workers do by chance, each in the middle of the others' operations, and what they saw. */
  function meet(seed: number): { readonly log: string[]; readonly mostTrials: number } {
    const random = seeded(seed);
    const words = newWords();
    const log: string[] = [];
    const trialsOfChange = new Map<number, number>();
    const held: number[][] = [[], [], [], []];
    let now = 1000;
    const breakers = held.map(
      () =>
        new CircuitBreaker({ ...rules, leastCalls: 3, rounds: 1 }, words, random, (from, to) => {
          log.push(`${from}${to}`);
        }),
    );
    const step = (worker: number): void => {
      const breaker = breakers[worker];
      const mine = held[worker];
      if (breaker === undefined || mine === undefined) return;
      const choice = random();
      if (choice < 0.55) {
        const ticket = breaker.admit(now);
        if (ticket === notAdmitted) return;
        mine.push(ticket);
        if (ticket & 1) trialsOfChange.set(ticket, (trialsOfChange.get(ticket) ?? 0) + 1);
      } else {
        const ticket = mine.pop();
        if (ticket !== undefined) breaker.end(ticket, random() < 0.3, 1, now);
      }
    };
    for (let turn = 0; turn < 250; turn++) {
      now += Math.floor(random() * 100);
      interleaved(
        () => step(0),
        () => {
          if (random() < 0.08) step(1 + Math.floor(random() * 3));
        },
        3,
      );
    }
    return { log, mostTrials: Math.max(0, ...trialsOfChange.values()) };
  }

  test('make no more trials than allowed, and change its state along the graph', () => {
    const allowed = new Set([`${closed}${open}`, `${open}${halfOpen}`, `${halfOpen}${open}`, `${halfOpen}${closed}`]);
    const seen = new Set<string>();
    let mostTrials = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const met = meet(seed);
        mostTrials = Math.max(mostTrials, met.mostTrials);
        assert.ok(met.mostTrials <= rules.trials, `${met.mostTrials} trials`);
        let state: number = closed;
        for (const change of met.log) {
          assert.ok(allowed.has(change), change);
          assert.equal(Number(change[0]), state, met.log.join(' '));
          state = Number(change[1]);
          seen.add(change);
        }
      }),
      { seed: 0xb4ea, numRuns: 150 },
    );
    assert.deepEqual([...seen].toSorted(), [...allowed].toSorted());
    assert.equal(mostTrials, rules.trials);
  });
});

test('a call allocates nothing', () => {
  const breaker = breakerOf();
  let now = 1000;
  const bytes = allocatedBytes((times) => {
    for (let time = 0; time < times; time++) {
      now += 1;
      breaker.end(breaker.admit(now), (time & 3) === 0, 5, now);
    }
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
