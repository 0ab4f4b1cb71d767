// Any mix of scheduling, cancelling and time passing, beside a map of deadlines that is looked through as a whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { milliseconds } from '../basics/units.ts';
import { TimingWheel, WheelTimer } from './timing-wheel.ts';

const timerCount = 6;
const someDelay = fc.oneof(
  fc.nat(30),
  fc.nat(5_000),
  fc.nat(500_000),
  fc.constantFrom(0, 10, 10_230, 10_240, 10_250, Number.POSITIVE_INFINITY),
);
const someStep = fc.oneof(
  fc.record({ kind: fc.constant('schedule' as const), timer: fc.nat(timerCount - 1), delay: someDelay }),
  fc.record({ kind: fc.constant('cancel' as const), timer: fc.nat(timerCount - 1) }),
  fc.record({ kind: fc.constant('pass' as const), time: fc.oneof(fc.nat(15), fc.nat(20_000), fc.nat(300_000)) }),
);

test('exactly the timers whose deadline is reached run out, and no others', () => {
  fc.assert(
    fc.property(fc.array(someStep, { maxLength: 60 }), fc.nat(1_000_000), (steps, start) => {
      const fired: number[] = [];
      const expected = new Map<number, number>();
      const wheel = new TimingWheel({ tick: milliseconds(10), now: start });
      const timers = Array.from({ length: timerCount }, (_, index) => new WheelTimer({ onTimeout: () => fired.push(index) }));
      const timerAt = (index: number): WheelTimer => timers[index] ?? assert.fail('no such timer');

      for (const step of steps) {
        if (step.kind === 'schedule') {
          wheel.schedule(timerAt(step.timer), milliseconds(step.delay));
          expected.set(step.timer, wheel.now + step.delay);
          if (step.delay === Number.POSITIVE_INFINITY) expected.delete(step.timer);
        } else if (step.kind === 'cancel') {
          wheel.cancel(timerAt(step.timer));
          expected.delete(step.timer);
        } else {
          wheel.advance(wheel.now + step.time);
          const due = [...expected].filter(([, deadline]) => deadline <= wheel.now).map(([timer]) => timer);
          assert.deepEqual(fired.toSorted(), due.toSorted());
          for (const timer of due) expected.delete(timer);
          fired.length = 0;
        }
        assert.equal(wheel.size, expected.size);
      }
    }),
    { seed: 0x5eed, numRuns: 500 },
  );
});

test('timers within one turn that were never put off run out in the order of their slots', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_220), { maxLength: 40 }), fc.integer({ min: 1, max: 5000 }), (delays, step) => {
      const wheel = new TimingWheel({ tick: milliseconds(10), now: 0 });
      const slots: number[] = [];
      for (const delay of delays) {
        wheel.schedule(new WheelTimer({ onTimeout: () => slots.push(Math.floor(delay / 10)) }), milliseconds(delay));
      }
      while (wheel.size > 0) wheel.advance(wheel.now + step);
      assert.equal(slots.length, delays.length);
      assert.deepEqual(
        slots,
        slots.toSorted((one, other) => one - other),
      );
    }),
    { seed: 0x5eed, numRuns: 200 },
  );
});
