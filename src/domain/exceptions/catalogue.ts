// What each failure means: who caused it, what the client is told, whether another try is safe, whether the endpoint is to blame.
// Everything that acts on failures asks here.
import type { FailureKind } from './failure.ts';

export interface Verdict {
  readonly origin: 'client' | 'upstream' | 'balancer';
  /** What the client is told as long as no byte of an answer has left. */
  readonly status: number;
  /** `always`: no byte can have been acted on. `if-idempotent`: some may have. `never`: trying again would not help. */
  readonly retry: 'always' | 'if-idempotent' | 'never';
  readonly blamesEndpoint: boolean;
  /** Seconds that a client does well to wait, 0 where waiting does not help. */
  readonly retryAfter: number;
  readonly meaning: string;
}

const client = (status: number, meaning: string): Verdict => ({
  origin: 'client',
  status,
  retry: 'never',
  blamesEndpoint: false,
  retryAfter: 0,
  meaning,
});

const upstream = (status: number, retry: Verdict['retry'], meaning: string): Verdict => ({
  origin: 'upstream',
  status,
  retry,
  blamesEndpoint: true,
  retryAfter: 0,
  meaning,
});

/** No endpoint could be reached: none has seen the request, and one that is just restarting will be back soon. */
const unreached = (status: number, meaning: string): Verdict => ({ ...upstream(status, 'always', meaning), retryAfter: 1 });

const balancer = (status: number, retryAfter: number, meaning: string): Verdict => ({
  origin: 'balancer',
  status,
  retry: 'never',
  blamesEndpoint: false,
  retryAfter,
  meaning,
});

export const catalogue: { readonly [Kind in FailureKind]: Verdict } = {
  'malformed-request': client(400, 'The request is malformed or could be read in two ways.'),
  'request-head-too-large': client(431, 'The head of the request is larger than the listener allows.'),
  'target-too-long': client(414, 'The request target is longer than the listener allows.'),
  'body-too-large': client(413, 'The body of the request is larger than the listener allows.'),
  'method-not-implemented': client(501, 'CONNECT asks for a tunnel to anywhere, which is not offered.'),
  'request-timeout': client(408, 'The request did not arrive in time.'),
  'client-gone': client(499, 'The client left before its answer was complete.'),
  'client-too-slow': client(499, 'The client did not read its answer in time.'),
  'no-route': balancer(404, 0, 'No route matches the host and path of the request.'),
  'no-endpoint': balancer(503, 1, 'The pool has no endpoint that may be picked now.'),
  'pool-saturated': balancer(503, 1, 'Every endpoint that may be picked has as many exchanges in flight as it takes.'),
  'queue-timeout': balancer(503, 1, 'The exchange waited in the queue as long as it may.'),
  'too-late': balancer(503, 1, 'The exchange could not be answered in the time that it has.'),
  'breaker-open': balancer(503, 1, 'The circuit breaker of the pool is open: what it asks for fails at the moment.'),
  'worker-overloaded': balancer(503, 1, 'The balancer itself has too much to do, and serves what is more important.'),
  'connect-refused': unreached(502, 'The endpoint refused the connection.'),
  'connect-timeout': unreached(504, 'The connection to the endpoint was not made in time.'),
  'connect-failed': unreached(502, 'The endpoint cannot be reached.'),
  'endpoint-closed': upstream(502, 'if-idempotent', 'The endpoint closed the connection before it answered.'),
  'malformed-response': upstream(502, 'never', 'The answer of the endpoint is malformed or could be read in two ways.'),
  'response-timeout': upstream(504, 'never', 'The endpoint did not begin its answer in time.'),
  'try-timeout': upstream(504, 'if-idempotent', 'The endpoint did not begin its answer in the time of one try.'),
  'deadline-exceeded': balancer(504, 0, 'No answer began in the time that all tries together may take.'),
  'response-stalled': upstream(504, 'never', 'The endpoint stopped in the middle of its answer.'),
  'response-cut-short': upstream(502, 'if-idempotent', 'The endpoint closed the connection in the middle of its answer.'),
};
