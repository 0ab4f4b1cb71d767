// The head of an answer as dispatching sees it, whatever protocol it came by.

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** The fields that go on, as lines (`Name: value` and CRLF), in order and spelling; Content-Length among them, Transfer-Encoding not. */
  readonly fields: string;
  /** Bytes of the body, 0 when there is none, or one of `bodyLength`. */
  readonly length: number;
  /** The endpoint keeps its connection open after this answer. */
  readonly keepAlive: boolean;
  /** Seconds after which the endpoint says it closes an idle connection; 0 when it does not say. */
  readonly keepAliveTimeout: number;
  /** The protocol that a 101 changes to, else ''. */
  readonly upgrade: string;
  /** Names of further fields that end at this hop, in small letters; they are taken out of `fields`, and may not pass as trailers either. */
  readonly hopByHop: readonly string[];
}
