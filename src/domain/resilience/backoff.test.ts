// The bounds of waits, how they grow, and what they are on average.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { type BackoffRules, backoff, type Jitter, jitters } from './backoff.ts';

const rulesOf = (jitter: Jitter, base = 25, most = 250): BackoffRules => ({
  jitter,
  base: milliseconds(base),
  most: milliseconds(most),
});

/** Just below 1, which chance never reaches. */
const almostOne = 1 - 2 ** -32;
const waits = (jitter: Jitter, chance: number, previous = 0): number[] =>
  [0, 1, 2, 3, 4, 5, 2000].map((retry) => Math.round(backoff(rulesOf(jitter), retry, previous, () => chance)));

describe('a wait before a retry', () => {
  test('is anywhere below a bound that doubles, with full jitter', () => {
    assert.deepEqual(waits('full', 0), [0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(waits('full', almostOne), [25, 50, 100, 200, 250, 250, 250]);
  });

  test('is in the upper half of it, with equal jitter', () => {
    assert.deepEqual(waits('equal', 0), [13, 25, 50, 100, 125, 125, 125]);
    assert.deepEqual(waits('equal', almostOne), [25, 50, 100, 200, 250, 250, 250]);
  });

  test('is up to three times the one before, when it is decorrelated', () => {
    const rules = rulesOf('decorrelated');
    const chain: number[] = [];
    let previous = 0;
    for (let retry = 0; retry < 5; retry++) {
      previous = backoff(rules, retry, previous, () => almostOne);
      chain.push(Math.round(previous));
    }
    assert.deepEqual(chain, [25, 75, 225, 250, 250]);
    assert.equal(
      backoff(rules, 3, 200, () => 0),
      25,
    );
  });

  test('is half the bound on average with full jitter, and three quarters with equal', () => {
    for (const [jitter, share] of [['full', 0.5] as const, ['equal', 0.75] as const]) {
      const random = seeded(7);
      let sum = 0;
      for (let draw = 0; draw < 20_000; draw++) sum += backoff(rulesOf(jitter), 2, 0, random);
      assert.ok(Math.abs(sum / 20_000 / 100 - share) < 0.01, `${sum / 20_000}`);
    }
  });

  test('is never below nothing and never more than the most', () => {
    const whole = fc.integer({ min: 1, max: 100_000 });
    const wait = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...jitters), whole, whole, fc.nat(3000), wait, fc.nat(), (jitter, base, most, retry, previous, seed) => {
        const drawn = backoff(rulesOf(jitter, base, most), retry, previous, seeded(seed));
        assert.ok(drawn >= 0 && drawn <= most, `${drawn} of ${most}`);
        if (jitter !== 'full') assert.ok(drawn >= Math.min(base, most) / 2);
      }),
      { seed: 0xbac0ff, numRuns: 1000 },
    );
  });
});
