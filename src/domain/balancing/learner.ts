// What a policy is told about tries, when it learns from more than the requests in flight. The dispatcher measures and tells.
import type { Endpoint } from '../endpoints/endpoint.ts';

/** How a try ended: `ignored` (the client left) says nothing about the endpoint. */
export type TrialOutcome = 'succeeded' | 'failed' | 'ignored';

/** One try at one endpoint, as far as it has come. Lent for the time of a call. Times are those of `PolicyTools.now`. */
export interface Trial {
  /** Of the snapshot in which it was picked: compare by `id`, or by `load`, which is the same object for all snapshots of a worker. */
  readonly endpoint: Endpoint;
  readonly now: number;
  readonly begunAt: number;
  /** When the head of the answer came; 0 while it has not. */
  readonly answeredAt: number;
  /** The status of the answer; 0 while there is none. */
  readonly status: number;
  /** The fields of the answer as lines, one character for each byte; '' while there is none. */
  readonly fields: string;
  /** What `begun` gave back. */
  readonly tag: number;
}

/** Each try is told `begun` once, `answered` at most once, and `ended` once. The endpoint may have left the picker's candidates meanwhile. */
export interface Learner {
  /** A try begins; the endpoint's load counts it already. What is given back is given again with the try's end. */
  begun(trial: Trial): number;
  /** The head of the answer is here. */
  answered(trial: Trial): void;
  /** An answer with a status of 500 or more is `succeeded` too: the exchange was carried. */
  ended(trial: Trial, outcome: TrialOutcome): void;
}
