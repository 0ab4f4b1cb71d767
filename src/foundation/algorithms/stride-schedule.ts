// Hot path. Weighted turns for any number of indices: each generation passes over all of them, and index i is taken in `stride` of 65,535.
// The static stride scheduler of gRPC proposal A58. Its test `(stride * generation + offset) mod K >= K - stride` is kept as a running
// remainder for each index: adding the stride overflows K exactly when the test holds, and no division is left.

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

/** Never 0 for a weight above 0, however light: it would not be asked at all. */
function strideOf(weight: number, heaviest: number): number {
  if (weight <= 0) return 0;
  return Math.max(1, Math.round((generations * weight) / heaviest));
}
