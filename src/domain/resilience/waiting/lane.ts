// Hot path. Those of one priority class who wait: by deadline from both ends, and by arrival from both ends. A lane knows slots; who waits in
// a slot is the queue's affair.
import { noSlot, SlotHeap } from './slot-heap.ts';

/** Who is served next: the earliest deadline, who came first, or who came last. */
export const orders = ['deadline', 'fifo', 'lifo'] as const;
export type Order = (typeof orders)[number];

/** Arrays over all slots of a queue, which its lanes share: a slot is in one lane at a time. */
export interface Slots {
  readonly deadlines: Float64Array;
  /** The number of each arrival. */
  readonly arrivals: Float64Array;
  readonly before: Int32Array;
  readonly after: Int32Array;
}

export class Lane {
  /** The most that may wait in this lane. */
  readonly most: number;
  readonly #slots: Slots;
  readonly #soonest: SlotHeap;
  readonly #latest: SlotHeap;
  #oldest = noSlot;
  #newest = noSlot;

  constructor(most: number, slots: Slots) {
    this.most = most;
    this.#slots = slots;
    this.#soonest = new SlotHeap('least', slots.deadlines, slots.arrivals);
    this.#latest = new SlotHeap('greatest', slots.deadlines, slots.arrivals);
  }

  get size(): number {
    return this.#soonest.size;
  }

  /** The slot with the earliest deadline, or -1. */
  get soonest(): number {
    return this.#soonest.first;
  }

  /** The slot to be served next, or -1. */
  next(order: Order): number {
    if (order === 'deadline') return this.#soonest.first;
    return order === 'fifo' ? this.#oldest : this.#newest;
  }

  /** The slot to be served last, or -1: it makes room. */
  last(order: Order): number {
    if (order === 'deadline') return this.#latest.first;
    return order === 'fifo' ? this.#newest : this.#oldest;
  }

  /** How many would be served before one who joins now, counted up to `most`. */
  before(order: Order, deadline: number, most: number): number {
    if (order === 'lifo') return 0;
    // Most often the newcomer has the latest deadline of all.
    const last = this.#latest.first;
    const isLast = last === noSlot || (this.#slots.deadlines[last] as number) <= deadline;
    return isLast || order === 'fifo' ? Math.min(this.size, most) : this.#soonest.countUpTo(deadline, most);
  }

  add(slot: number): void {
    const { before, after } = this.#slots;
    before[slot] = this.#newest;
    after[slot] = noSlot;
    if (this.#newest === noSlot) this.#oldest = slot;
    else after[this.#newest] = slot;
    this.#newest = slot;
    this.#soonest.add(slot);
    this.#latest.add(slot);
  }

  remove(slot: number): void {
    const { before, after } = this.#slots;
    // Slots are in range, which the compiler cannot see.
    const older = before[slot] as number;
    const newer = after[slot] as number;
    if (older === noSlot) this.#oldest = newer;
    else after[older] = newer;
    if (newer === noSlot) this.#newest = older;
    else before[newer] = older;
    this.#soonest.remove(slot);
    this.#latest.remove(slot);
  }
}
