// Hot path. Makes one sample for a limit of the many of a window: the average time, the most in flight, and whether anything was dropped. After
// Netflix's WindowedLimit. One slow request then moves the limit as little as it should.
import type { ConcurrencyLimit, RequestEnd } from './concurrency-limit.ts';

/** A window lasts so many milliseconds, and longer until it has samples enough. */
const lengthOfWindow = 1000;
const leastSamples = 10;
/** What took less, in milliseconds, did no work: it was refused before it began. */
const leastTime = 0.1;

export class WindowedLimit {
  readonly #limit: ConcurrencyLimit;
  /** Filled anew for each window. */
  readonly #sample = { took: 0, inFlight: 0, dropped: false };
  /** The average of the last window that had one; 0 before. */
  #took = 0;
  #end = Number.NEGATIVE_INFINITY;
  #count = 0;
  #timed = 0;
  #sum = 0;
  #inFlight = 0;
  #dropped = false;

  constructor(limit: ConcurrencyLimit) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit.limit;
  }

  /** A request is over. True if a window is over with it, so that the limit may have changed. */
  add(took: number, inFlight: number, end: RequestEnd, now: number): boolean {
    // What was not answered tells a time only where that is long: quick refusals would look like quick work otherwise, and the limit would rise.
    const tellsTime = end === 'whole' ? took >= leastTime : this.#took > 0 && took > this.#took;
    if (!tellsTime && end !== 'dropped') return false;
    this.#count++;
    if (tellsTime) {
      this.#timed++;
      this.#sum += took;
    }
    if (inFlight > this.#inFlight) this.#inFlight = inFlight;
    if (end === 'dropped') this.#dropped = true;
    if (this.#end === Number.NEGATIVE_INFINITY) this.#end = now + lengthOfWindow;
    if (now < this.#end || this.#count < leastSamples) return false;
    return this.#close(now);
  }

  #close(now: number): boolean {
    if (this.#timed > 0) this.#took = this.#sum / this.#timed;
    this.#sample.took = this.#took;
    this.#sample.inFlight = this.#inFlight;
    this.#sample.dropped = this.#dropped;
    // Where nothing was ever answered, no time is known to go by.
    if (this.#took > 0) this.#limit.update(this.#sample);
    this.#end = now + lengthOfWindow;
    this.#count = 0;
    this.#timed = 0;
    this.#sum = 0;
    this.#inFlight = 0;
    this.#dropped = false;
    return this.#took > 0;
  }
}
