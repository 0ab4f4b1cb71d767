// When timers run out, and what their owners may do meanwhile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { milliseconds } from '../basics/units.ts';
import { TimingWheel, WheelTimer } from './timing-wheel.ts';

const tick = 100;
const turn = 1024 * tick;
const never = milliseconds(Number.POSITIVE_INFINITY);
const newWheel = (now = 0): TimingWheel => new TimingWheel({ tick: milliseconds(tick), now });

/** A timer that writes its name down when it runs out, and does what it is told to. */
function named(name: string, fired: string[], andThen: (timer: WheelTimer) => void = () => {}): WheelTimer {
  return new WheelTimer({
    onTimeout(timer) {
      fired.push(name);
      andThen(timer);
    },
  });
}

describe('a timing wheel', () => {
  test('lets a timer run out when its deadline is reached, not before, and once', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const timer = named('a', fired);
    wheel.schedule(timer, milliseconds(250));
    assert.equal(timer.deadline, 250);
    assert.equal(wheel.size, 1);

    wheel.advance(249);
    assert.deepEqual(fired, []);
    wheel.advance(250);
    assert.deepEqual(fired, ['a']);
    assert.equal(timer.deadline, Number.POSITIVE_INFINITY);
    assert.equal(wheel.size, 0);
    wheel.advance(10 * turn);
    assert.deepEqual(fired, ['a']);
  });

  test('hands over the timer that ran out', () => {
    const wheel = newWheel();
    const given: WheelTimer[] = [];
    const timer = new WheelTimer({ onTimeout: (expired) => given.push(expired) });
    wheel.schedule(timer, milliseconds(1));
    wheel.advance(1);
    assert.deepEqual(given, [timer]);
  });

  test('passes slots in order, whatever the order of scheduling', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    wheel.schedule(named('third', fired), milliseconds(900));
    wheel.schedule(named('first', fired), milliseconds(100));
    wheel.schedule(named('second', fired), milliseconds(500));
    wheel.advance(1000);
    assert.deepEqual(fired, ['first', 'second', 'third']);
  });

  test('takes the last deadline when one is put off', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const timer = named('a', fired);
    wheel.schedule(timer, milliseconds(300));
    wheel.advance(200);
    wheel.schedule(timer, milliseconds(300));
    wheel.advance(499);
    assert.deepEqual(fired, []);
    assert.equal(wheel.size, 1);
    wheel.advance(500);
    assert.deepEqual(fired, ['a']);
  });

  test('leaves a timer where it is when its deadline is put off', () => {
    const wheel = newWheel();
    const [timer, neighbour] = [named('a', []), named('b', [])];
    wheel.schedule(timer, milliseconds(300));
    wheel.schedule(neighbour, milliseconds(300));
    wheel.schedule(timer, milliseconds(90_000));
    assert.equal(timer.next, neighbour);
    assert.equal(timer.slotTime, 300);
    assert.equal(timer.deadline, 90_000);
  });

  test('moves a timer at once when its deadline comes nearer', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const timer = named('a', fired);
    wheel.schedule(timer, milliseconds(75_000));
    wheel.schedule(timer, milliseconds(10_000));
    assert.equal(wheel.size, 1);
    wheel.advance(9_999);
    assert.deepEqual(fired, []);
    wheel.advance(10_000);
    assert.deepEqual(fired, ['a']);
  });

  test('forgets a timer that is cancelled', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const timer = named('a', fired);
    wheel.schedule(timer, milliseconds(300));
    wheel.cancel(timer);
    assert.equal(wheel.size, 0);
    assert.equal(timer.deadline, Number.POSITIVE_INFINITY);
    assert.equal(timer.next, timer);
    wheel.advance(turn);
    assert.deepEqual(fired, []);
  });

  test('minds no timer that is cancelled twice or was never scheduled', () => {
    const wheel = newWheel();
    const timer = named('a', []);
    wheel.cancel(timer);
    wheel.schedule(timer, milliseconds(1));
    wheel.cancel(timer);
    wheel.cancel(timer);
    assert.equal(wheel.size, 0);
  });

  test('takes an infinite delay as no timer', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const timer = named('a', fired);
    wheel.schedule(timer, never);
    assert.equal(wheel.size, 0);
    wheel.schedule(timer, milliseconds(100));
    wheel.schedule(timer, never);
    assert.equal(wheel.size, 0);
    wheel.advance(turn);
    assert.deepEqual(fired, []);
  });

  test('keeps deadlines further away than one turn', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    wheel.schedule(named('hour', fired), milliseconds(3_600_000));
    for (let now = 0; now < 3_600_000; now += 50) wheel.advance(now);
    assert.deepEqual(fired, []);
    assert.equal(wheel.size, 1);
    wheel.advance(3_600_000);
    assert.deepEqual(fired, ['hour']);
  });

  test('catches up after a sleep of many turns', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    wheel.schedule(named('near', fired), milliseconds(100));
    wheel.schedule(named('far', fired), milliseconds(3 * turn));
    wheel.schedule(named('later', fired), milliseconds(20 * turn));
    wheel.advance(10 * turn);
    assert.deepEqual(fired, ['near', 'far']);
    wheel.advance(20 * turn - 1);
    assert.deepEqual(fired, ['near', 'far']);
    wheel.advance(20 * turn);
    assert.deepEqual(fired, ['near', 'far', 'later']);
  });

  test('is not disturbed by a clock that goes back', () => {
    const fired: string[] = [];
    const wheel = newWheel(1000);
    wheel.advance(900);
    assert.equal(wheel.now, 1000);
    wheel.schedule(named('a', fired), milliseconds(50));
    wheel.advance(1049);
    assert.deepEqual(fired, []);
    wheel.advance(1050);
    assert.deepEqual(fired, ['a']);
  });

  test('counts delays from a clock that was moved forward between two calls', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    wheel.advance(100);
    wheel.now = 190;
    wheel.schedule(named('a', fired), milliseconds(20));
    wheel.advance(209);
    assert.deepEqual(fired, []);
    wheel.advance(210);
    assert.deepEqual(fired, ['a']);
  });

  test('works with the large numbers of a wall clock', () => {
    const fired: string[] = [];
    const start = 1_795_000_000_123;
    const wheel = newWheel(start);
    wheel.schedule(named('a', fired), milliseconds(turn + 1));
    wheel.advance(start + turn);
    assert.deepEqual(fired, []);
    wheel.advance(start + turn + 1);
    assert.deepEqual(fired, ['a']);
  });
});

