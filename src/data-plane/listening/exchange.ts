// One request and the means to answer it, whatever protocol it came by. Listening gives one to whoever serves it, who answers
// with one head, any number of bytes and one end, or refuses it, or breaks it off. Each exchange ends once.
import type { ExchangeFacts } from '../../domain/balancing/affinity-key.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { Wire } from '../sockets/wire.ts';

/** Who serves an exchange. It is told what the client does. */
export interface ExchangeServer {
  /** Bytes of the request's body, lent for the time of the call unless they stay until the request is resumed. */
  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void;
  /** The request is complete. `trailers` are lines, '' for none. */
  requestEnd(trailers: string): void;
  /** The client does not read as fast as it is answered: stop until it is drained. */
  clientBlocked(): void;
  clientDrained(): void;
  /** The client left, or what it sent was refused and answered: the exchange is over. */
  clientGone(failure: Failure): void;
}

export interface Exchange extends ExchangeFacts {
  readonly request: RequestHead;
  /** Set by whoever takes the exchange. */
  server: ExchangeServer | undefined;
  /** Lines for the endpoint that tell who the client is. */
  readonly forwardingLines: string;
  /** True while no byte of the final answer has been given. */
  readonly canRefuse: boolean;
  /** The whole request has been given to the server. */
  readonly isRequestComplete: boolean;

  /** Lets the request's body flow to the server. Before this call nothing of it is read. */
  receive(): void;
  pauseRequest(): void;
  resumeRequest(): void;

  /** An answer before the answer: 100, 103 and the like. */
  interim(head: ResponseHead): void;
  respond(head: ResponseHead): void;
  responseBytes(bytes: Buffer, start: number, end: number, stays: boolean): void;
  end(trailers: string): void;

  /** Answers with what the catalogue says of a failure. Only while `canRefuse`. */
  refuse(failure: Failure): void;
  /** Ends an answer that cannot be completed so that the client sees that it is not complete. */
  breakOff(failure: Failure): void;
  /** Answers 101 and hands over the connection, with what the client sent behind its request. The exchange is over. */
  switchProtocol(head: ResponseHead): Tunnelled;
}

export interface Tunnelled {
  readonly wire: Wire;
  readonly early: Buffer | undefined;
  /** To be called once when the tunnel is closed. */
  readonly done: () => void;
}

/** Takes an exchange and serves it. Called once for each. */
export type Serve = (exchange: Exchange) => void;
