// Hot path. A time that rises at once and falls slowly: a sample above the estimate replaces it, one below pulls it down by its age, and
// without samples it fades to nothing. Pessimistic about what has just become slow, and forgiving in the end.
// Follows PeakEwma of Finagle and of Tower.
import { leftAfter } from './fading.ts';

/** Where the measure stands in an endpoint's signals: the time, and when it was last changed; 0 for never. */
const estimateAt = 0;
const sampledAt = 1;

export const hasSample = (signals: Float64Array): boolean => signals[sampledAt] !== 0;

export class PeakAverage {
  readonly #decay: number;

  /** After `decay` milliseconds a sample counts for 1/e. */
  constructor(decay: number) {
    this.#decay = decay;
  }

  /** The estimate as it has faded by now. Both indices exist, which the compiler cannot see; so it is below. */
  read(signals: Float64Array, now: number): number {
    return (signals[estimateAt] as number) * this.#left(signals, now);
  }

  add(signals: Float64Array, sample: number, now: number): void {
    const left = this.#left(signals, now);
    const faded = (signals[estimateAt] as number) * left;
    signals[estimateAt] = sample > faded ? sample : sample * (1 - left) + faded;
    signals[sampledAt] = now;
  }

  /** Another worker may have written a moment that this one has not reached yet. */
  #left(signals: Float64Array, now: number): number {
    const age = now - (signals[sampledAt] as number);
    return age > 0 ? leftAfter(age / this.#decay) : 1;
  }
}
