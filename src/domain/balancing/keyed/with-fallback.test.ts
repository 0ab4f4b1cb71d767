// Requests without a key, while endpoints go down and come back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countPicks, endpointsOf, policyTools, times, turn } from '../../../../test/support/endpoints.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Fallback } from '../keyed-options.ts';
import { fallbacks } from '../keyed-options.ts';
import type { Learner } from '../learner.ts';
import { leastConnections } from '../policies/least-connections.ts';
import { random } from '../policies/random.ts';
import { roundRobin } from '../policies/round-robin.ts';
import type { Candidates, Picker } from '../policy.ts';
import { WithFallback } from './with-fallback.ts';

const withoutKey = { key: undefined, attempt: 0 };
const build = (pool: Candidates, fallback: Fallback): WithFallback =>
  new WithFallback({ pick: () => pool[0] }, pool, fallback, policyTools());

describe('a fallback', () => {
  test('is not asked about requests that have a key', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = build(pool, 'round-robin');
    for (const endpoint of times(9, () => picker.pick({ key: 'a', attempt: 0 }))) assert.equal(endpoint, pool[0]);
  });

  test('takes turns by weight', () => {
    const pool = endpointsOf([1, 2, 1]);
    const picker = build(pool, 'round-robin');
    assert.deepEqual(
      countPicks(
        pool,
        times(8, () => picker.pick(withoutKey)),
      ),
      [2, 4, 2],
    );
  });

  test('may look for the least busy endpoint', () => {
    const pool = endpointsOf([1, 1, 1]);
    pool[0].load.hold();
    itemAt(pool, 2).load.hold();
    const picker = build(pool, 'least-connections');
    for (const endpoint of times(9, () => picker.pick(withoutKey))) assert.equal(endpoint, pool[1]);
  });

  for (const fallback of fallbacks) {
    test(`passes over what is down, by ${fallback}, and finds it again`, () => {
      const pool = endpointsOf([1, 1, 1]);
      const picker = build(pool, fallback);
      const picked = () =>
        new Set(
          times(60, () => {
            const endpoint = picker.pick(withoutKey);
            return pool.indexOf(endpoint);
          }),
        );
      assert.equal(picked().size, 3);
      turn(itemAt(pool, 1), 'down');
      assert.deepEqual([...picked()].sort(), [0, 2]);
      turn(itemAt(pool, 2), 'draining');
      assert.deepEqual([...picked()].sort(), [0]);
      turn(itemAt(pool, 1), 'up');
      picker.refresh(0);
      assert.deepEqual([...picked()].sort(), [0, 1]);
    });

    test(`still answers when all are down, by ${fallback}`, () => {
      const pool = endpointsOf([1, 1]);
      for (const endpoint of pool) turn(endpoint, 'down');
      const picker = build(pool, fallback);
      assert.ok(pool.includes(picker.pick(withoutKey)));
      picker.refresh(0);
      assert.ok(pool.includes(picker.pick(withoutKey)));
      turn(pool[0], 'up');
      picker.refresh(0);
      assert.equal(picker.pick(withoutKey), pool[0]);
    });
  }

  test('needs no durations, whose defaults would still have to be read', () => {
    for (const { options } of [leastConnections, random, roundRobin]) {
      assert.ok(Object.values(options as Record<string, { readonly kind: string }>).every(({ kind }) => kind !== 'duration'));
    }
  });

  test('keeps its place in the turns while nothing goes up or down', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = build(pool, 'round-robin');
    const picks = times(6, () => {
      picker.refresh(0);
      return picker.pick(withoutKey);
    });
    assert.deepEqual(countPicks(pool, picks), [2, 2, 2]);
  });

  test('passes on what the keyed picker learns and renews', () => {
    const pool = endpointsOf([1]);
    const learner: Learner = { begun: () => 0, answered: () => undefined, ended: () => undefined };
    const refreshed: number[] = [];
    const inner: Picker = { pick: () => pool[0], learner, refresh: (now) => refreshed.push(now) };
    const picker: Picker = new WithFallback(inner, pool, 'random', policyTools());
    picker.refresh?.(7);
    assert.deepEqual(refreshed, [7]);
    assert.equal(picker.learner, learner);
    assert.equal(build(pool, 'random').learner, undefined);
  });
});
