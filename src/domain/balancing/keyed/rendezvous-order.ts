// Hot path. A key's endpoints by their rendezvous scores, the highest first. Any part of the endpoints has the order that it has among all.
import type { RendezvousScores } from '../../../foundation/algorithms/rendezvous-scores.ts';
import type { KeyOrder } from './key-order.ts';

export class RendezvousOrder implements KeyOrder {
  readonly #scores: RendezvousScores;
  /** Of the key, once a second endpoint is asked for; infinite for those that came already. */
  readonly #costs: Float64Array;
  #isRanked = false;
  #place = 0;

  constructor(scores: RendezvousScores, count: number) {
    this.#scores = scores;
    this.#costs = new Float64Array(count);
  }

  first(key: string): number {
    this.begin(key);
    this.#place = this.#scores.best();
    return this.#place;
  }

  /** Takes the key without asking for its first endpoint, which then comes with `next`. */
  begin(key: string): void {
    this.#scores.begin(key);
    this.#isRanked = false;
    this.#place = -1;
  }

  next(): number {
    if (!this.#isRanked) {
      this.#scores.rank(this.#costs);
      this.#isRanked = true;
    }
    if (this.#place >= 0) this.#costs[this.#place] = Number.POSITIVE_INFINITY;
    this.#place = this.#cheapest();
    return this.#place;
  }

  /** Negative when all came. */
  #cheapest(): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < this.#costs.length; place++) {
      // The place is in range, which the compiler cannot see.
      const cost = this.#costs[place] as number;
      if (cost >= least) continue;
      least = cost;
      best = place;
    }
    return best;
  }
}
