// Known runs of results, and what holds for any run.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Transition } from './rise-and-fall.ts';
import { RiseAndFall } from './rise-and-fall.ts';

const options = { seed: 0x5eed, numRuns: 500 };

/** P for a pass, F for a failure. */
const give = (state: RiseAndFall, result: string): Transition | undefined => (result === 'P' ? state.passed() : state.failed());
const countersOf = (state: RiseAndFall, results: string): readonly number[] =>
  [...results].map((result) => {
    give(state, result);
    return state.counter;
  });
const transitionsOf = (state: RiseAndFall, results: string): readonly (Transition | undefined)[] =>
  [...results].map((result) => give(state, result));

test('the counter with rise 2 and fall 3 goes from 4 over 3, 2, 0, 1, 4 to 3 by F F F P P F', () => {
  assert.deepEqual(countersOf(new RiseAndFall({ rise: 2, fall: 3, start: 'up' }), 'FFFPPF'), [3, 2, 0, 1, 4, 3]);
});

test('an endpoint goes down by the third failure and comes up by the second pass, and is told of once', () => {
  const state = new RiseAndFall({ rise: 2, fall: 3, start: 'up' });
  assert.deepEqual(transitionsOf(state, 'FFFFPPP'), [undefined, undefined, 'down', undefined, undefined, 'up', undefined]);
});

test('a single failure between passes is forgotten by the next pass', () => {
  assert.deepEqual(countersOf(new RiseAndFall({ rise: 2, fall: 3, start: 'up' }), 'FFPFFP'), [3, 2, 4, 3, 2, 4]);
});

test('a single pass between failures is forgotten by the next failure', () => {
  assert.deepEqual(countersOf(new RiseAndFall({ rise: 3, fall: 2, start: 'down' }), 'PPFPPP'), [1, 2, 0, 1, 2, 4]);
});

test('with rise 1 and fall 1 every result is believed', () => {
  const state = new RiseAndFall({ rise: 1, fall: 1, start: 'down' });
  assert.deepEqual(transitionsOf(state, 'PFPPF'), ['up', 'down', 'up', undefined, 'down']);
});

describe('an endpoint that is checked before it gets traffic', () => {
  test('is neither up nor certain before the first result', () => {
    const state = new RiseAndFall({ rise: 2, fall: 3, start: 'checking' });
    assert.deepEqual([state.isUp, state.isInDoubt], [false, true]);
  });

  test('is fully up by the first pass', () => {
    const state = new RiseAndFall({ rise: 2, fall: 3, start: 'checking' });
    assert.deepEqual(transitionsOf(state, 'PFFF'), ['up', undefined, undefined, 'down']);
  });

  test('is fully down by the first failure, and says so', () => {
    const state = new RiseAndFall({ rise: 2, fall: 3, start: 'checking' });
    assert.deepEqual(transitionsOf(state, 'FPP'), ['down', undefined, 'up']);
  });
});

test('doubt is between fully up and fully down', () => {
  const state = new RiseAndFall({ rise: 2, fall: 3, start: 'up' });
  const doubts = [...'FFFPPFP'].map((result) => {
    give(state, result);
    return state.isInDoubt;
  });
  assert.deepEqual(doubts, [true, true, false, true, false, true, false]);
});

const rules = fc.record({
  rise: fc.integer({ min: 1, max: 6 }),
  fall: fc.integer({ min: 1, max: 6 }),
  start: fc.constantFrom('up' as const, 'down' as const, 'checking' as const),
});
const anyResults = fc.array(fc.constantFrom('P', 'F'), { maxLength: 60 });

test('results that alternate never change anything where rise and fall are at least 2', () => {
  const atLeastTwo = fc.integer({ min: 2, max: 6 });
  fc.assert(
    fc.property(atLeastTwo, atLeastTwo, fc.constantFrom('up', 'down'), fc.constantFrom('FP', 'PF'), (rise, fall, start, pair) => {
      const state = new RiseAndFall({ rise, fall, start });
      assert.deepEqual(transitionsOf(state, pair.repeat(20)), new Array(40).fill(undefined));
      assert.equal(state.isUp, start === 'up');
    }),
    options,
  );
});

test('a change is told if and only if there is one, and the counter stays in its bounds', () => {
  fc.assert(
    fc.property(rules, anyResults, (given, results) => {
      const state = new RiseAndFall(given);
      for (const [index, result] of results.entries()) {
        const wasUp = state.isUp;
        const wasUndecided = given.start === 'checking' && index === 0;
        const told = give(state, result);
        assert.equal(told !== undefined, wasUndecided || wasUp !== state.isUp);
        if (told !== undefined) assert.equal(told === 'up', state.isUp);
        assert.ok(state.counter >= 0 && state.counter <= given.rise + given.fall - 1);
      }
    }),
    options,
  );
});

test('from fully up exactly `fall` failures lead down, and exactly `rise` passes lead back', () => {
  fc.assert(
    fc.property(rules, ({ rise, fall }) => {
      const state = new RiseAndFall({ rise, fall, start: 'up' });
      assert.deepEqual(transitionsOf(state, 'F'.repeat(fall)), [...new Array(fall - 1).fill(undefined), 'down']);
      assert.deepEqual(transitionsOf(state, 'P'.repeat(rise)), [...new Array(rise - 1).fill(undefined), 'up']);
      assert.ok(!state.isInDoubt);
    }),
    options,
  );
});
