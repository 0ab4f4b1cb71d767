// Hot path. The candidate of the least cost: of all, or of a few that are drawn by weight, none of them twice in a row.
// A few come close to all without the look at each (M. Mitzenmacher, IEEE TPDS 12(10), 2001), and two balancers seldom agree on the same one.
// Now and then a pick is a mere draw, so that what was learned of an endpoint is put to the test even if it never looks worth a pick.
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Random } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Candidates, PolicyTools } from '../policy.ts';

/**
 * What it would cost, in any unit, to pick the candidate at an index now: finite and not below 0. Finds the time at `nowAt` and leaves the cost at
 * `costAt`: a number with a fraction that a function takes or gives back may be put on the heap, one that stands in an array never is.
 */
export type Cost = (index: number, weighing: Float64Array) => void;
export const nowAt = 0;
export const costAt = 1;
/** What the last pick cost that was made for its cost. */
const pickedCostAt = 2;

export interface Choosing {
  /** So many are drawn and compared; all candidates are when there are no more than that. */
  readonly choices: number;
  /** The chance that a pick is a draw by weight, whatever the costs. */
  readonly explore: number;
}

/** After so many draws of the same candidate it is so heavy that it may well be compared with nothing. */
const redraws = 4;

export class CheapestChoice {
  readonly #candidates: Candidates;
  readonly #cost: Cost;
  readonly #random: Random;
  readonly #now: () => number;
  readonly #chances: WeightedDraw;
  readonly #explore: number;
  readonly #choices: number;
  readonly #heaviest: number;
  readonly #weighing = new Float64Array(3);

  constructor(candidates: Candidates, cost: Cost, tools: PolicyTools, choosing: Choosing) {
    this.#candidates = candidates;
    this.#cost = cost;
    this.#random = tools.random;
    this.#now = tools.now;
    this.#chances = new WeightedDraw(candidates.map(({ weight }) => weight));
    this.#explore = choosing.explore;
    this.#choices = choosing.choices;
    this.#heaviest = heaviestOf(candidates);
  }

  /** What an idle candidate may need at most, where cost is by load, to be picked instead of the one that was picked last. */
  get price(): number {
    // The place exists, which the compiler cannot see.
    return (this.#weighing[pickedCostAt] as number) * this.#heaviest;
  }

  next(): Endpoint {
    if (this.#explore > 0 && this.#random() < this.#explore) return itemAt(this.#candidates, this.#chances.draw(this.#random));
    this.#weighing[nowAt] = this.#now();
    return this.#choices < this.#candidates.length ? this.#cheapestOfDrawn() : this.#cheapestOfAll();
  }

  #cheapestOfDrawn(): Endpoint {
    let best = this.#chances.draw(this.#random);
    this.#cost(best, this.#weighing);
    // The place exists, which the compiler cannot see; so it is below.
    let bestCost = this.#weighing[costAt] as number;
    for (let choice = 1; choice < this.#choices; choice++) {
      const other = this.#drawOther(best);
      this.#cost(other, this.#weighing);
      const cost = this.#weighing[costAt] as number;
      // A tie goes to the one drawn first, which is as fair as the draw.
      if (cost >= bestCost) continue;
      best = other;
      bestCost = cost;
    }
    this.#weighing[pickedCostAt] = bestCost;
    return itemAt(this.#candidates, best);
  }

  #drawOther(than: number): number {
    let other = than;
    for (let draw = 0; draw < redraws && other === than; draw++) other = this.#chances.draw(this.#random);
    return other;
  }

  #cheapestOfAll(): Endpoint {
    let best: Endpoint = this.#candidates[0];
    this.#cost(0, this.#weighing);
    let bestCost = this.#weighing[costAt] as number;
    let tiedWeight = best.weight;
    for (let index = 1; index < this.#candidates.length; index++) {
      this.#cost(index, this.#weighing);
      const cost = this.#weighing[costAt] as number;
      if (cost > bestCost) continue;

      // Each of those that tie takes over with its share of their weight, which leaves every one with a fair chance in a single pass.
      const endpoint = itemAt(this.#candidates, index);
      tiedWeight = cost === bestCost ? tiedWeight + endpoint.weight : endpoint.weight;
      if (cost === bestCost && this.#random() * tiedWeight >= endpoint.weight) continue;
      best = endpoint;
      bestCost = cost;
    }
    this.#weighing[pickedCostAt] = bestCost;
    return best;
  }
}

/**
 * What one more request costs at each candidate: its expected time, for as many requests as there would be then, by weight. One that is idle
 * counts as heavy as the heaviest: all that are idle are equally free, and the heaviest alone would get everything while there is little to do
 * (HAProxy's leastconn has the same rule).
 */
export function costByLoad(candidates: Candidates, expected: Cost): Cost {
  const heaviest = heaviestOf(candidates);
  return (index, weighing) => {
    expected(index, weighing);
    const { load, weight } = itemAt(candidates, index);
    const { inFlight } = load;
    weighing[costAt] = ((weighing[costAt] as number) * (inFlight + 1)) / (inFlight > 0 ? weight : heaviest);
  };
}

const heaviestOf = (candidates: Candidates): number => candidates.reduce((most, { weight }) => Math.max(most, weight), 0);
