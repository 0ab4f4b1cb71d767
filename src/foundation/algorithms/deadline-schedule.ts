// Hot path. Weighted turns with weights that may change at any time: who is picked is due again 1 / weight later, and the earliest comes next.
// Earliest deadline first, as in Envoy's EDF scheduler and gRPC proposal A58. A weight is read anew for each turn, may be a fraction, and
// costs no rebuilding. A heap of as many places as indices; nothing is allocated for a turn.
import type { Random } from '../basics/random.ts';

/** What the index weighs now. With 0 or less it has no turn. */
export type WeightOf = (index: number) => number;

/** The place of an index that is not in the heap. */
const nowhere = -1;

export class DeadlineSchedule {
  readonly #weightOf: WeightOf;
  /** The indices that have turns, the next one first. */
  readonly #heap: Int32Array;
  /** Where each index stands in the heap. */
  readonly #places: Int32Array;
  readonly #deadlines: Float64Array;
  /** Equal deadlines are served in the order in which they were set. */
  readonly #orders: Float64Array;
  #size = 0;
  #order = 0;
  /** The deadline of the last turn: the time that weights are measured in. */
  #now = 0;

  /**
   * With `random`, each first deadline falls anywhere in the index's own interval, as gRPC has it: without, the heaviest index begins with
   * a row of turns, and all schedules of the same weights with the same one.
   */
  constructor(count: number, weightOf: WeightOf, random?: Random) {
    this.#weightOf = weightOf;
    this.#heap = new Int32Array(count);
    this.#places = new Int32Array(count).fill(nowhere);
    this.#deadlines = new Float64Array(count);
    this.#orders = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const weight = weightOf(index);
      if (weight > 0) this.#insert(index, random === undefined ? 1 / weight : random() / weight);
    }
  }

  /** The index whose turn it is, or -1 when none weighs anything. Whoever cannot serve it asks again: that index has lost its turn. */
  next(): number {
    while (this.#size > 0) {
      const index = this.#heap[0] as number;
      const weight = this.#weightOf(index);
      if (weight > 0) {
        this.#now = this.#deadlines[index] as number;
        this.#deadlines[index] = this.#now + 1 / weight;
        this.#orders[index] = this.#order++;
        this.#sink(index, 0);
        return index;
      }
      this.#removeFirst();
    }
    return -1;
  }

  /**
   * Lets a weight that has risen count at once. Without this it counts from the index's next turn on, and one that was 0 at a turn of the
   * index has none any more. A weight that falls needs nothing.
   */
  raise(index: number): void {
    const weight = this.#weightOf(index);
    if (!(weight > 0)) return;
    const deadline = this.#now + 1 / weight;
    const place = this.#places[index] as number;
    if (place === nowhere) {
      this.#insert(index, deadline);
    } else if (deadline < (this.#deadlines[index] as number)) {
      this.#deadlines[index] = deadline;
      this.#orders[index] = this.#order++;
      this.#rise(index, place);
    }
  }

  #insert(index: number, deadline: number): void {
    this.#deadlines[index] = deadline;
    this.#orders[index] = this.#order++;
    this.#rise(index, this.#size++);
  }

  #removeFirst(): void {
    this.#places[this.#heap[0] as number] = nowhere;
    this.#size--;
    if (this.#size > 0) this.#sink(this.#heap[this.#size] as number, 0);
  }

  /** Puts the index at a place that is free, or further up. Places and indices below are in range, which the compiler cannot see. */
  #rise(index: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] as number;
      if (this.#precedes(above, index)) break;
      this.#put(above, place);
      place = parent;
    }
    this.#put(index, place);
  }

  /** Puts the index at a place that is free, or further down. */
  #sink(index: number, from: number): void {
    const size = this.#size;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      let below = this.#heap[child] as number;
      if (child + 1 < size && this.#precedes(this.#heap[child + 1] as number, below)) below = this.#heap[++child] as number;
      if (this.#precedes(index, below)) break;
      this.#put(below, place);
      place = child;
    }
    this.#put(index, place);
  }

  #put(index: number, place: number): void {
    this.#heap[place] = index;
    this.#places[index] = place;
  }

  #precedes(one: number, other: number): boolean {
    const early = this.#deadlines[one] as number;
    const late = this.#deadlines[other] as number;
    return early < late || (early === late && (this.#orders[one] as number) < (this.#orders[other] as number));
  }
}
