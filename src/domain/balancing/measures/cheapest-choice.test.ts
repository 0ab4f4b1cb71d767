// The least cost wins, ties are fair, and every candidate is put to the test now and then.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { CheapestChoice, costAt, costByLoad, nowAt } from './cheapest-choice.ts';

const tools = policyTools({ random: seeded(3) });

function choiceOf(costs: readonly number[], choices: number, explore = 0, weights = costs.map(() => 1)) {
  const pool = endpointsOf(weights);
  const cost = (index: number, weighing: Float64Array) => {
    weighing[costAt] = costs[index] ?? 0;
  };
  const choice = new CheapestChoice(pool, cost, tools, { choices, explore });
  return {
    pool,
    count: (picks: number) =>
      countPicks(
        pool,
        times(picks, () => choice.next()),
      ),
  };
}

describe('a choice by cost', () => {
  test('finds the cheapest of all', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 1, maxLength: 30 }), (costs) => {
        const counts = choiceOf(costs, costs.length).count(5);
        const least = Math.min(...costs);
        for (const [index, count] of counts.entries()) assert.ok(count === 0 || costs[index] === least);
      }),
      { seed: 0x5eed, numRuns: 200 },
    );
  });

  test('draws by weight among those that tie', () => {
    const [none, one, three] = choiceOf([5, 2, 2], 3, 0, [9, 1, 3]).count(8000);
    assert.equal(none, 0);
    assert.ok(Math.abs((one ?? 0) - 2000) < 200 && Math.abs((three ?? 0) - 6000) < 200, `${one} ${three}`);
  });

  test('compares two different ones, so the dearest is never picked', () => {
    const [dear, , , cheap] = choiceOf([9, 4, 3, 1], 2).count(6000);
    assert.ok((dear ?? 0) < 12, `${dear}`);
    // In one of two pairs.
    assert.ok(Math.abs((cheap ?? 0) - 3000) < 250, `${cheap}`);
  });

  test('compares as many as it is told', () => {
    const [, , , cheap] = choiceOf([9, 4, 3, 1], 3).count(6000);
    assert.ok((cheap ?? 0) > 3800, `${cheap}`);
  });

  test('picks by weight whatever the cost, as often as it explores', () => {
    const [dear] = choiceOf([9, 1], 2, 0.2, [3, 1]).count(10_000);
    assert.ok(Math.abs((dear ?? 0) - 1500) < 180, `${dear}`);
  });

  test('goes on when one is so heavy that no other is drawn', () => {
    assert.deepEqual(choiceOf([9, 1, 1], 2, 0, [1e12, 1, 1]).count(100), [100, 0, 0]);
  });
});

describe('the price', () => {
  test('is what an idle candidate may need to be picked, as the last pick by cost found it', () => {
    for (const choices of [2, 3]) {
      const pool = endpointsOf([2, 8, 2]);
      for (const { load } of pool) times(3, () => load.hold());
      const cost = costByLoad(pool, (index, weighing) => {
        weighing[costAt] = index === 1 ? 10_000 : 50;
      });
      const choice = new CheapestChoice(pool, cost, policyTools({ random: seeded(4) }), { choices, explore: 0 });
      assert.equal(choice.price, 0);
      times(10, () => choice.next());
      // 50 ms for each of four requests, at a weight of 2, are as much as this at a weight of 8.
      assert.equal(choice.price, 800);
    }
  });
});

describe('the cost by load', () => {
  const cost = (weights: readonly number[], held: readonly number[]) => {
    const pool = endpointsOf(weights);
    for (const [index, count] of held.entries()) times(count, () => pool[index]?.load.hold());
    const byLoad = costByLoad(pool, (_index, weighing) => {
      weighing[costAt] = weighing[nowAt] ?? 0;
    });
    return pool.map((_, index) => {
      const weighing = Float64Array.of(20, 0);
      byLoad(index, weighing);
      return weighing[costAt];
    });
  };

  test('is the time for all requests that there would be', () => assert.deepEqual(cost([1, 1], [1, 3]), [40, 80]));
  test('is less for the heavier', () => assert.deepEqual(cost([1, 4], [1, 3]), [40, 20]));
  test('is the same for all that are idle', () => assert.deepEqual(cost([1, 4, 4], [0, 0, 1]), [5, 5, 10]));
});
