// Hot path. Weighted turns without bursts: over any cycle of W = sum of weights turns, index i comes exactly weight i times, evenly spread.
// Smooth weighted round robin, as nginx does it.
// One pass over all indices for each turn: made for a few dozen of them. See stride-schedule.ts for more.

export class SmoothWeights {
  readonly #weights: Float64Array;
  /** How far each index is ahead of its share, in weights. Adds up to 0 after every turn. */
  readonly #current: Float64Array;
  readonly #total: number;

  constructor(weights: readonly number[]) {
    this.#weights = Float64Array.from(weights);
    this.#current = new Float64Array(weights.length);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** The index whose turn it is. An index of weight 0 has none. */
  next(): number {
    const weights = this.#weights;
    const current = this.#current;
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < current.length; index++) {
      // The index is in range, which the compiler cannot see.
      const value = (current[index] as number) + (weights[index] as number);
      current[index] = value;
      // Only what is strictly greater takes over: equal ones keep the order of the list.
      if (value > most) {
        most = value;
        best = index;
      }
    }
    current[best] = most - this.#total;
    return best;
  }
}
