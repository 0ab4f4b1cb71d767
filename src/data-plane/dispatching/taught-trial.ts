// Hot path. One try as a policy that learns sees it. Made for pools with such a policy only; the others measure nothing for it.
import type { Learner, Trial, TrialOutcome } from '../../domain/balancing/learner.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';

export class TaughtTrial implements Trial {
  readonly endpoint: Endpoint;
  readonly begunAt: number;
  readonly tag: number;
  now: number;
  answeredAt = 0;
  status = 0;
  fields = '';
  readonly #learner: Learner;
  readonly #clock: () => number;

  /** Tells that the try begins. */
  constructor(endpoint: Endpoint, learner: Learner, clock: () => number) {
    this.endpoint = endpoint;
    this.#learner = learner;
    this.#clock = clock;
    this.begunAt = clock();
    this.now = this.begunAt;
    // While `begun` runs there is no tag yet; its place is taken all the same, so that the shape of the object stays the same.
    this.tag = 0;
    this.tag = learner.begun(this);
  }

  answered(head: ResponseHead): void {
    this.now = this.#clock();
    this.answeredAt = this.now;
    this.status = head.status;
    this.fields = head.fields;
    this.#learner.answered(this);
  }

  ended(outcome: TrialOutcome): void {
    this.now = this.#clock();
    this.#learner.ended(this, outcome);
  }
}
