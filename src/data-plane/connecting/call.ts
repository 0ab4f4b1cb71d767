// One request to an endpoint and its answer, as whoever makes it is told of it. The mirror image of an exchange.
import type { Failure } from '../../domain/exceptions/failure.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** Who made a call. After `callDone`, `callFailed` or `callSwitched` it hears no more of it. */
export interface Caller {
  /** A connection that had to be made is there: the call can be made on it. */
  connected(connection: UpstreamConnection): void;
  /** No connection could be made. */
  connectFailed(failure: Failure): void;

  /** An answer before the answer: 100, 103 and the like. */
  callInterim(head: ResponseHead): void;
  callAnswered(head: ResponseHead): void;
  /** Bytes of the answer's body, lent for the time of the call unless they stay until the answer is resumed. */
  callBytes(bytes: Buffer, start: number, end: number, stays: boolean): void;
  callDone(trailers: string): void;
  callFailed(failure: Failure): void;
  /** The endpoint speaks another protocol from here on; `early` is what it sent behind its head. */
  callSwitched(head: ResponseHead, early: Buffer | undefined): void;

  /** The endpoint does not read as fast as it is sent to: stop until it is drained. */
  callBlocked(): void;
  callDrained(): void;
}
