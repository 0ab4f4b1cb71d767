// Known factors and steps, and what holds for any window.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { milliseconds } from '../basics/units.ts';
import { slowStartFactor, slowStartSixteenths } from './slow-start.ts';

const options = { seed: 0x5eed, numRuns: 500 };
const window = milliseconds(60_000);
const moment = fc.oneof(fc.integer({ min: -1000, max: 200_000 }), fc.double({ min: 0, max: 200_000, noNaN: true }));
const someWindow = fc.integer({ min: 1, max: 150_000 }).map(milliseconds);

describe('the factor of a slow start', () => {
  const seconds = [0, 6, 15, 30, 45];
  const known: readonly (readonly [aggression: number, thousandths: readonly number[]])[] = [
    [1, [100, 100, 250, 500, 750]],
    [2, [100, 316, 500, 707, 866]],
    [0.5, [100, 100, 100, 250, 562]],
  ];
  for (const [aggression, thousandths] of known) {
    test(`is ${thousandths} thousandths after ${seconds} of 60 seconds with an aggression of ${aggression}`, () => {
      const found = seconds.map((elapsed) => slowStartFactor(1000 * elapsed, { window, aggression, least: 0.1 }));
      // Digits are cut off, not rounded: 0.5625 gives 562. What ends in 9s is a binary fraction just below its digits.
      assert.deepEqual(
        found.map((factor) => Math.floor(1000 * factor + 1e-9)),
        thousandths,
      );
    });
  }

  test('counts from the first millisecond on', () => {
    assert.equal(slowStartFactor(0, { window, aggression: 1, least: 0 }), 1 / 60_000);
    assert.equal(slowStartFactor(-5, { window, aggression: 1, least: 0 }), 1 / 60_000);
  });

  test('never falls, never leaves its bounds, and is 1 once the window is over', () => {
    const aggression = fc.double({ min: 0.1, max: 10, noNaN: true });
    const least = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(moment, moment, fc.record({ window: someWindow, aggression, least }), (one, other, slowStart) => {
        const early = slowStartFactor(Math.min(one, other), slowStart);
        const late = slowStartFactor(Math.max(one, other), slowStart);
        assert.ok(early <= late && early >= slowStart.least && late <= 1);
        assert.equal(slowStartFactor(slowStart.window, slowStart), 1);
        assert.equal(slowStartFactor(slowStart.window + Math.abs(one), slowStart), 1);
      }),
      options,
    );
  });
});

describe('the steps of a slow start', () => {
  test('are 1, 1, 2, 5, 9, 13 and 16 after 0, 1, 4, 15, 30, 45 and 59 of 60 seconds', () => {
    assert.deepEqual(
      [0, 1, 4, 15, 30, 45, 59].map((elapsed) => slowStartSixteenths(1000 * elapsed, window)),
      [1, 1, 2, 5, 9, 13, 16],
    );
  });

  test('count whole seconds', () => {
    // 3.75 seconds are a sixteenth of a minute; HAProxy takes the step at 4.
    assert.equal(slowStartSixteenths(3999, window), 1);
    assert.equal(slowStartSixteenths(4000, window), 2);
  });

  test('never fall, are whole numbers from 1 to 16, and 16 once the window is over', () => {
    fc.assert(
      fc.property(moment, moment, someWindow, (one, other, anyWindow) => {
        const early = slowStartSixteenths(Math.min(one, other), anyWindow);
        const late = slowStartSixteenths(Math.max(one, other), anyWindow);
        assert.ok(early <= late && early >= 1 && late <= 16 && Number.isInteger(early));
        assert.equal(slowStartSixteenths(anyWindow, anyWindow), 16);
      }),
      options,
    );
  });
});
