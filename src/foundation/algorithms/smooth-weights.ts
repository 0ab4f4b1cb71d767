// Hot path. Weighted turns without bursts: over any cycle of W = sum of weights turns, index i comes exactly weight i times, evenly spread.
// Smooth weighted round robin, as nginx does it (ngx_http_upstream_round_robin.c), with weights that shrink on failures and recover.
// One pass over all indices for each turn: made for a few dozen of them. See stride-schedule.ts for more.

export class SmoothWeights {
  /** What each index is owed, W for a whole turn; below 0, what it has had in advance. Adds up to 0, but for the rounding of decimals. */
  readonly current: Float64Array;
  readonly #weights: Float64Array;
  /** What failures have left of the weights. */
  readonly #effective: Float64Array;
  readonly #total: number;
  /** Some effective weight is below its weight, so that a turn has more to do. */
  #weakened = false;

  constructor(weights: readonly number[]) {
    this.current = new Float64Array(weights.length);
    this.#weights = Float64Array.from(weights);
    this.#effective = Float64Array.from(weights);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** The index whose turn it is. An index of weight 0 has none. */
  next(): number {
    if (this.#weakened) return this.#recover(-1);
    const weights = this.#weights;
    const current = this.current;
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < current.length; index++) {
      // The index is in range, which the compiler cannot see. The same below.
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

  /**
   * Counts a turn for an index that was chosen by something else, such as a session, so that `next` gives the others what they missed. A
   * row of them stops counting once the index has had one in advance: nobody would be owed more and more without end.
   */
  take(index: number): void {
    // Otherwise it has had as much in advance already as the first turn of a cycle leaves it with.
    const counts = (this.current[index] as number) > (this.#weights[index] as number) - this.#total;
    if (counts) this.#recover(index);
  }

  /** Shrinks a weight by one of `maxFails` parts. It grows back by 1 each turn. With 0 failures do not count. */
  failed(index: number, maxFails: number): void {
    if (maxFails === 0) return;
    const part = Math.floor((this.#weights[index] as number) / maxFails);
    this.#effective[index] = Math.max(0, (this.#effective[index] as number) - part);
    this.#weakened = true;
  }

  /** What failures have left of a weight. */
  effectiveWeight(index: number): number {
    return this.#effective[index] as number;
  }

  /** A turn by the effective weights, for an index that is given or, with -1, for the one whose turn it is. */
  #recover(given: number): number {
    const effective = this.#effective;
    const current = this.current;
    let best = given;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    let weakened = false;
    for (let index = 0; index < current.length; index++) {
      const weight = this.#weights[index] as number;
      const share = effective[index] as number;
      const value = (current[index] as number) + share;
      current[index] = value;
      total += share;
      if (share < weight) effective[index] = Math.min(weight, share + 1);
      weakened ||= share + 1 < weight;
      // While all others have failed nothing may be above 0, and an index without weight would look like the best.
      if (given < 0 && weight > 0 && value > most) {
        most = value;
        best = index;
      }
    }
    this.#weakened = weakened;
    current[best] = (current[best] as number) - total;
    return best;
  }
}
