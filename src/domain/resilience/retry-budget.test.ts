// What a budget allows: Finagle's sums, the bound for any ten seconds, and that workers together spend no more than one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { interleaved } from '../../../test/support/interleaving.ts';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { RetryBudget, type RetryBudgetRules, retryBudgetWords } from './retry-budget.ts';

const newWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * retryBudgetWords));
const budgetOf = (share: number, perSecond: number, words = newWords()): RetryBudget => new RetryBudget({ share, perSecond }, words);

function withdrawAll(budget: RetryBudget, now: number): number {
  let count = 0;
  while (budget.tryWithdraw(now)) count++;
  return count;
}

describe('a retry budget', () => {
  test('has ten a second for ten seconds at the start, and one more for every five requests', () => {
    const budget = budgetOf(0.2, 10);
    assert.equal(budget.balance(0), 100);
    for (let request = 0; request < 4; request++) budget.deposit(0);
    assert.equal(budget.balance(0), 100);
    budget.deposit(0);
    assert.equal(budget.balance(0), 101);
    assert.equal(budget.tryWithdraw(0), true);
    assert.equal(budget.balance(0), 100);
    assert.equal(withdrawAll(budget, 0), 100);
    assert.equal(budget.balance(0), 0);
  });

  test('has again what is given back', () => {
    const budget = budgetOf(0.5, 0);
    for (let request = 0; request < 4; request++) budget.deposit(0);
    assert.equal(withdrawAll(budget, 0), 2);
    budget.giveBack(0);
    assert.equal(withdrawAll(budget, 0), 1);
  });

  test('allows no retries when it is zero', () => {
    const budget = budgetOf(0, 0);
    for (let request = 0; request < 1000; request++) budget.deposit(5);
    assert.equal(withdrawAll(budget, 5), 0);
  });

  test('may be a reserve only, or a share only', () => {
    const reserve = budgetOf(0, 1);
    for (let request = 0; request < 1000; request++) reserve.deposit(5);
    assert.equal(withdrawAll(reserve, 5), 10);
    const share = budgetOf(0.1, 0);
    assert.equal(withdrawAll(share, 5), 0);
    for (let request = 0; request < 1000; request++) share.deposit(5);
    assert.equal(withdrawAll(share, 5), 100);
  });

  test('may be more than one retry for each request', () => {
    const budget = budgetOf(2, 0);
    for (let request = 0; request < 10; request++) budget.deposit(5);
    assert.equal(withdrawAll(budget, 5), 20);
  });

  test('forgets requests after ten slices and retries after eleven', () => {
    const budget = budgetOf(0.2, 1);
    for (let request = 0; request < 50; request++) budget.deposit(999);
    assert.equal(budget.balance(9_999), 20);
    assert.equal(budget.balance(10_000), 10);
    assert.equal(withdrawAll(budget, 10_000), 10);
    assert.equal(budget.balance(20_999), 0);
    assert.equal(budget.balance(21_000), 10);
  });

  test('forgets also when nothing happens for as long as its ring takes', () => {
    const budget = budgetOf(0.2, 1);
    for (let request = 0; request < 50; request++) budget.deposit(0);
    assert.equal(withdrawAll(budget, 0), 20);
    for (const rounds of [1, 2, 100, 4095]) {
      assert.equal(budget.balance(rounds * 16_000), 10, `after ${rounds} rounds`);
      budget.deposit(rounds * 16_000);
    }
  });

  test('goes on when the numbers of its slices begin anew', () => {
    for (const start of [2 ** 16, 2 ** 31, 2 ** 32]) {
      const budget = budgetOf(0.2, 0);
      for (let second = start - 8; second < start; second++) for (let request = 0; request < 5; request++) budget.deposit(second * 1000);
      assert.equal(budget.balance(start * 1000), 8);
      assert.equal(withdrawAll(budget, start * 1000), 8);
      assert.equal(budget.balance(start * 1000 + 12_000), 0);
    }
  });

  test('counts a million requests a second, and not more', () => {
    const words = newWords();
    words[0] = (1 << 20) - 2;
    const budget = budgetOf(0.2, 0, words);
    for (let request = 0; request < 5; request++) budget.deposit(0);
    budget.deposit(0, 1_000_000);
    assert.equal(budget.balance(0), Math.floor(((1 << 20) - 1) / 5));
  });

  test('is told of many requests at a time as it is of one after another', () => {
    const words = newWords();
    const [many, few] = [budgetOf(0.2, 0, words), budgetOf(0.2, 0, newWords())];
    for (const [now, times] of [
      [10, 3],
      [900, 40],
      [1_000, 7],
      [17_000, 5],
    ] as const) {
      many.deposit(now, times);
      for (let request = 0; request < times; request++) few.deposit(now);
      assert.equal(many.balance(now), few.balance(now), `at ${now}`);
    }
    assert.equal(many.balance(17_000), 1);
  });

  test('lets a worker that stood still for a round change nothing', () => {
    const words = newWords();
    const [late, other] = [budgetOf(0.2, 1, words), budgetOf(0.2, 1, words)];
    for (let request = 0; request < 50; request++) other.deposit(16_000);
    late.deposit(0);
    assert.equal(other.balance(16_000), 20);
    assert.equal(withdrawAll(other, 16_000), 20);
    assert.equal(late.tryWithdraw(0), false);
    assert.equal(other.balance(16_000), 0);
  });
});

