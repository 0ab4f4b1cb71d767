// When a worker counts as overloaded, and when it is well again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Lateness, pressure } from './lateness.ts';

const latenessOf = (delay = 200, memory = 0.9): Lateness => new Lateness({ delay: milliseconds(delay), memory });

function delays(lateness: Lateness, ...all: readonly number[]): void {
  for (const delay of all) lateness.addDelay(delay);
}

describe('delay', () => {
  test('of one pause, however long, is not overload', () => {
    const lateness = latenessOf();
    delays(lateness, 1_000_000);
    assert.equal(lateness.pressure, pressure.same);
    delays(lateness, 0, 0, 0, 0);
    assert.equal(lateness.pressure, pressure.less);
  });

  test('again and again is, and that ends when half of the limit is left', () => {
    const lateness = latenessOf();
    delays(lateness, 300, 300, 300);
    assert.equal(lateness.pressure, pressure.same);
    delays(lateness, 300);
    assert.equal(lateness.pressure, pressure.more);
    delays(lateness, 199);
    assert.equal(lateness.pressure, pressure.same);
    assert.ok(lateness.delay > 200);
    delays(lateness, 50, 50, 50, 50);
    assert.equal(lateness.pressure, pressure.less);
  });

  test('that becomes shorter by itself needs no more to be refused', () => {
    const lateness = latenessOf();
    delays(lateness, 900, 900, 900);
    assert.equal(lateness.pressure, pressure.more);
    delays(lateness, 800);
    assert.equal(lateness.pressure, pressure.same);
    delays(lateness, 801);
    assert.equal(lateness.pressure, pressure.more);
  });

  test('below the limit never is', () => {
    const lateness = latenessOf();
    for (let tick = 0; tick < 1000; tick++) {
      lateness.addDelay(tick % 2 === 0 ? 20 : 300);
      assert.notEqual(lateness.pressure, pressure.more);
    }
  });

  test('of a timer that comes too early is none', () => {
    const lateness = latenessOf();
    delays(lateness, -500);
    assert.equal(lateness.delay, 0);
  });

  test('without a limit is never too long, and told all the same', () => {
    const lateness = latenessOf(Number.POSITIVE_INFINITY);
    delays(lateness, 1e9, 1e9, 1e9);
    assert.equal(lateness.pressure, pressure.less);
    assert.ok(lateness.delay > 5e8);
  });
});

test('other limits hold at once, for what was known before', () => {
  const lateness = latenessOf();
  delays(lateness, 300, 300, 300, 300);
  lateness.setMemory(0.75);
  assert.deepEqual([lateness.pressure, lateness.room], [pressure.more, 1]);
  lateness.adopt({ delay: milliseconds(1000), memory: 0.5 });
  assert.deepEqual([lateness.pressure, lateness.room], [pressure.less, 0.5]);
});

describe('memory', () => {
  const roomAt = (share: number, limit?: number): number => {
    const lateness = latenessOf(200, limit);
    lateness.setMemory(share);
    assert.equal(lateness.memory, share);
    return Math.round(1000 * lateness.room) / 1000;
  };

  test('leaves room for all up to its limit, and from there for fewer in a straight line', () => {
    assert.deepEqual(
      [0, 0.5, 0.9, 0.91, 0.95, 0.98].map((share) => roomAt(share)),
      [1, 1, 1, 0.9, 0.5, 0.2],
    );
    assert.equal(roomAt(0.75, 0.5), 0.5);
  });

  test('that is full leaves room for a tenth: refusing everything would not empty it', () => {
    assert.deepEqual(
      [0.999, 1, 1.2].map((share) => roomAt(share)),
      [0.1, 0.1, 0.1],
    );
    assert.deepEqual(
      [1, 1.01].map((share) => roomAt(share, 1)),
      [1, 0.1],
    );
  });

  test('without a limit leaves room whatever is in use', () => {
    assert.equal(roomAt(1, Number.POSITIVE_INFINITY), 1);
  });

  test('says nothing of delay', () => {
    const lateness = latenessOf();
    lateness.setMemory(1);
    assert.equal(lateness.pressure, pressure.less);
  });
});
