// Hot path. How long one who joins the queue will wait, from how long serving takes and how many are served at once: whoever would wait in vain
// is told at once, and when to come back.

/** The weight of a new sample: the last fifty or so count. With fewer, the estimate would follow chance rather than load. */
const freshness = 0.02;

export class Admission {
  #service = 0;

  /** How long serving takes on average, in milliseconds; 0 before the first sample. */
  get service(): number {
    return this.#service;
  }

  /** Somebody was served, which took so many milliseconds from the place to the end. */
  learn(took: number): void {
    this.#service = this.#service === 0 ? took : this.#service + freshness * (took - this.#service);
  }

  /** Milliseconds until the turn of one before whom so many wait, while `places` are served at once. */
  wait(waiting: number, places: number): number {
    return ((waiting + 1) * this.#service) / Math.max(1, places);
  }

  /** Whether one who joins now has a chance to be served by the deadline. */
  hasChance(now: number, waiting: number, places: number, deadline: number): boolean {
    return now + this.wait(waiting, places) + this.#service <= deadline;
  }

  /** For `Retry-After` (RFC 9110 section 10.2.3): whole seconds until those who wait are served, at least one and at most an hour. */
  retryAfter(waiting: number, places: number): number {
    return Math.min(3600, Math.max(1, Math.ceil(this.wait(waiting, places) / 1000)));
  }
}
