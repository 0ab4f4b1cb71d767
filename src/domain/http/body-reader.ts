// Hot path. Takes a body out of the bytes of a connection: counted, in chunks, or up to the end (RFC 9112 sections 6 and 7.1).
// Bytes are handed on as they come; only a size line or trailers that are not whole yet stay with the caller, who brings them again with more.
import { FieldSection, faulty, incomplete, withoutFields } from './field-section.ts';
import type { HeadBytes } from './head-bytes.ts';
import { byteAt, carriageReturn, isBlank, lineFeed, semicolon, tab } from './head-bytes.ts';
import type { HeadLimits } from './limits.ts';
import { longestChunkLine, mostExtensionBytes } from './limits.ts';
import type { ParseFault } from './parse-fault.ts';
import { bodyLength } from './request-head.ts';

/** Is given the bytes of a body, which are lent for the time of the call. */
export interface BodySink {
  bodyBytes(bytes: HeadBytes, start: number, end: number): void;
}

const stages = { size: 0, data: 1, dataEnd: 2, trailers: 3 } as const;
/** Chunk sizes up to 2^52, far beyond what can be sent. */
const longestSize = 13;
/** `;name`, `;name=value` and `;name="value"`, with blanks around the signs. */
const extensions = /^(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~\w]+(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[^"\\]|\\.)*"))?)+$/;
const none: readonly string[] = [];

export class BodyReader {
  isDone = true;
  fault: ParseFault | undefined = undefined;
  /** The fields after a chunked body, as lines; '' when there are none. */
  trailers = '';
  /** Bytes still to come: of the body when it is counted, of the chunk when it is chunked. */
  remaining = 0;
  readonly #limits: HeadLimits;
  readonly #largest: number;
  #section: FieldSection | undefined = undefined;
  #isChunked = false;
  #stage: number = stages.size;
  #total = 0;
  /** Bytes of extensions beyond those of the body. */
  #excess = 0;
  #hopByHop = none;

  /** `largest` is how many bytes a body may have, Infinity when there is no limit. */
  constructor(limits: HeadLimits, largest: number) {
    this.#limits = limits;
    this.#largest = largest;
  }

  /** A body begins: of so many bytes, or one of `bodyLength`. `hopByHop` are the names that may not pass as trailers, from its head. */
  begin(length: number, hopByHop: readonly string[] = none): void {
    this.isDone = length === 0;
    this.fault = length > this.#largest ? 'body-too-large' : undefined;
    this.trailers = '';
    this.#isChunked = length === bodyLength.unknown;
    this.remaining = length === bodyLength.untilClose ? Number.POSITIVE_INFINITY : Math.max(length, 0);
    this.#stage = stages.size;
    this.#total = 0;
    this.#excess = 0;
    this.#hopByHop = hopByHop;
  }

  /** Gives the place up to which it took the bytes. What lies behind it is to be brought again with more, or is not of this body. */
  read(bytes: HeadBytes, start: number, end: number, sink: BodySink): number {
    if (this.#isChunked) return this.#readChunks(bytes, start, end, sink);
    const stop = end - start < this.remaining ? end : start + this.remaining;
    this.remaining -= stop - start;
    this.isDone = this.remaining === 0;
    if (stop > start) sink.bodyBytes(bytes, start, stop);
    return stop;
  }

  #readChunks(bytes: HeadBytes, start: number, end: number, sink: BodySink): number {
    let at = start;
    while (!this.isDone && this.fault === undefined) {
      const next = this.#readStage(bytes, at, end, sink);
      if (next === incomplete) break;
      if (next === faulty) return at;
      at = next;
    }
    return at;
  }

