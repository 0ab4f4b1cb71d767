// Everything that can go wrong with an exchange, as data. What each kind means stands in the catalogue.
import type { ParseFault } from '../http/parse-fault.ts';

export type FailureKind =
  | 'malformed-request'
  | 'request-head-too-large'
  | 'target-too-long'
  | 'body-too-large'
  | 'method-not-implemented'
  | 'request-timeout'
  | 'client-gone'
  | 'client-too-slow'
  | 'no-route'
  | 'no-endpoint'
  | 'pool-saturated'
  | 'queue-timeout'
  | 'too-late'
  | 'breaker-open'
  | 'worker-overloaded'
  | 'connect-refused'
  | 'connect-timeout'
  | 'connect-failed'
  | 'endpoint-closed'
  | 'malformed-response'
  | 'response-timeout'
  | 'try-timeout'
  | 'deadline-exceeded'
  | 'response-stalled'
  | 'response-cut-short';

export interface Failure {
  readonly kind: FailureKind;
  /** What was malformed, for the two kinds that say so. */
  readonly fault?: ParseFault;
  /** Whole seconds that a client does well to wait, where more is known than the catalogue knows. */
  readonly retryAfter?: number;
}

/** A failure without details. */
export const failureOf = (kind: FailureKind): Failure => ({ kind });
