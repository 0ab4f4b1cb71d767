// When a worker counts as overloaded, and when it is well again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Lateness, pressure } from './lateness.ts';

const latenessOf = (delay = 200): Lateness => new Lateness({ delay: milliseconds(delay), memory: 0.9 });

function delays(lateness: Lateness, ...all: readonly number[]): void {
  for (const delay of all) lateness.addDelay(delay);
}

test('one pause, however long, is not overload', () => {
  const lateness = latenessOf();
  delays(lateness, 1_000_000);
  assert.equal(lateness.pressure, pressure.same);
  delays(lateness, 0, 0, 0, 0);
  assert.equal(lateness.pressure, pressure.less);
});

test('delays in a row are, and it ends when half of the limit is left', () => {
  const lateness = latenessOf();
  delays(lateness, 300, 300, 300);
  assert.equal(lateness.pressure, pressure.same);
  delays(lateness, 300);
  assert.equal(lateness.pressure, pressure.more);
  delays(lateness, 200);
  assert.equal(lateness.pressure, pressure.more);
  delays(lateness, 199);
  assert.equal(lateness.pressure, pressure.same);
  assert.ok(lateness.delay > 200);
  delays(lateness, 50, 50, 50, 50);
  assert.equal(lateness.pressure, pressure.less);
});

test('delays that stay below the limit never are', () => {
  const lateness = latenessOf();
  for (let tick = 0; tick < 1000; tick++) {
    lateness.addDelay(tick % 2 === 0 ? 20 : 300);
    assert.notEqual(lateness.pressure, pressure.more);
  }
});

test('a timer that comes too early is in time', () => {
  const lateness = latenessOf();
  delays(lateness, -500);
  assert.equal(lateness.delay, 0);
});

test('memory is too full from its limit on, and well a twentieth below', () => {
  const lateness = latenessOf();
  for (const [share, expected] of [
    [0.8, pressure.less],
    [0.86, pressure.same],
    [0.9, pressure.more],
    [0.88, pressure.same],
    [0.85, pressure.less],
  ] as const) {
    lateness.setMemory(share);
    assert.equal(lateness.pressure, expected, `${share}`);
  }
});

test('without a limit no delay is too long', () => {
  const lateness = latenessOf(Number.POSITIVE_INFINITY);
  delays(lateness, 1e9, 1e9, 1e9);
  assert.equal(lateness.pressure, pressure.less);
});
