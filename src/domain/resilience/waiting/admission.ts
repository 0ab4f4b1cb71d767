// Hot path. How long one who joins the queue will wait, from how long serving takes and how many are served at once: whoever would wait in vain
// is told at once, and when to come back.

/** For exponential times, nine of ten take no longer than the mean and two of its mean deviations. */
const deviations = 2;

/** The weight of a new sample: the last fifty or so count. With fewer, the estimate would follow chance rather than load. */
const freshness = 0.02;

/** No sample counts for more than so many times what most take: one download of an hour says nothing of the requests that wait. */
const mostOfOne = 10;

export class Admission {
  #service = 0;
  #deviation = 0;

  /** How long serving takes on average, in milliseconds; 0 before the first sample. */
  get service(): number {
    return this.#service;
  }

  /** What most take at most: the mean and its mean deviation, as TCP reckons round trips (V. Jacobson, SIGCOMM 1988). */
  get mostService(): number {
    return this.#service + deviations * this.#deviation;
  }

  /** Somebody was served, which took so many milliseconds from the place to the end. */
  learn(took: number): void {
    if (this.#service === 0) {
      this.#service = took;
      return;
    }
    const error = Math.min(took, mostOfOne * this.mostService) - this.#service;
    this.#service += freshness * error;
    this.#deviation += freshness * (Math.abs(error) - this.#deviation);
  }

  /** Somebody's serving was broken off after so many milliseconds: it would have taken longer, which says something only of a long time. */
  learnLonger(took: number): void {
    if (took > this.#service && this.#service > 0) this.learn(took);
  }

  /** Milliseconds until the turn of one before whom so many wait, while `places` are served at once. */
  wait(waiting: number, places: number): number {
    return ((waiting + 1) * this.#service) / Math.max(1, places);
  }

  /** How many may be before one who waits so many milliseconds at most. Any number before the first sample. */
  mostBefore(time: number, places: number): number {
    return this.#service === 0 ? Number.POSITIVE_INFINITY : Math.floor((time * Math.max(1, places)) / this.#service) - 1;
  }

  /** For `Retry-After` (RFC 9110 section 10.2.3): whole seconds until those who wait are served, at least one and at most an hour. */
  retryAfter(waiting: number, places: number): number {
    return Math.min(3600, Math.max(1, Math.ceil(this.wait(waiting, places) / 1000)));
  }
}