describe('the owner of a timer that runs out', () => {
  test('may schedule it again', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const timer = named('a', fired, (expired) => wheel.schedule(expired, milliseconds(100)));
    wheel.schedule(timer, milliseconds(100));
    for (const now of [100, 199, 200, 300]) wheel.advance(now);
    assert.deepEqual(fired, ['a', 'a', 'a']);
    assert.equal(wheel.size, 1);
  });

  test('is asked once in each call when it schedules with no delay', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    wheel.schedule(
      named('a', fired, (expired) => wheel.schedule(expired, milliseconds(0))),
      milliseconds(100),
    );
    wheel.advance(5000);
    assert.deepEqual(fired, ['a']);
    wheel.advance(5000);
    assert.deepEqual(fired, ['a', 'a']);
  });

  test('may cancel others that are due in the same call', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const sameSlot = named('same slot', fired);
    const nextSlot = named('next slot', fired);
    const timer = named('a', fired, () => {
      wheel.cancel(sameSlot);
      wheel.cancel(nextSlot);
    });
    wheel.schedule(timer, milliseconds(100));
    wheel.schedule(sameSlot, milliseconds(110));
    wheel.schedule(nextSlot, milliseconds(200));
    wheel.advance(1000);
    assert.deepEqual(fired, ['a']);
    assert.equal(wheel.size, 0);
  });

  test('may put off others that are due in the same call', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const other = named('other', fired);
    wheel.schedule(
      named('a', fired, () => wheel.schedule(other, milliseconds(500))),
      milliseconds(100),
    );
    wheel.schedule(other, milliseconds(100));
    wheel.advance(1000);
    assert.deepEqual(fired, ['a']);
    wheel.advance(1500);
    assert.deepEqual(fired, ['a', 'other']);
  });

  test('loses no other timer by throwing', () => {
    const fired: string[] = [];
    const wheel = newWheel();
    const faulty = named('faulty', fired, () => {
      throw new Error('broken invariant');
    });
    wheel.schedule(faulty, milliseconds(100));
    wheel.schedule(named('b', fired), milliseconds(100));
    wheel.schedule(named('c', fired), milliseconds(900));
    assert.throws(() => wheel.advance(500), /broken invariant/);
    wheel.advance(900);
    assert.deepEqual(fired, ['faulty', 'b', 'c']);
    assert.equal(wheel.size, 0);
  });
});
