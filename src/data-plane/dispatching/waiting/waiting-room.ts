// Hot path. Where exchanges of one worker wait until the pool has a place for them, in the order that its settings say. Who cannot be served in
// time is told at once, and when to come back; who has waited too long is told so and never served.

import type { QueueRules } from '../../../domain/resilience/rules.ts';
import { Admission } from '../../../domain/resilience/waiting/admission.ts';
import { StandingQueue } from '../../../domain/resilience/waiting/codel.ts';
import { DeadlineQueue, refused } from '../../../domain/resilience/waiting/deadline-queue.ts';

/** The ticket of one who does not wait. */
export const noTicket = refused;

export interface Waiter {
  /** `noTicket` at first. The room's to write. */
  ticket: number;
  /** There should be a place. False if another worker was faster: it then waits on, in the same place of the order. True in all other cases. */
  wake(): boolean;
  /** It waits no more, and whole seconds would serve it: too long, or `isDisplaced` by others who come before it. */
  expired(retryAfter: number, isDisplaced: boolean): void;
}

export interface WaitingRoomParts {
  readonly rules: QueueRules;
  /** Whether there seems to be a place. Asked often. */
  readonly hasRoom: () => boolean;
  /** How many exchanges of this worker the pool has in flight: so many are served at once. */
  readonly places: () => number;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly count: (event: WaitingEvent) => void;
  /** Somebody waits no more, who was queued so many milliseconds ago. */
  readonly ended?: (waited: number) => void;
  /** Other workers have some who wait too, and with one place more this one would have more than its share. Asked when there is a place. */
  readonly isBeyondShare?: () => boolean;
  /** Calls again and again until what it returned is called. */
  readonly repeat?: (look: () => void) => () => void;
}

/** `queued` for each who begins to wait, `expired` for each of them who is never served, `refused` for each who may not wait. */
export type WaitingEvent = 'queued' | 'expired' | 'refused';

/** Other workers give back places without a word: so often they are looked for, in milliseconds. */
const lookEvery = 5;
/** A place that is left to other workers is not looked for until they have. */
const leaveFor = 1.5 * lookEvery;
/** A worker that has more than its share leaves a place to others so often at most, since it is idle until they look. */
const leaveEvery = 100;
/** More than can wait. */
const everybody = 1_000_000;

function repeatByTimer(look: () => void): () => void {
  const timer = setInterval(look, lookEvery).unref();
  return () => clearInterval(timer);
}

export class WaitingRoom {
  /** Of the last `join` that returned false: there was no chance by the deadline, rather than no room to wait. */
  isTooLate = false;
  readonly #parts: WaitingRoomParts;
  readonly #queue: DeadlineQueue<Waiter>;
  readonly #admission = new Admission();
  readonly #standing: StandingQueue | undefined;
  readonly #repeat: (look: () => void) => () => void;
  readonly #look = (): void => this.look();
  #stop: (() => void) | undefined = undefined;
  #isServing = false;
  /** When a place was left to other workers, and when one of theirs was taken. */
  #leftAt = Number.NEGATIVE_INFINITY;
  #gotAt = Number.NEGATIVE_INFINITY;
  /** Who is being woken, as long as it waits. */
  #waking: Waiter | undefined = undefined;

  constructor(parts: WaitingRoomParts) {
    const { size, order, codel, priority } = parts.rules;
    this.#parts = parts;
    this.#queue = new DeadlineQueue({ size, order: order === 'adaptive' ? 'fifo' : order, classes: priority?.limits ?? [size] });
    this.#standing = codel && new StandingQueue(codel);
    this.#repeat = parts.repeat ?? repeatByTimer;
  }

