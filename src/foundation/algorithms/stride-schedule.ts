// Hot path. Weighted turns for any number of indices: each generation passes over all of them, and index i is taken in `stride` of 65,535.
// The static stride scheduler of gRPC proposal A58. Its test `(stride * generation + offset) mod K >= K - stride` is kept as a running
// remainder for each index: adding the stride overflows K exactly when the test holds, and no division is left. Threads that take their turns
// from one sequence have no remainder of their own and compute the test.

/** K: the resolution of weights. The heaviest index has this stride and is taken in every generation. */
const generations = 65_535;
/** Offsets half a turn apart keep heavy neighbours from coming in the same generations. */
const offsetStep = Math.floor(generations / 2);

export class StrideSchedule {
  readonly #strides: Int32Array;
  readonly #remainders: Int32Array;
  #index = 0;

  /** Needs one weight above 0. `generation`, 0 to 65,534, is where to start: many that start together should start apart. */
  constructor(weights: readonly number[], generation = 0) {
    const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    this.#strides = Int32Array.from(weights, (weight) => strideOf(weight, heaviest));
    this.#remainders = this.#strides.map((stride, index) => (stride * generation + index * offsetStep) % generations);
  }

  /** The index whose turn it is. Passes over each index once at most, because the heaviest one is never passed over. */
  next(): number {
    const strides = this.#strides;
    const remainders = this.#remainders;
    const count = strides.length;
    for (;;) {
      const index = this.#index;
      this.#index = index + 1 === count ? 0 : index + 1;
      // The index is in range, which the compiler cannot see.
      const sum = (remainders[index] as number) + (strides[index] as number);
      if (sum >= generations) {
        remainders[index] = sum - generations;
        return index;
      }
      remainders[index] = sum;
    }
  }
}

/** The same turns for several threads: each turn goes to one of them, whichever asks. Nobody waits; the sequence number is all they share. */
export class SharedStrideSchedule {
  readonly #strides: Int32Array;
  readonly #offsets: Int32Array;
  readonly #sequence: Int32Array;
  readonly #at: number;

  /**
   * Needs one weight above 0, and the same weights in all threads. The sequence number stands in `sequence[at]`, in shared memory; what
   * stands there at first is where the turns start. It begins anew after 2^32 places, where the turns make one jump.
   */
  constructor(weights: readonly number[], sequence: Int32Array, at: number) {
    const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    this.#strides = Int32Array.from(weights, (weight) => strideOf(weight, heaviest));
    this.#offsets = this.#strides.map((_stride, index) => (index * offsetStep) % generations);
    this.#sequence = sequence;
    this.#at = at;
  }

  /** The index whose turn it is. Every index that is passed over costs one access to the shared number. */
  next(): number {
    const strides = this.#strides;
    const count = strides.length;
    for (;;) {
      const place = Atomics.add(this.#sequence, this.#at, 1) >>> 0;
      const generation = Math.floor(place / count);
      const index = place - generation * count;
      // The index is in range, which the compiler cannot see.
      if (hasTurn(strides[index] as number, generation, this.#offsets[index] as number, generations)) return index;
    }
  }
}

/** Turns for equal weights: 0, 1, 2 and so on up to `count`, and again, whichever thread asks. */
export class SharedTurns {
  readonly #count: number;
  readonly #sequence: Int32Array;
  readonly #at: number;

  /** As many turns as stand in `sequence[at]`, in shared memory, are over already. */
  constructor(count: number, sequence: Int32Array, at: number) {
    this.#count = count;
    this.#sequence = sequence;
    this.#at = at;
  }

  next(): number {
    return (Atomics.add(this.#sequence, this.#at, 1) >>> 0) % this.#count;
  }
}

/**
 * The test of the proposal for a resolution of up to 65,535 generations, the offset already less than that. Taking the remainder of the
 * generation first changes nothing and keeps every number below 2^32.
 */
export function hasTurn(stride: number, generation: number, offset: number, resolution: number): boolean {
  const sum = (Math.imul(stride, generation % resolution) + offset) >>> 0;
  return sum % resolution >= resolution - stride;
}

/** Never 0 for a weight above 0, however light: it would not be asked at all. */
function strideOf(weight: number, heaviest: number): number {
  if (weight <= 0) return 0;
  return Math.max(1, Math.round((generations * weight) / heaviest));
}
