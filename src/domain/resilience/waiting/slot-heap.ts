// Hot path. A binary heap of slots: small numbers whose keys stand in an array outside, equal ones in the order of another. Any slot can be
// taken out, not only the first, because each one's place is known. Nothing is allocated once it is made.

/** What is returned where there is no slot. */
export const noSlot = -1;

export class SlotHeap {
  readonly #keys: Float64Array;
  readonly #orders: Float64Array;
  readonly #heap: Int32Array;
  readonly #places: Int32Array;
  readonly #sign: 1 | -1;
  #size = 0;

  /** With `least` the smallest key comes first, and of equal ones the smallest order; with `greatest` the exact reverse. */
  constructor(first: 'least' | 'greatest', keys: Float64Array, orders: Float64Array) {
    this.#sign = first === 'least' ? 1 : -1;
    this.#keys = keys;
    this.#orders = orders;
    this.#heap = new Int32Array(keys.length);
    this.#places = new Int32Array(keys.length);
  }

  get size(): number {
    return this.#size;
  }

  /** The slot that comes first, or -1. All indices below are in range, which the compiler cannot see. */
  get first(): number {
    return this.#size === 0 ? noSlot : (this.#heap[0] as number);
  }

  /** How many have this key or one that comes before it, counted up to `most`: it looks at hardly more than it counts. */
  countUpTo(key: number, most: number): number {
    return this.#countFrom(0, key, most);
  }

  /** Its key and order are set before, and not changed until it is removed. */
  add(slot: number): void {
    this.#rise(slot, this.#size++);
  }

  /** Takes out a slot that is in the heap. */
  remove(slot: number): void {
    const place = this.#places[slot] as number;
    this.#size--;
    if (place === this.#size) return;
    const last = this.#heap[this.#size] as number;
    const isEarlier = place > 0 && this.#precedes(last, this.#heap[(place - 1) >> 1] as number);
    if (isEarlier) this.#rise(last, place);
    else this.#sink(last, place);
  }

  #countFrom(place: number, key: number, most: number): number {
    if (place >= this.#size || most <= 0) return 0;
    const own = this.#keys[this.#heap[place] as number] as number;
    if (this.#sign === 1 ? own > key : own < key) return 0;
    const left = 1 + this.#countFrom(2 * place + 1, key, most - 1);
    return left + this.#countFrom(2 * place + 2, key, most - left);
  }

  #rise(slot: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] as number;
      if (this.#precedes(above, slot)) break;
      this.#put(above, place);
      place = parent;
    }
    this.#put(slot, place);
  }

  #sink(slot: number, from: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      let below = this.#heap[child] as number;
      if (child + 1 < this.#size && this.#precedes(this.#heap[child + 1] as number, below)) below = this.#heap[++child] as number;
      if (this.#precedes(slot, below)) break;
      this.#put(below, place);
      place = child;
    }
    this.#put(slot, place);
  }

  #put(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }

  #precedes(one: number, other: number): boolean {
    const first = this.#keys[one] as number;
    const second = this.#keys[other] as number;
    if (first !== second) return this.#sign === 1 ? first < second : first > second;
    const isOlder = (this.#orders[one] as number) < (this.#orders[other] as number);
    return this.#sign === 1 ? isOlder : !isOlder;
  }
}
