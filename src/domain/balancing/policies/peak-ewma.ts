// Hot path. The endpoint that would be done soonest: how long it takes to answer, times the requests that it would have.
// The time jumps to a new peak and fades otherwise, so an endpoint that becomes slow is left alone after one answer and asked again later.
// Finagle's and Tower's peak EWMA; times are measured to the head of the answer, so long bodies and tunnels do not count as slow.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Learner, Trial } from '../learner.ts';
import { CheapestChoice, costAt, costByLoad, nowAt } from '../measures/cheapest-choice.ts';
import { FailurePenalty } from '../measures/failure-penalty.ts';
import { hasSample, PeakAverage } from '../measures/peak-average.ts';
import type { OptionValues } from '../options.ts';
import { count, duration, number } from '../options.ts';
import type { Candidates, Picker, PolicyTools } from '../policy.ts';
import { definePolicy } from '../policy.ts';

const options = {
  decay: duration({ default: '10s', about: 'After this time a measured answer counts for 1/e: how soon a slow endpoint is asked again.' }),
  initial: duration({
    default: '30ms',
    about:
      'What an endpoint that has a first request but no answer yet is taken to need, until others have answered: then it is their median.',
  }),
  floor: duration({ default: '1ms', about: 'No endpoint counts as faster than this; below it only requests in flight decide.' }),
  penalty: duration({
    default: '1s',
    about:
      'What an endpoint is taken to need after a failed try, or an answer with a status of 500 or more. Doubled with each further one until requests are better off elsewhere; after `decay` 1/e of it is left.',
  }),
  choices: count({
    least: 2,
    most: 1000,
    default: 2,
    about: 'So many endpoints are drawn and compared. Up to 8 endpoints, and never fewer than this, are all compared.',
  }),
  explore: number({
    least: 0,
    most: 1,
    default: 0.001,
    about: 'The share of requests that is drawn by weight whatever was measured: a floor under the traffic of a slow endpoint.',
  }),
};

/** With so few, a look at all of them is as quick as draws are, and better. */
const scanUpTo = 8;

export const peakEwma = definePolicy({
  name: 'peak-ewma',
  summary:
    'Picks the endpoint with the least latency times requests in flight, for its weight, of two that it draws; sudden slowness shows at once.',
  choose: 'Endpoints that slow down one at a time: pauses of a garbage collector, a noisy neighbour, a far zone.',
  cost: 'O(1) for a pick; O(n) to build.',
  source: 'Twitter Finagle (PeakEwma); Tower (PeakEwma).',
  honoursWeights: true,
  options,
  build: (candidates, settings, tools) => new PeakEwma(candidates, settings, tools),
});

class PeakEwma implements Picker, Learner {
  readonly #candidates: Candidates;
  readonly #average: PeakAverage;
  readonly #floor: number;
  readonly #penalty: FailurePenalty;
  readonly #choice: CheapestChoice;
  readonly #measured: Float64Array;
  /** What an endpoint needs of which nothing is known. */
  #typical: number;

  constructor(candidates: Candidates, settings: OptionValues<typeof options>, tools: PolicyTools) {
    const { decay, initial, floor, penalty, choices, explore } = settings;
    this.#candidates = candidates;
    this.#average = new PeakAverage(decay);
    this.#floor = floor;
    this.#penalty = new FailurePenalty(penalty, decay);
    this.#measured = new Float64Array(candidates.length);
    this.#typical = initial;
    const expected = (index: number, weighing: Float64Array) => this.#expect(index, weighing);
    const compared = candidates.length > scanUpTo ? choices : candidates.length;
    this.#choice = new CheapestChoice(candidates, costByLoad(candidates, expected), tools, { choices: compared, explore });
    this.refresh(tools.now());
  }

  get learner(): Learner {
    return this;
  }

  pick() {
    return this.#choice.next();
  }

  /** The median of what is known stands for what is not. */
  refresh(now: number): void {
    let known = 0;
    for (const { load } of this.#candidates) {
      if (hasSample(load.signals)) this.#measured[known++] = this.#average.read(load.signals, now);
    }
    if (known === 0 || known === this.#candidates.length) return;
    // The index is in range, which the compiler cannot see.
    this.#typical = this.#measured.subarray(0, known).sort()[known >> 1] as number;
  }

  begun(): number {
    return 0;
  }

  answered({ endpoint, begunAt, status, now }: Trial): void {
    const { signals } = endpoint.load;
    if (status >= 500) return this.#penalty.add(signals, this.#choice.price, now);
    this.#average.add(signals, now - begunAt, now);
    this.#penalty.ease(signals, now);
  }

  ended({ endpoint, status, now }: Trial, outcome: string): void {
    // An answer of 500 or more has counted already.
    if (outcome === 'failed' && status < 500) this.#penalty.add(endpoint.load.signals, this.#choice.price, now);
  }

  #expect(index: number, weighing: Float64Array): void {
    const { signals, inFlight } = itemAt(this.#candidates, index).load;
    // The place exists, which the compiler cannot see.
    const now = weighing[nowAt] as number;
    const penalty = this.#penalty.read(signals, now);
    if (hasSample(signals)) weighing[costAt] = Math.max(this.#floor, this.#average.read(signals, now), penalty);
    // Nothing is known: one request shall find out, and until it is back this is an endpoint like any other.
    else weighing[costAt] = inFlight === 0 ? penalty : Math.max(this.#floor, this.#typical, penalty);
  }
}