/** What came when, and the most retries that a moment of it saw beyond what was earned in the ten seconds before. */
function worstExcess(rules: RetryBudgetRules, steps: readonly (readonly [wait: number, requests: number, retries: number])[]): number {
  const workers = [1, 2, 3].map(() => undefined);
  const words = newWords();
  const budgets = workers.map(() => new RetryBudget(rules, words));
  const requests: number[] = [];
  const retries: number[] = [];
  let now = 12_345;
  let worst = Number.NEGATIVE_INFINITY;
  for (const [wait, asked, tried] of steps) {
    now += wait;
    for (let each = 0; each < asked; each++) {
      budgets[each % 3]?.deposit(now);
      requests.push(now);
    }
    for (let each = 0; each < tried; each++) {
      if (!budgets[each % 3]?.tryWithdraw(now)) continue;
      retries.push(now);
      const recent = (times: readonly number[]): number => times.filter((time) => time >= now - 10_000).length;
      worst = Math.max(worst, recent(retries) - rules.share * recent(requests) - 10 * rules.perSecond);
    }
  }
  return worst;
}

describe('in any ten seconds', () => {
  test('there are no more retries than the share of the requests and the reserve', () => {
    const step = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 30_000 })),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 40 }),
    );
    const share = fc.constantFrom(0, 0.05, 0.1, 0.2, 0.5, 1);
    fc.assert(
      fc.property(share, fc.integer({ min: 0, max: 3 }), fc.array(step, { maxLength: 60 }), (part, perSecond, steps) => {
        const worst = worstExcess({ share: part, perSecond }, steps);
        assert.ok(worst <= 1e-9, `${worst} too many`);
      }),
      { seed: 0xb0d9e7, numRuns: 300 },
    );
  });

  test('a storm of retries is cut down to nearly all that is allowed', () => {
    const steps = Array.from({ length: 600 }, () => [100, 20, 20] as const);
    const worst = worstExcess({ share: 0.2, perSecond: 1 }, steps);
    assert.ok(worst <= 0 && worst > -5, String(worst));
  });

  test('three layers of it make of a request less than two', () => {
    // Each layer adds at most a fifth: 1.2 to the third power, where four tries in each layer make 64.
    let calls = 10_000;
    for (let layer = 0; layer < 3; layer++) {
      const budget = budgetOf(0.2, 0);
      let retries = 0;
      for (let call = 0; call < calls; call++) budget.deposit(0);
      for (let call = 0; call < 3 * calls; call++) if (budget.tryWithdraw(0)) retries++;
      calls += retries;
    }
    assert.equal(calls, 17_280);
  });
});

describe('workers that spend at the same moment', () => {
  test('spend no more together than one could, however they meet', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = seeded(seed);
      const words = newWords();
      const workers = [0, 1, 2].map(() => budgetOf(0.2, 0, words));
      for (let request = 0; request < 15; request++) workers[0]?.deposit(0);
      let spent = 0;
      const spendOne = (index: number): void => {
        // Asked first, for what is added to may not be read before others have added.
        if (workers[index]?.tryWithdraw(0)) spent += 1;
      };
      let others = 4;
      const between = (): void => {
        if (others === 0 || random() < 0.7) return;
        others--;
        spendOne(1 + (others & 1));
      };
      for (let turn = 0; turn < 3; turn++) interleaved(() => spendOne(0), between, 2);
      assert.ok(spent <= 3, `${spent} with seed ${seed}`);
      assert.ok(spent >= 1, `${spent} with seed ${seed}`);
    }
  });

  test('lose no deposit but to sixteen others at once', () => {
    const words = newWords();
    const [one, other] = [budgetOf(1, 0, words), budgetOf(1, 0, words)];
    let left = 10;
    interleaved(
      () => one.deposit(0),
      () => {
        if (left-- > 0) other.deposit(0);
      },
    );
    assert.equal(one.balance(0), 11);
  });
});

test('requests and retries allocate nothing', () => {
  const budget = budgetOf(0.2, 10);
  let now = 1000;
  const bytes = allocatedBytes((times) => {
    for (let time = 0; time < times; time++) {
      now += 1;
      budget.deposit(now);
      budget.tryWithdraw(now);
    }
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
