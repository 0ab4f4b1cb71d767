// Whether a worker itself is overloaded: by how late its timers are, smoothed so that one pause, however long, is not yet overload, and by how
// much of the memory is in use. Delay only says in which direction to go, for nobody knows how much a request delays the others; memory says
// itself for how much there is room, as in the scaled triggers of Envoy's overload manager.
import type { Milliseconds } from '../../foundation/basics/units.ts';

export interface OverloadRules {
  /** Timers may be so late on average. Infinity for any time. */
  readonly delay: Milliseconds;
  /** The share of the memory that may be in use. Infinity for any. */
  readonly memory: number;
  /** Whose value is the class of a request: 0 for the most important. In small letters. */
  readonly priority?: string;
}

/** What follows: to shed more than before, as much, or less. */
export const pressure = { more: 1, same: 0, less: -1 } as const;
export type Pressure = (typeof pressure)[keyof typeof pressure];

/** The weight of a new delay. */
const freshness = 0.3;
/** No delay counts for more than so many times the limit: by itself it stays below the limit then. */
const mostOfOne = 3;
/** It is well again below this share of the limit; between the two nothing is changed, so that it does not swing. */
const goodDelay = 0.5;
/** Refusing everything would not empty the memory any sooner, and a worker that seems full for good would never serve again. */
const leastRoom = 0.1;

export class Lateness {
  #rules: OverloadRules;
  #delay = 0;
  #last = 0;
  #before = 0;
  #memory = 0;

  constructor(rules: OverloadRules) {
    this.#rules = rules;
  }

  /** Other limits from now on, for what is known already. */
  adopt(rules: OverloadRules): void {
    this.#rules = rules;
  }

  /** How late timers are on average. */
  get delay(): number {
    return this.#delay;
  }

  /** The share of the memory that was in use when it was looked at. */
  get memory(): number {
    return this.#memory;
  }

  /** A timer that comes regularly was so many milliseconds late. */
  addDelay(late: number): void {
    this.#before = this.#last;
    this.#last = Math.max(0, late);
    const counted = Math.min(this.#last, mostOfOne * this.#rules.delay);
    this.#delay += freshness * (counted - this.#delay);
  }

  /** Such a share of the memory is in use. */
  setMemory(share: number): void {
    this.#memory = share;
  }

  /** By delay. */
  get pressure(): Pressure {
    const { delay } = this.#rules;
    // What is in time again, or is on its way there, needs no more to be done though it was late on average: whoever goes on then sheds too much.
    if (this.#delay >= delay && this.#last >= delay && this.#last >= this.#before) return pressure.more;
    return this.#delay < goodDelay * delay ? pressure.less : pressure.same;
  }

  /** The share of all requests for which there is memory: all of them up to the limit, and from there fewer in a straight line. */
  get room(): number {
    const { memory } = this.#rules;
    if (this.#memory <= memory) return 1;
    return Math.max(leastRoom, (1 - this.#memory) / (1 - memory));
  }
}