  #readStage(bytes: HeadBytes, at: number, end: number, sink: BodySink): number {
    switch (this.#stage) {
      case stages.size:
        return this.#readSize(bytes, at, end);
      case stages.data:
        return this.#readData(bytes, at, end, sink);
      case stages.dataEnd:
        return this.#readDataEnd(bytes, at, end);
      default:
        return this.#readTrailers(bytes, at, end);
    }
  }

  /** `1a;extension` and CRLF. Extensions are judged and left out: they end at this hop. */
  #readSize(bytes: HeadBytes, start: number, end: number): number {
    let at = start;
    let size = 0;
    for (; at < end; at++) {
      const digit = hexadecimal(byteAt(bytes, at));
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    if (at - start > longestSize) return this.#refuse('chunk-size-invalid');
    if (at === end) return incomplete;
    if (at === start) return this.#refuse('chunk-size-invalid');

    const lineEnd = this.#skipExtension(bytes, at, end, start + longestChunkLine);
    if (lineEnd < 0) return lineEnd;
    this.#excess = Math.max(0, this.#excess + lineEnd - at - 2 - size);
    if (this.#excess > mostExtensionBytes) return this.#refuse('chunk-line-too-long');
    this.#total += size;
    if (this.#total > this.#largest) return this.#refuse('body-too-large');
    this.remaining = size;
    this.#stage = size === 0 ? stages.trailers : stages.data;
    return lineEnd;
  }

  #skipExtension(bytes: HeadBytes, start: number, end: number, limit: number): number {
    let at = start;
    const first = byteAt(bytes, at);
    if (first !== carriageReturn && first !== semicolon && !isBlank(first)) return this.#refuse('chunk-size-invalid');
    while (at < end && at < limit && isExtensionByte(byteAt(bytes, at))) at++;
    if (at >= limit) return this.#refuse('chunk-line-too-long');
    if (at === end) return incomplete;
    if (byteAt(bytes, at) !== carriageReturn) return this.#refuse('chunk-size-invalid');
    if (at + 1 === end) return incomplete;
    if (byteAt(bytes, at + 1) !== lineFeed) return this.#refuse('chunk-size-invalid');
    // A blank that leads to no extension could stand inside a number to a careless reader.
    if (at > start && !extensions.test(bytes.latin1Slice(start, at))) return this.#refuse('chunk-size-invalid');
    return at + 2;
  }

  #readData(bytes: HeadBytes, start: number, end: number, sink: BodySink): number {
    if (start === end) return incomplete;
    const stop = end - start < this.remaining ? end : start + this.remaining;
    this.remaining -= stop - start;
    if (this.remaining === 0) this.#stage = stages.dataEnd;
    sink.bodyBytes(bytes, start, stop);
    return stop;
  }

  #readDataEnd(bytes: HeadBytes, start: number, end: number): number {
    if (start === end) return incomplete;
    if (byteAt(bytes, start) !== carriageReturn) return this.#refuse('chunk-ending-invalid');
    if (start + 1 === end) return incomplete;
    if (byteAt(bytes, start + 1) !== lineFeed) return this.#refuse('chunk-ending-invalid');
    this.#stage = stages.size;
    return start + 2;
  }

  #readTrailers(bytes: HeadBytes, start: number, end: number): number {
    // Most chunked bodies end without trailers: no parser is made for them.
    if (end - start >= 2 && byteAt(bytes, start) === carriageReturn && byteAt(bytes, start + 1) === lineFeed) {
      this.isDone = true;
      return start + 2;
    }
    this.#section ??= new FieldSection('trailers');
    const limit = start + this.#limits.head;
    const place = this.#section.parse(bytes, start, Math.min(end, limit), this.#limits);
    if (place === faulty) return this.#refuse(trailerFault(this.#section.fault));
    if (place === incomplete) return end >= limit ? this.#refuse('trailers-too-large') : incomplete;
    const trailers = this.#section.fields(bytes.latin1Slice(start, place), start);
    this.trailers = this.#hopByHop.length === 0 ? trailers : withoutFields(trailers, this.#hopByHop);
    this.isDone = true;
    return place;
  }

  #refuse(fault: ParseFault): typeof faulty {
    this.fault = fault;
    return faulty;
  }
}

const trailerFault = (fault: ParseFault | undefined): ParseFault =>
  fault === undefined || fault === 'too-many-headers' ? 'trailers-too-large' : fault;

/** Printable ASCII and blanks: what an extension may hold, strings in quotes included. */
const isExtensionByte = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === tab;

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}
