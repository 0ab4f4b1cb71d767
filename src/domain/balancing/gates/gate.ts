// The last word on an endpoint before it is taken, where a pool has one: a policy picks it, and the gate may still say no.
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Evidence } from '../../health/evidence.ts';

export interface Gate {
  /** Hot path. Whether it would say yes. Nothing changes by asking. */
  isOpen(endpoint: Endpoint): boolean;
  /** Hot path. Asked right before the endpoint is taken; to say yes may use up a trial. */
  admits(endpoint: Endpoint): boolean;
  /** What the last `admits` that said yes is to be given back with the end of its try. */
  readonly ticket: number;
  /** Hot path. What the try came to, and how long it took in milliseconds. Told once for each try. */
  ended(endpoint: Endpoint, evidence: Evidence, ticket: number, took: number): void;
}

/** The ticket of gates that need none. */
export const noTicket = 0;
