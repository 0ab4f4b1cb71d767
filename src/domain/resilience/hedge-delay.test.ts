// When a second request is made, how often, and what that does to the tail.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { HedgeDelay, type HedgeRules, hedgeBudget, noHedge } from './hedge-delay.ts';
import { RetryBudget, retryBudgetWords } from './retry-budget.ts';

const rules: HedgeRules = { quantile: 0.95, least: milliseconds(1), share: 0.05 };

function recordAll(delay: HedgeDelay, durations: readonly number[], now: number): void {
  for (const duration of durations) delay.record(duration, now);
}

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

describe('the delay before a second request', () => {
  test('is not known before there are answers enough for a quantile', () => {
    const delay = new HedgeDelay(rules);
    assert.equal(delay.delay(0), noHedge);
    recordAll(delay, times(19, 10_000), 0);
    assert.equal(delay.delay(1), noHedge);
    delay.record(10_000, 2);
    assert.equal(delay.delay(2), 10.24);
  });

  test('is the end of the bucket that holds the quantile', () => {
    const delay = new HedgeDelay(rules);
    recordAll(delay, [...times(95, 10_000), ...times(5, 500_000)], 0);
    assert.equal(delay.delay(0), 10.24);
    const later = new HedgeDelay({ ...rules, quantile: 0.96 });
    recordAll(later, [...times(95, 10_000), ...times(5, 500_000)], 0);
    assert.equal(later.delay(0), 524.288);
  });

  test('is looked up every three seconds', () => {
    const delay = new HedgeDelay(rules);
    recordAll(delay, times(100, 10_000), 0);
    assert.equal(delay.delay(0), 10.24);
    recordAll(delay, times(900, 100_000), 0);
    assert.equal(delay.delay(2999), 10.24);
    assert.equal(delay.delay(3000), 114.688);
  });

  test('is never less than a millisecond', () => {
    const delay = new HedgeDelay(rules);
    recordAll(delay, times(100, 50), 0);
    assert.equal(delay.delay(0), 1);
  });

  test('is none when answers take longer than can be told', () => {
    const delay = new HedgeDelay(rules);
    recordAll(delay, times(100, 2 ** 26), 0);
    assert.equal(delay.delay(0), noHedge);
  });

  test('forgets answers after half a minute at most, also when nothing came meanwhile', () => {
    const delay = new HedgeDelay(rules);
    recordAll(delay, times(100, 10_000), 5000);
    assert.equal(delay.delay(29_999), 10.24);
    recordAll(delay, times(20, 100_000), 29_999);
    assert.equal(delay.delay(33_000), 114.688);
    assert.equal(delay.delay(1_000_000), noHedge);
  });

  test('of a twentieth cuts the slow answers of one endpoint to the square', () => {
    // 99 % take 5 ms on average, exponentially, and 1 % a whole second.
    const random = seeded(3);
    const draw = (): number => (random() < 0.01 ? 1000 : -5 * Math.log(1 - random()));
    const delay = new HedgeDelay(rules);
    // A budget with room, so that the quantile alone says how many there are.
    const budget = new RetryBudget(hedgeBudget({ ...rules, share: 0.1 }), new Int32Array(retryBudgetWords));
    const requests = 400_000;
    const warmUp = 100_000;
    let hedges = 0;
    let slow = 0;
    for (let request = 0; request < requests; request++) {
      const now = request / 10;
      budget.deposit(now);
      const first = draw();
      let answered = first;
      const after = delay.delay(now);
      if (after !== noHedge && first > after && budget.tryWithdraw(now)) {
        hedges++;
        answered = Math.min(first, after + draw());
      }
      delay.record(1000 * first, now);
      if (request >= warmUp && answered > 100) slow++;
    }
    assert.ok(hedges / requests > 0.045 && hedges / requests <= 0.05, `${hedges / requests} asked twice`);
    const share = slow / (requests - warmUp);
    assert.ok(share < 0.0002, `${share} slow`);
  });
});

test('second requests are never more than their share, and need no reserve to be none', () => {
  const budget = new RetryBudget(hedgeBudget(rules), new Int32Array(retryBudgetWords));
  assert.equal(budget.tryWithdraw(0), false);
  for (let request = 0; request < 1000; request++) budget.deposit(0);
  assert.equal(budget.balance(0), 50);
});

test('recording and asking allocate nothing', () => {
  const delay = new HedgeDelay(rules);
  let now = 1000;
  const bytes = allocatedBytes((count) => {
    let sum = 0;
    for (let time = 0; time < count; time++) {
      now += 1;
      delay.record(1000 + (time & 1023), now);
      sum += delay.delay(now) > 0 ? 1 : 0;
    }
    return sum;
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
