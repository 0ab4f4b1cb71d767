// Hot path. Many coarse timers for the price of one: a ring of slots, each a list of the timers that fall due while it is passed.
// G. Varghese and A. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, with timers that move lazily: putting a deadline off,
// as every request and every chunk does, is one field written. The timer moves only when its old slot is passed.
import type { Milliseconds } from '../basics/units.ts';

/** Told that time is up. The timer is no longer running then and may be scheduled again at once. */
export interface TimerOwner {
  onTimeout(timer: WheelTimer): void;
}

/** One timer, kept in a field of its owner for as long as the owner lives. It starts when it is scheduled on a wheel, always the same one. */
export class WheelTimer {
  readonly owner: TimerOwner;
  /** When it is due, by the wheel's clock. Infinity while it is not running. Read it freely; only the wheel writes it, as all below. */
  deadline: number;
  /** When its slot begins to be passed. Never later than the deadline, unless the deadline is over already. */
  slotTime: number;
  next: WheelTimer;
  previous: WheelTimer;

  constructor(owner: TimerOwner) {
    this.owner = owner;
    this.deadline = Number.POSITIVE_INFINITY;
    this.slotTime = Number.POSITIVE_INFINITY;
    // A timer that is in no list is a list of its own, which spares every check for an end.
    this.next = this;
    this.previous = this;
  }
}

/** A power of two, so that a slot is found with a mask. With a tick of 100 ms one turn is 102 s, more than most deadlines. */
const slotCount = 1024;

export class TimingWheel {
  /** In milliseconds. `advance` sets it; whoever reads the clock in between may move it forward, which makes delays exact from there. */
  now: number;
  readonly #tick: number;
  /** The list of each slot hangs on a timer that never runs. */
  readonly #slots: readonly WheelTimer[];
  /** Timers whose slot has been passed and who have not been looked at yet. */
  readonly #passed: WheelTimer;
  /** How many ticks have begun: the slot being passed. */
  #ticks: number;
  #size: number;

  /** `tick` is how much time a slot stands for, and how often `advance` should be called. */
  constructor(parts: { readonly tick: Milliseconds; readonly now: number }) {
    this.now = parts.now;
    this.#tick = parts.tick;
    this.#slots = Array.from({ length: slotCount }, () => new WheelTimer(nobody));
    this.#passed = new WheelTimer(nobody);
    this.#ticks = Math.floor(parts.now / parts.tick);
    this.#size = 0;
  }

  /** How many timers are running. */
  get size(): number {
    return this.#size;
  }

  /** Lets the timer run out `delay` from now, whether it runs already or not. A delay of Infinity is no timer. */
  schedule(timer: WheelTimer, delay: Milliseconds): void {
    const deadline = this.now + delay;
    if (deadline === Number.POSITIVE_INFINITY) {
      this.cancel(timer);
      return;
    }

    timer.deadline = deadline;
    const running = timer.next !== timer;
    // The usual case: its slot is passed in time, and what is not due then moves on.
    if (running && timer.slotTime <= deadline) return;

    if (running) this.#unlink(timer);
    this.#link(timer);
  }

  /** The timer does not run out. Needed when its owner ends, or the wheel would keep the owner until the deadline. */
  cancel(timer: WheelTimer): void {
    timer.deadline = Number.POSITIVE_INFINITY;
    if (timer.next !== timer) this.#unlink(timer);
  }

  /**
   * Moves time to `now` and tells the owners of all timers that are due, slot by slot, and of no others. None is early, and none is later
   * than the first call at or after its deadline.
   * An owner may schedule and cancel any timer meanwhile; one scheduled with no delay is due at the next call.
   */
  advance(now: number): void {
    if (now > this.now) this.now = now;
    this.#collectPassed();

    const passed = this.#passed;
    while (passed.next !== passed) {
      const timer = passed.next;
      this.#unlink(timer);
      if (timer.deadline > this.now) {
        this.#link(timer);
        continue;
      }
      timer.deadline = Number.POSITIVE_INFINITY;
      timer.owner.onTimeout(timer);
    }
  }

  /** Moves the lists of all slots that time has reached behind each other, so that nothing linked from here on is looked at twice. */
  #collectPassed(): void {
    const reached = Math.floor(this.now / this.#tick);
    // After a long sleep one turn is enough: no timer is linked further ahead.
    const last = Math.min(reached, this.#ticks + slotCount - 1);
    for (let tick = this.#ticks; tick <= last; tick++) moveAll(this.#slotAt(tick), this.#passed);
    this.#ticks = reached;
  }

  #link(timer: WheelTimer): void {
    const due = Math.floor(timer.deadline / this.#tick);
    // What is further away than one turn waits in the furthest slot and is linked anew from there.
    const tick = Math.min(Math.max(due, this.#ticks), this.#ticks + slotCount - 1);
    const list = this.#slotAt(tick);
    timer.slotTime = tick * this.#tick;
    timer.previous = list.previous;
    timer.next = list;
    list.previous.next = timer;
    list.previous = timer;
    this.#size++;
  }

  #unlink(timer: WheelTimer): void {
    timer.previous.next = timer.next;
    timer.next.previous = timer.previous;
    timer.next = timer;
    timer.previous = timer;
    this.#size--;
  }

  #slotAt(tick: number): WheelTimer {
    // The mask keeps the index in range, which the compiler cannot see.
    return this.#slots[tick & (slotCount - 1)] as WheelTimer;
  }
}

/** Appends everything in the list of `from` to the list of `to`. */
function moveAll(from: WheelTimer, to: WheelTimer): void {
  if (from.next === from) return;
  from.next.previous = to.previous;
  to.previous.next = from.next;
  from.previous.next = to;
  to.previous = from.previous;
  from.next = from;
  from.previous = from;
}

const nobody: TimerOwner = {
  onTimeout() {},
};
