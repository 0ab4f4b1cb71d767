// The head of a request as dispatching sees it, whatever protocol it came by.
import type { ForwardedFields } from './forwarding-headers.ts';

/** Body lengths that are not a number of bytes. */
export const bodyLength = {
  /** The end shows itself: chunks, or the end of a stream. */
  unknown: -1,
  /** The answer lasts until its connection ends (HTTP/1.0). */
  untilClose: -2,
} as const;

export interface RequestHead {
  readonly method: string;
  /** Origin form (`/path?query`) or `*`, as it goes on. */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  /** Host and port as the client wrote them; '' only in HTTP/1.0. */
  readonly host: string;
  /** 0 or 1: HTTP/1.0 or later. */
  readonly minor: number;
  /** The fields that go on, as lines (`Name: value` and CRLF), in order and spelling; Content-Length among them, Transfer-Encoding not. */
  readonly fields: string;
  /** Bytes of the body, 0 when there is none, or `bodyLength.unknown`. */
  readonly length: number;
  /** The client wants its connection to go on after this exchange. */
  readonly keepAlive: boolean;
  /** The protocols that the client offers to change to, '' when it does not. */
  readonly upgrade: string;
  readonly expectsContinue: boolean;
  readonly acceptsTrailers: boolean;
  /** Names of further fields that end at this hop, in small letters; they are taken out of `fields`, and may not pass as trailers either. */
  readonly hopByHop: readonly string[];
  /** What balancers in front told about the client; undefined when nothing. */
  readonly forwarded: ForwardedFields | undefined;
}
