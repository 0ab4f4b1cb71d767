// Hot path. Refuses at once what would be refused anyway: a client that sees many of its requests rejected sends fewer (B. Beyer and others,
// "Site Reliability Engineering", chapter 21, client-side throttling). The other side then spends its time on what it can do. Shared by workers.
import type { Random } from '../../foundation/basics/random.ts';
import { SharedWindow, sharedWindowWords } from './shared-window.ts';

/** Two minutes in slices of ten seconds. */
const slice = 10_000;
const slices = 12;

/** How many words of shared memory it takes. Zeros at the start. */
export const throttlingWords = 2 * sharedWindowWords;

/** The share of requests to refuse when so many were made and so many of them accepted. With a factor of 2, twice what is accepted is let through. */
export function shareToRefuse(requests: number, accepted: number, factor: number): number {
  return Math.max(0, (requests - factor * accepted) / (requests + 1));
}

export class Throttling {
  readonly #factor: number;
  readonly #random: Random;
  readonly #requests: SharedWindow;
  readonly #accepted: SharedWindow;

  constructor(factor: number, words: Int32Array, random: Random) {
    this.#factor = factor;
    this.#random = random;
    this.#requests = new SharedWindow(words, 0);
    this.#accepted = new SharedWindow(words, sharedWindowWords);
  }

  /** Whether a request may be made. What is refused here counts as a request too, or the share would swing. */
  admits(now: number): boolean {
    const at = sliceOf(now);
    const from = at - slices + 1;
    const share = shareToRefuse(this.#requests.sum(from, at), this.#accepted.sum(from, at), this.#factor);
    this.#requests.add(at);
    return share === 0 || this.#random() >= share;
  }

  /** The other side took a request, whatever it answered. */
  accepted(now: number): void {
    this.#accepted.add(sliceOf(now));
  }
}

const sliceOf = (now: number): number => Math.floor(now / slice) | 0;
