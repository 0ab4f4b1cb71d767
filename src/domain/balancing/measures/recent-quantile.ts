// Hot path. A quantile of the last so many values, exact: the values are kept in their order of age and in their order of size.
// Taking in a value moves what lies between its place and that of the one which leaves, a few dozen numbers at most; a quantile is one look.
// Values come from an array: a fraction that is handed to a function may become an object on the heap.

export class RecentQuantile {
  readonly #byAge: Float64Array;
  readonly #bySize: Float64Array;
  #count = 0;
  #oldest = 0;

  constructor(size: number) {
    this.#byAge = new Float64Array(size);
    this.#bySize = new Float64Array(size);
  }

  get count(): number {
    return this.#count;
  }

  addFrom(values: Float64Array, at: number): void {
    const byAge = this.#byAge;
    // All indices of this class are in range, which the compiler cannot see.
    const value = values[at] as number;
    let place = this.#count;
    if (place === byAge.length) place = this.#placeOf(this.#oldest);
    else this.#count++;
    byAge[this.#oldest] = value;
    this.#oldest = this.#oldest + 1 === byAge.length ? 0 : this.#oldest + 1;
    this.#bySize[place] = value;
    this.#sift(place);
  }

  clear(): void {
    this.#count = 0;
    this.#oldest = 0;
  }

  /** The least value that a share of the values, above 0, does not pass. NaN while there is none. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.ceil(share * this.#count) - 1;
    return this.#bySize[Math.max(rank, 0)] as number;
  }

  /** Moves the value in a place, the only one out of order, to where it belongs. */
  #sift(from: number): void {
    const sorted = this.#bySize;
    const value = sorted[from] as number;
    let at = from;
    for (; at > 0 && (sorted[at - 1] as number) > value; at--) sorted[at] = sorted[at - 1] as number;
    for (; at + 1 < this.#count && (sorted[at + 1] as number) < value; at++) sorted[at] = sorted[at + 1] as number;
    sorted[at] = value;
  }

  /** Where the value of an age stands among the sorted ones: the first of those that are equal. */
  #placeOf(age: number): number {
    const value = this.#byAge[age] as number;
    let first = 0;
    let last = this.#count - 1;
    while (first < last) {
      const middle = (first + last) >> 1;
      if ((this.#bySize[middle] as number) < value) first = middle + 1;
      else last = middle;
    }
    return first;
  }
}