  /** While somebody waits, whoever comes has to join: the places that become free are for those who wait. */
  get isEmpty(): boolean {
    return this.#queue.size === 0;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** Seconds after which those who wait now will have been served. */
  get retryAfter(): number {
    return this.#admission.retryAfter(this.#queue.size, this.#parts.places());
  }

  /**
   * Whether one may wait. It has to be over by the deadline, in milliseconds of the clock, or Infinity. Where there is a place after
   * all, it is woken before this returns.
   */
  join(waiter: Waiter, priority: number, deadline: number): boolean {
    this.leave(waiter);
    if (!this.#tryJoin(waiter, priority, deadline)) {
      // Nobody may have looked since other workers gave back places.
      this.#serve(0);
      if (!this.#tryJoin(waiter, priority, deadline)) {
        this.#parts.count('refused');
        return false;
      }
    }
    this.#parts.count('queued');
    this.#stop ??= this.#repeat(this.#look);
    const { displaced } = this.#queue;
    if (displaced !== undefined) this.#putOut(displaced);
    this.#serve(0);
    return true;
  }

  #tryJoin(waiter: Waiter, priority: number, deadline: number): boolean {
    const now = this.#parts.clock();
    this.#standing?.note(this.#queue.size, now);
    const until = Math.min(now + this.#mostWait(now), deadline - this.#admission.mostService);
    this.#followOrder(now);
    this.isTooLate = !this.#hasChance(priority, until, until - now);
    if (!this.isTooLate) waiter.ticket = this.#queue.join(waiter, priority, now, until);
    return waiter.ticket !== noTicket;
  }

  /** It waits no more, of its own will. Does nothing if it does not wait. */
  leave(waiter: Waiter): void {
    if (waiter.ticket === noTicket) return;
    this.#queue.leave(waiter.ticket, waiter);
    this.#forget(waiter);
  }

  /** One of this worker's places has become free: serves as many as there is room for. */
  freed(): void {
    this.#serve(1);
  }

  /** `own`: how many of the places that there may be were this worker's just now. */
  #serve(own: 0 | 1): void {
    // Who is served may be done at once, and so free its place again: the loop below sees to that.
    if (this.#isServing || this.#queue.size === 0) return;
    let most = this.#mostNow(own);
    this.#isServing = true;
    while (most-- > 0 && this.#queue.size > 0 && this.#parts.hasRoom() && this.#serveNext())
      if (own === 0) this.#gotAt = this.#parts.clock();
    this.#isServing = false;
  }

  /** Without this, a worker whose queue is never empty would keep its places for ever, and others would starve. */
  #mostNow(own: 0 | 1): number {
    const now = this.#parts.clock();
    if (now - this.#leftAt < leaveFor) return own;
    const mayLeave = now - Math.max(this.#leftAt, this.#gotAt) >= leaveEvery;
    if (!mayLeave || this.#parts.isBeyondShare?.() !== true || !this.#parts.hasRoom()) return everybody;
    this.#leftAt = now;
    return 0;
  }

  /** What happens without a word: time passes, and others free places. */
  look(): void {
    const now = this.#parts.clock();
    while (this.#queue.advanceLate(now)) this.#expire(this.#queue.item as Waiter);
    this.#serve(0);
    if (this.#queue.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  /** An exchange of this worker is over, which held its place for so many milliseconds. Not whole: it would have held it for longer. */
  learn(took: number, isWhole = true): void {
    if (isWhole) this.#admission.learn(took);
    else this.#admission.learnLonger(took);
  }

  #mostWait(now: number): number {
    const { timeout, codel } = this.#parts.rules;
    return codel !== undefined && this.#standing?.isStanding(now) === true ? Math.min(codel.target, timeout) : timeout;
  }

  #followOrder(now: number): void {
    if (this.#parts.rules.order === 'adaptive') this.#queue.order = this.#standing?.isStanding(now) === true ? 'lifo' : 'fifo';
  }

  #hasChance(priority: number, until: number, time: number): boolean {
    if (time <= 0) return false;
    const most = this.#admission.mostBefore(time, this.#parts.places());
    return most >= this.#queue.size || this.#queue.before(priority, until, most + 1) <= most;
  }

  /** False if there was no place after all. */
  #serveNext(): boolean {
    const now = this.#parts.clock();
    this.#followOrder(now);
    while (this.#queue.peek(now)) {
      // There is one, which the compiler cannot see.
      const waiter = this.#queue.item as Waiter;
      if (!this.#queue.isLate) return this.#wake(waiter);
      this.#queue.leave(waiter.ticket, waiter);
      this.#expire(waiter);
    }
    return false;
  }

  #wake(waiter: Waiter): boolean {
    this.#waking = waiter;
    const isServed = waiter.wake();
    // Meanwhile it may have left, have joined anew, or have made room for another.
    const isWaiting = this.#waking === waiter;
    this.#waking = undefined;
    if (isServed && isWaiting) this.leave(waiter);
    if (!isServed && waiter.ticket === noTicket) this.#expire(waiter, true);
    return isServed;
  }

  #putOut(waiter: Waiter): void {
    // One who is just being woken is told afterwards, if there was no place for it.
    if (this.#waking === waiter) this.#forget(waiter);
    else this.#expire(waiter, true);
  }

  #expire(waiter: Waiter, isDisplaced = false): void {
    this.#forget(waiter);
    this.#parts.count('expired');
    waiter.expired(this.retryAfter, isDisplaced);
  }

  /** It is out of the queue. */
  #forget(waiter: Waiter): void {
    const now = this.#parts.clock();
    if (waiter.ticket !== noTicket) this.#parts.ended?.(now - this.#queue.joinedAt);
    waiter.ticket = noTicket;
    if (this.#waking === waiter) this.#waking = undefined;
    this.#standing?.note(this.#queue.size, now);
  }
}
