// Hot path. Who waits for a place at the pool: earliest deadline first (C. L. Liu and J. W. Layland, JACM 1973), or by arrival. Classes of
// priority come one after the other, each with a limit of its own. When all is full, who would be served last makes room for who comes
// before. Whoever waited too long is told so and never served; all places are made beforehand, and waiting allocates nothing.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Order, Slots } from './lane.ts';
import { Lane } from './lane.ts';
import { noSlot } from './slot-heap.ts';

export interface QueueShape {
  readonly size: number;
  readonly order: Order;
  /** The most that may wait of each class, the most important class first. */
  readonly classes: readonly number[];
}

/** The ticket of one who may not wait. */
export const refused = -1;

export class DeadlineQueue<Item> {
  /** May be changed at any time: it says who comes next, not who waits. */
  order: Order;
  /** Who was put out by the last `join`, if it put out anybody. */
  displaced: Item | undefined;
  /** Who was found by the last `advance` or `peek`, and whether the deadline was missed. */
  item: Item | undefined;
  isLate = false;
  /** When `item` joined, or whoever was taken out since. */
  joinedAt = 0;

  readonly #items: (Item | undefined)[];
  readonly #slots: Slots;
  readonly #joinedAt: Float64Array;
  readonly #laneOf: Uint8Array;
  readonly #lanes: readonly Lane[];
  readonly #free: Int32Array;
  #freeCount: number;
  #arrival = 0;

  constructor({ size, order, classes }: QueueShape) {
    this.order = order;
    this.#items = new Array<Item | undefined>(size).fill(undefined);
    this.#slots = {
      deadlines: new Float64Array(size),
      arrivals: new Float64Array(size),
      before: new Int32Array(size),
      after: new Int32Array(size),
    };
    this.#joinedAt = new Float64Array(size);
    this.#laneOf = new Uint8Array(size);
    this.#lanes = classes.map((most) => new Lane(most, this.#slots));
    this.#free = Int32Array.from({ length: size }, (_, slot) => size - 1 - slot);
    this.#freeCount = size;
  }

  get size(): number {
    return this.#items.length - this.#freeCount;
  }

  /**
   * The ticket of one who waits from now on, or -1 for one who may not. Who had to make room is in `displaced` then and waits no more.
   * Times are in milliseconds; a class that there is not is the last one.
   */
  join(item: Item, priority: number, now: number, deadline: number): number {
    this.displaced = undefined;
    const index = priority < this.#lanes.length ? priority : this.#lanes.length - 1;
    const lane = itemAt(this.#lanes, index);
    const hasRoom =
      lane.size < lane.most
        ? this.#freeCount > 0 || this.#makeRoom(this.#leastImportant(), index, deadline)
        : this.#makeRoom(index, index, deadline);
    if (!hasRoom) return refused;

    // Indices of slots are in range from here on, which the compiler cannot see.
    const slot = this.#free[--this.#freeCount] as number;
    this.#items[slot] = item;
    this.#slots.deadlines[slot] = deadline;
    this.#slots.arrivals[slot] = this.#arrival++;
    this.#joinedAt[slot] = now;
    this.#laneOf[slot] = index;
    lane.add(slot);
    return slot;
  }

  /**
   * Takes out who comes next, and false if there is nobody. `isLate` says of one who cannot be served by the deadline any more if that begins
   * now (`now` with the time that serving takes at least): to be told, not served, and the next one asked for.
   */
  advance(now: number): boolean {
    return this.#takeOut(this.#next(), now);
  }

  /** As `advance`, but whoever comes next goes on waiting: for those who may come back from a place that was none. */
  peek(now: number): boolean {
    return this.#find(this.#next(), now);
  }

  /** Takes out one who is late, wherever it stands, and false if there is none: for a timer, while no place is free. */
  advanceLate(now: number): boolean {
    return this.#takeOut(this.#late(now), now);
  }

  /** Who joined with this ticket waits no more. False if that was so before: the place may be another's by now. */
  leave(ticket: number, item: Item): boolean {
    if (this.#items[ticket] !== item) return false;
    this.#remove(ticket);
    return true;
  }

  /** How many would be served before one who joins now, counted up to `most`. */
  before(priority: number, deadline: number, most: number): number {
    const own = Math.min(priority, this.#lanes.length - 1);
    let count = 0;
    for (let index = 0; index < own; index++) count += itemAt(this.#lanes, index).size;
    return count >= most ? most : count + itemAt(this.#lanes, own).before(this.order, deadline, most - count);
  }

  #next(): number {
    let slot = noSlot;
    for (let index = 0; slot === noSlot && index < this.#lanes.length; index++) slot = itemAt(this.#lanes, index).next(this.order);
    return slot;
  }

  #find(slot: number, now: number): boolean {
    this.item = slot === noSlot ? undefined : this.#items[slot];
    if (slot === noSlot) return false;
    this.joinedAt = this.#joinedAt[slot] as number;
    this.isLate = (this.#slots.deadlines[slot] as number) <= now;
    return true;
  }

  #takeOut(slot: number, now: number): boolean {
    if (!this.#find(slot, now)) return false;
    this.#remove(slot);
    return true;
  }

  #late(now: number): number {
    for (let index = 0; index < this.#lanes.length; index++) {
      const slot = itemAt(this.#lanes, index).soonest;
      if (slot !== noSlot && (this.#slots.deadlines[slot] as number) <= now) return slot;
    }
    return noSlot;
  }

  #leastImportant(): number {
    let index = this.#lanes.length - 1;
    while (index > 0 && itemAt(this.#lanes, index).size === 0) index--;
    return index;
  }

  /** Puts out the last one of a lane if the newcomer of another or the same would be served before. */
  #makeRoom(from: number, newcomer: number, deadline: number): boolean {
    const slot = itemAt(this.#lanes, from).last(this.order);
    if (slot === noSlot || from < newcomer) return false;
    if (from === newcomer && !this.#comesBefore(deadline, slot)) return false;
    this.displaced = this.#items[slot];
    this.#remove(slot);
    return true;
  }

  #comesBefore(deadline: number, slot: number): boolean {
    if (this.order === 'deadline') return deadline < (this.#slots.deadlines[slot] as number);
    return this.order === 'lifo';
  }

  #remove(slot: number): void {
    this.joinedAt = this.#joinedAt[slot] as number;
    itemAt(this.#lanes, this.#laneOf[slot] as number).remove(slot);
    this.#items[slot] = undefined;
    this.#free[this.#freeCount++] = slot;
  }
}
