// Whether a worker itself is overloaded: by how late its timers are, smoothed so that one pause, however long, is not yet overload, and by how
// much of the memory is in use. Between what is too much and what is well again nothing is changed, so that it does not swing.
import type { Milliseconds } from '../../foundation/basics/units.ts';

export interface OverloadRules {
  /** Timers may be so late on average. Infinity for any time. */
  readonly delay: Milliseconds;
  /** The share of the memory that may be in use. */
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
/** It is well again below these shares of the limits. */
const goodDelay = 0.5;
const goodMemory = 0.95;

export class Lateness {
  readonly #rules: OverloadRules;
  #delay = 0;
  #last = 0;
  #memory = 0;

  constructor(rules: OverloadRules) {
    this.#rules = rules;
  }

  /** How late timers are on average. */
  get delay(): number {
    return this.#delay;
  }

  /** A timer that comes regularly was so many milliseconds late. */
  addDelay(late: number): void {
    this.#last = late;
    const counted = Math.min(Math.max(0, late), mostOfOne * this.#rules.delay);
    this.#delay += freshness * (counted - this.#delay);
  }

  /** Such a share of the memory is in use. */
  setMemory(share: number): void {
    this.#memory = share;
  }

  get pressure(): Pressure {
    const { delay, memory } = this.#rules;
    // What is in time again already needs no more to be done, though it was late on average.
    const isLate = this.#delay >= delay && this.#last >= delay;
    if (isLate || this.#memory >= memory) return pressure.more;
    return this.#delay < goodDelay * delay && this.#memory < goodMemory * memory ? pressure.less : pressure.same;
  }
}
