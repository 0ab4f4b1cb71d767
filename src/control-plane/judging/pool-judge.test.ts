// When an endpoint is set aside, and what brings it back, without sockets and by a clock of the test's own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { DetectionSettings } from '../../domain/health/outlier-settings.ts';
import type { StreakLimits } from '../../domain/health/streaks.ts';
import { countStreaks } from '../../domain/health/streaks.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { EndpointHealth } from './endpoint-health.ts';
import type { JudgedEndpoint } from './pool-judge.ts';
import { PoolJudge } from './pool-judge.ts';

const consecutive: StreakLimits = { fivexx: 5, gateway: 5, local: 5 };
const usual: DetectionSettings = {
  kind: 'detection',
  consecutive,
  interval: milliseconds(10_000),
  rates: {},
  ejection: { baseEjection: milliseconds(30_000), maxEjection: milliseconds(300_000), jitter: milliseconds(0) },
  cap: { maxEjected: 10, alwaysOne: true },
  endOnPass: true,
};

/** Three endpoints, of which the first has the tries that a test says. */
class JudgedPool {
  readonly health = new EndpointHealth(undefined, 0);
  readonly #board = new Scoreboard({ workers: 1, listeners: 1, endpoints: 3, pools: 1 });
  readonly #endpoints: readonly JudgedEndpoint[];
  readonly #judge: PoolJudge;

  constructor(settings: Partial<DetectionSettings> = {}) {
    this.#endpoints = ['a', 'b', 'c'].map((id, slot) => ({
      id,
      slot,
      health: slot === 0 ? this.health : new EndpointHealth(undefined, 0),
    }));
    const parts = { endpoints: this.#endpoints, board: this.#board, random: () => 0, onChange: () => undefined, onSpared: () => undefined };
    this.#judge = new PoolJudge({ ...parts, settings: { ...usual, ...settings } }, 0);
  }

  fails(evidence: 'local' | 'fivexx', times = consecutive.local): void {
    for (let time = 0; time < times; time++) countStreaks(this.#board.slots, this.#board.streaksAt(0), evidence);
  }

  /** Whether it is well after a look at its traffic at this time. */
  isWellAt(now: number): boolean {
    this.#judge.tick(now);
    return this.health.isWell;
  }

  /** Whether it is well after a probe passed at this time. */
  passesAt(now: number): boolean {
    this.#judge.passed(this.#endpoints[0] as JudgedEndpoint, now); // There are three.
    return this.health.isWell;
  }
}

describe('an endpoint that could not be reached', () => {
  test('is back as soon as a probe passes, the first time', () => {
    const pool = new JudgedPool();
    pool.fails('local');
    assert.equal(pool.isWellAt(100), false);
    assert.equal(pool.passesAt(150), true);
    assert.equal(pool.isWellAt(200), true);
  });

  test('is not set aside again for what its last requests came to meanwhile', () => {
    const pool = new JudgedPool();
    pool.fails('local');
    pool.isWellAt(100);
    pool.fails('local');
    assert.equal(pool.passesAt(150), true);
    assert.equal(pool.isWellAt(200), true);
    assert.equal(pool.health.ejections, 1);
  });

  test('stays aside, when it fails again, for as long as the time before could have taken: a moment in which it is well is no proof', () => {
    const pool = new JudgedPool();
    let now = 0;
    for (const held of [0, 30_000, 60_000, 90_000]) {
      pool.fails('local');
      assert.equal(pool.isWellAt(now), false);
      if (held > 0) assert.equal(pool.passesAt(now + held - 1), false);
      now += held;
      assert.equal(pool.passesAt(now), true);
    }
  });

  test('is trusted at once again when it was well for long enough', () => {
    const pool = new JudgedPool();
    pool.fails('local');
    pool.isWellAt(0);
    pool.passesAt(1);
    // One step back in the first interval that it got through.
    pool.isWellAt(10_001);
    pool.fails('local');
    assert.equal(pool.isWellAt(10_100), false);
    assert.equal(pool.passesAt(10_200), true);
  });
});

test('an endpoint that answers with errors stays aside whatever a probe says, and so does every one where nothing ends by a pass', () => {
  for (const [evidence, settings] of [
    ['fivexx', {}],
    ['local', { endOnPass: false }],
  ] as const) {
    const pool = new JudgedPool(settings);
    pool.fails(evidence);
    assert.equal(pool.isWellAt(0), false);
    assert.equal(pool.passesAt(29_999), false);
    assert.equal(pool.isWellAt(29_999), false);
    assert.equal(pool.isWellAt(30_000), true);
  }
});
