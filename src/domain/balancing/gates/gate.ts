// The last word on an endpoint before it is taken, where a pool has one: a policy picks it, and the gate may still say no.
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Evidence } from '../../health/evidence.ts';

export interface Gate {
  /** Hot path. Whether it would say yes. Nothing changes by asking. */
  isOpen(endpoint: Endpoint): boolean;
  /** Hot path. Asked right before the endpoint is taken; to say yes may use up a trial. */
  admits(endpoint: Endpoint): boolean;
  /** Hot path. What the try came to. */
  ended(endpoint: Endpoint, evidence: Evidence): void;
}
