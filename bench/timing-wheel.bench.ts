// What deadlines cost with 10,000 connections: on the wheel, and with one timer of Node each, refreshed or made anew.
import { TimingWheel, WheelTimer } from '../src/foundation/algorithms/timing-wheel.ts';
import { milliseconds } from '../src/foundation/basics/units.ts';
import { measure } from './micro.ts';

const connections = 10_000;
const idle = milliseconds(75_000);
const head = milliseconds(10_000);
const owner = { onTimeout: (timer: WheelTimer) => wheel.schedule(timer, idle) };

const wheel = new TimingWheel({ tick: milliseconds(100), now: 0 });
const timers = Array.from({ length: connections }, () => new WheelTimer(owner));
for (const timer of timers) wheel.schedule(timer, idle);

const onEach = (timersToo: readonly WheelTimer[], act: (timer: WheelTimer) => void) => (calls: number) => {
  for (let call = 0; call < calls; call++) act(timersToo[call % connections] as WheelTimer); // The index is in range.
  return wheel.size;
};

const noop = (): void => {};
const handles = Array.from({ length: connections }, () => setTimeout(noop, idle).unref());

measure('One deadline among 10,000', [
  { name: 'wheel: put off', run: onEach(timers, (timer) => wheel.schedule(timer, idle)) },
  {
    name: 'wheel: idle, then head, as for each request',
    run: onEach(timers, (timer) => {
      wheel.schedule(timer, head);
      wheel.schedule(timer, idle);
    }),
  },
  {
    name: 'wheel: cancelled and scheduled',
    run: onEach(timers, (timer) => {
      wheel.cancel(timer);
      wheel.schedule(timer, idle);
    }),
  },
  {
    name: 'wheel: put off, time passing by 1 ms for each 20',
    run: (calls) => {
      for (let call = 0; call < calls; call++) {
        wheel.schedule(timers[call % connections] as WheelTimer, idle); // The index is in range.
        if (call % 20 === 0) wheel.now += 1;
        if (call % 2000 === 0) wheel.advance(wheel.now);
      }
      return wheel.size;
    },
  },
  {
    name: 'Node: refresh of a timer',
    run: (calls) => {
      for (let call = 0; call < calls; call++) handles[call % connections]?.refresh();
      return calls;
    },
  },
  {
    name: 'Node: clearTimeout and setTimeout',
    run: (calls) => {
      for (let call = 0; call < calls; call++) {
        clearTimeout(handles[call % connections]);
        handles[call % connections] = setTimeout(noop, idle).unref();
      }
      return calls;
    },
  },
]);
