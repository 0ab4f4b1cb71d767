// Hot path. The only place where a message becomes the text of HTTP/1.1. Whatever it writes, a strict parser reads as it was meant.
import type { RequestHead } from './request-head.ts';
import { bodyLength } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { reasonPhrase } from './status.ts';

/** What a request gets on its way, besides its own fields. */
export interface RequestAdditions {
  /** Lines that tell who the client is, and Via. */
  readonly lines: string;
  /** The Host for a request of HTTP/1.0 that named none. */
  readonly host: string;
  /** The protocol offered to the endpoint, '' for none. */
  readonly upgrade: string;
}

export function requestText(head: RequestHead, additions: RequestAdditions): string {
  let text = `${head.method} ${head.target} HTTP/1.1\r\n${head.fields}${additions.lines}`;
  if (head.host === '') text += `Host: ${additions.host}\r\n`;
  if (head.length === bodyLength.unknown) text += 'Transfer-Encoding: chunked\r\n';
  if (additions.upgrade !== '') return `${text}Connection: upgrade\r\nUpgrade: ${additions.upgrade}\r\n\r\n`;
  if (head.acceptsTrailers) return `${text}Connection: TE\r\nTE: trailers\r\n\r\n`;
  return `${text}\r\n`;
}

/** How the client's connection goes on after the answer, as its Connection header says it; '' where the version says it already. */
export type ConnectionLine = '' | 'Connection: close\r\n' | 'Connection: keep-alive\r\n';

export function responseText(head: ResponseHead, connection: ConnectionLine, isChunked: boolean): string {
  return isChunked
    ? `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.fields}Transfer-Encoding: chunked\r\n${connection}\r\n`
    : `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.fields}${connection}\r\n`;
}

/** A 101: from here on the connection speaks another protocol. */
export const switchingText = (head: ResponseHead): string =>
  `HTTP/1.1 101 ${head.reason}\r\n${head.fields}Connection: upgrade\r\nUpgrade: ${head.upgrade}\r\n\r\n`;

/** An answer of Evenkeel's own, head and body. A HEAD request is told the length and sent no body. */
export function ownResponseText(parts: {
  status: number;
  lines: string;
  body: string;
  connection: ConnectionLine;
  toHead: boolean;
}): string {
  const { status, lines, body, connection, toHead } = parts;
  return (
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${lines}` + `Content-Length: ${body.length}\r\n${connection}\r\n${toHead ? '' : body}`
  );
}

/** What stands before the bytes of a chunk. */
export const chunkStart = (size: number): string => `${size.toString(16)}\r\n`;
export const chunkEnd = '\r\n';

/** The end of a chunked body; `trailers` are lines, '' for none. */
export const lastChunk = (trailers: string): string => (trailers === '' ? '0\r\n\r\n' : `0\r\n${trailers}\r\n`);
