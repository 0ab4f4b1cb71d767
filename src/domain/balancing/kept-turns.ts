// Hot path. Turns of one worker that go on where they were when endpoints or weights change: nobody has two turns in a row because a cycle
// was begun anew, and nobody is passed over. Plain turns for equal weights, otherwise smooth ones as nginx has them.
import { SmoothWeights } from '../../foundation/algorithms/smooth-weights.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Candidates, PolicyTools } from './policy.ts';

export interface Turns {
  /** The index of the candidate whose turn it is. */
  next(): number;
  /** How many turns a candidate should have had by now and has not; below 0 when it had one early. */
  owedTo(index: number): number;
}

/** What is remembered for an endpoint: where it stands in the turns that were last made with it. */
interface Place {
  turns: Turns | undefined;
  index: number;
  /** Grows with each making, so that what an endpoint was owed before it went away can be told from what is owed now. */
  made: number;
}

/** The first turns of all begin anywhere, so that balancers started together do not all ask the same endpoint first. */
export function keptTurns(candidates: Candidates, { random, remember }: Pick<PolicyTools, 'random' | 'remember'>): Turns {
  const places = candidates.map((endpoint) => remember(endpoint, (): Place => ({ turns: undefined, index: 0, made: 0 })));
  const last = places.reduce((most, { made }) => Math.max(most, made), 0);
  const isEqual = candidates.every(({ weight }) => weight === candidates[0].weight);
  const turns = isEqual ? new PlainTurns(candidates.length) : new SmoothTurns(candidates.map(({ weight }) => weight));
  if (last > 0) turns.owe(owedNow(places, last));
  else turns.beginAnywhere(random);
  places.forEach((place, index) => {
    place.turns = turns;
    place.index = index;
    place.made = last + 1;
  });
  return turns;
}

/**
 * What each candidate is owed; newcomers nothing, and those that were away neither. Where some have left, what the others are owed is moved to
 * add up to 0 again, or newcomers would stand in front of all others or behind them.
 */
function owedNow(places: readonly Place[], last: number): readonly number[] {
  const owed = places.map(({ turns, index, made }) => (made === last ? turns?.owedTo(index) : undefined));
  const stayed = owed.filter((one) => one !== undefined);
  const excess = stayed.reduce((sum, one) => sum + one, 0) / stayed.length;
  return owed.map((one) => (one === undefined ? 0 : one - excess));
}

class PlainTurns implements Turns {
  readonly #count: number;
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  next(): number {
    const index = this.#next;
    this.#next = index + 1 === this.#count ? 0 : index + 1;
    return index;
  }

  owedTo(index: number): number {
    return this.#next / this.#count - (index < this.#next ? 1 : 0);
  }

  /** Goes on with the one that is owed most; the first of the list when all are owed the same. */
  owe(owed: readonly number[]): void {
    this.#next = owed.reduce((most, one, index) => (one > (owed[most] as number) ? index : most), 0);
  }

  beginAnywhere(random: Random): void {
    this.#next = Math.floor(random() * this.#count);
  }
}

class SmoothTurns implements Turns {
  readonly #turns: SmoothWeights;
  readonly #total: number;

  constructor(weights: readonly number[]) {
    this.#turns = new SmoothWeights(weights);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  next(): number {
    return this.#turns.next();
  }

  owedTo(index: number): number {
    // The index is in range, which the compiler cannot see.
    return (this.#turns.current[index] as number) / this.#total;
  }

  /** A turn at most, whatever came together: nobody makes up for the past in a row of turns. */
  owe(owed: readonly number[]): void {
    owed.forEach((one, index) => {
      this.#turns.current[index] = Math.min(Math.max(one, -1), 1) * this.#total;
    });
  }

  /** A few turns taken in advance put the start somewhere in the cycle. */
  beginAnywhere(random: Random): void {
    for (let skip = Math.floor(random() * 4 * this.#turns.current.length); skip > 0; skip--) this.#turns.next();
  }
}
