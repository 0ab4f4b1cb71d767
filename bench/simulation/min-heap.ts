// Things by a number, the least first; those with the same number come out as they went in.

export class MinHeap<Item> {
  readonly #keys: number[] = [];
  readonly #turns: number[] = [];
  readonly #items: Item[] = [];
  #turn = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The least number; `Infinity` when there is none. */
  get least(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  /** What `take` would give. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  add(key: number, item: Item): void {
    this.#keys.push(key);
    this.#turns.push(this.#turn++);
    this.#items.push(item);
    let index = this.#items.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  take(): Item | undefined {
    const last = this.#items.length - 1;
    if (last < 0) return undefined;
    this.#swap(0, last);
    this.#keys.pop();
    this.#turns.pop();
    const taken = this.#items.pop();
    this.#sink(last);
    return taken;
  }

  #sink(size: number): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= size) return;
      const child = left + 1 < size && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, index)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  // All indices below are in range, which the compiler cannot see.
  #isBefore(one: number, other: number): boolean {
    const difference = (this.#keys[one] as number) - (this.#keys[other] as number);
    return difference < 0 || (difference === 0 && (this.#turns[one] as number) < (this.#turns[other] as number));
  }

  #swap(one: number, other: number): void {
    for (const list of [this.#keys, this.#turns] as const) {
      const number = list[one] as number;
      list[one] = list[other] as number;
      list[other] = number;
    }
    const item = this.#items[one] as Item;
    this.#items[one] = this.#items[other] as Item;
    this.#items[other] = item;
  }
}
