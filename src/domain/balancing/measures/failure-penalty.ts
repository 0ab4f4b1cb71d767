// Hot path. What an endpoint that fails is taken to need. Failing takes no time and leaves nothing in flight, so whoever goes by time and load
// alone takes a failing endpoint for the best one. One failure costs little; as long as the endpoint is still asked for what it seems to cost,
// each further one doubles that (exponential backoff), until requests are better off elsewhere, however busy the others are. It fades with
// time and with each good answer: who fails more than one in about 23 is left alone, and who has recovered is back soon.
import { leftAfter } from './fading.ts';

/** Where the measure stands in an endpoint's signals, beside an average: the time, and when it was last changed. */
const penaltyAt = 2;
const changedAt = 3;

/** Milliseconds, an hour. Where all endpoints fail, requests are better off nowhere, and there has to be an end. */
const most = 3_600_000;
/** Milliseconds. What is less makes no difference any more. */
const least = 1;
/** What a good answer leaves: a failure doubles, and about 22 of these halve. */
const leftByAnswer = 31 / 32;
/** So many times dearer than what is picked is dear enough: nobody comes for the cost any more, only to find out. */
const enough = 2;

export class FailurePenalty {
  readonly #first: number;
  readonly #life: number;

  /** What a failure counts at least, and the time after which 1/e is left of it. */
  constructor(first: number, life: number) {
    this.#first = first;
    this.#life = life;
  }

  /** 0 without a failure. All indices of this class exist, which the compiler cannot see. */
  read(signals: Float64Array, now: number): number {
    const penalty = signals[penaltyAt] as number;
    if (penalty === 0) return 0;
    // Another worker may have written a moment that this one has not reached yet.
    const age = now - (signals[changedAt] as number);
    return age > 0 ? penalty * leftAfter(age / this.#life) : penalty;
  }

  /** `price` is what an idle endpoint may need at most to be picked now. */
  add(signals: Float64Array, price: number, now: number): void {
    const left = this.read(signals, now);
    const next = left > enough * price ? left : Math.min(2 * left, most);
    signals[penaltyAt] = Math.max(this.#first, next);
    signals[changedAt] = now;
  }

  /** An answer was as it should be. */
  ease(signals: Float64Array, now: number): void {
    if (signals[penaltyAt] === 0) return;
    const left = this.read(signals, now) * leftByAnswer;
    signals[penaltyAt] = left > least ? left : 0;
    signals[changedAt] = now;
  }
}
