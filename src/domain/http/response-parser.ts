// Hot path. Bytes to the head of an HTTP/1.1 answer (RFC 9112 sections 2, 4 and 6.3), as strict as towards clients:
// an answer that two readers could measure differently is how one client is given what belongs to another.
import { valueCharacters } from './characters.ts';
import { connectionBit } from './connection-options.ts';
import { FieldSection, faulty, incomplete, noLength } from './field-section.ts';
import type { HeadBytes } from './head-bytes.ts';
import { byteAt, carriageReturn, lineFeed, space } from './head-bytes.ts';
import type { HeadLimits } from './limits.ts';
import type { ParseFault } from './parse-fault.ts';
import { bodyLength } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { endsWithHead } from './status.ts';

/** `HTTP/1.` begins every answer. */
const versionStart = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e] as const;
/** `HTTP/1.1 200`: where the reason begins. */
const statusLength = 12;

export class ResponseParser {
  fault: ParseFault | undefined = undefined;
  head: ResponseHead | undefined = undefined;
  readonly #limits: HeadLimits;
  readonly #section = new FieldSection('answer');
  #minor = 0;
  #status = 0;
  #reasonEnd = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /**
   * Reads one head from the bytes between `start` and `end`; `toHead` says that the request was HEAD. Gives the place behind it and sets
   * `head`; or gives `incomplete`, to be called again with the same bytes and more; or gives `faulty` and sets `fault`.
   */
  parse(bytes: HeadBytes, start: number, end: number, toHead: boolean): number {
    this.fault = undefined;
    const limit = start + this.#limits.head;
    const place = this.#parse(bytes, start, Math.min(end, limit), toHead);
    if (place === incomplete && end >= limit) return this.#refuse('head-too-large');
    return place;
  }

  #parse(bytes: HeadBytes, start: number, end: number, toHead: boolean): number {
    const lineEnd = this.#parseLine(bytes, start, end);
    if (lineEnd < 0) return lineEnd;

    const section = this.#section;
    const place = section.parse(bytes, lineEnd, end, this.#limits);
    if (place < 0) {
      this.fault = section.fault;
      return place;
    }
    const fault = this.#build(bytes.latin1Slice(start, place), start, toHead);
    return fault === undefined ? place : this.#refuse(fault);
  }

  /** Reads the status line; gives the place behind it, `incomplete` or `faulty`. */
  #parseLine(bytes: HeadBytes, start: number, end: number): number {
    const reached = Math.min(end - start, statusLength);
    for (let index = 0; index < reached; index++) {
      if (!fitsStatusLine(index, byteAt(bytes, start + index))) return this.#refuse('status-line-invalid');
    }
    if (reached < statusLength) return incomplete;
    this.#minor = byteAt(bytes, start + 7) - 0x30;
    this.#status = Number(bytes.latin1Slice(start + 9, start + statusLength));

    let at = start + statusLength;
    if (at === end) return incomplete;
    // The space after the code may be missing when there is no reason: many servers leave it out.
    const next = byteAt(bytes, at);
    if (next !== space && next !== carriageReturn && next !== lineFeed) return this.#refuse('status-line-invalid');
    while (at < end && valueCharacters[byteAt(bytes, at)] === 1) at++;
    if (at === end) return incomplete;
    this.#reasonEnd = at;
    if (byteAt(bytes, at) !== carriageReturn)
      return this.#refuse(byteAt(bytes, at) === lineFeed ? 'bare-line-feed' : 'status-line-invalid');
    if (++at === end) return incomplete;
    return byteAt(bytes, at) === lineFeed ? at + 1 : this.#refuse('bare-carriage-return');
  }

  /** Judges the head as a whole and sets `head`; gives the fault when it is refused. */
  #build(text: string, base: number, toHead: boolean): ParseFault | undefined {
    const section = this.#section;
    const { connection } = section;
    const status = this.#status;
    if (this.#minor === 0 && section.isChunked) return 'encoding-in-http-1-0';
    const isBodiless = endsWithHead(status);
    if (isBodiless && status !== 304 && (section.isChunked || section.contentLength > 0)) return 'encoding-without-body';

    const length = isBodiless || toHead ? 0 : this.#length();
    const stays = (connection & connectionBit.close) === 0 && (this.#minor === 1 || (connection & connectionBit.keepAlive) !== 0);
    this.head = {
      status,
      reason: text.slice(statusLength + 1, this.#reasonEnd - base),
      fields: section.fields(text, base),
      length,
      keepAlive: stays && length !== bodyLength.untilClose,
      keepAliveTimeout: section.keepAliveTimeout,
      upgrade: status === 101 && (connection & connectionBit.upgrade) !== 0 ? section.upgrade(text, base) : '',
      hopByHop: section.named,
    };
    return undefined;
  }

  #length(): number {
    if (this.#section.isChunked) return bodyLength.unknown;
    return this.#section.contentLength === noLength ? bodyLength.untilClose : this.#section.contentLength;
  }

  #refuse(fault: ParseFault): typeof faulty {
    this.fault = fault;
    return faulty;
  }
}

/** `HTTP/1.` then 0 or 1, a space, and three digits of which the first is not 0. */
function fitsStatusLine(index: number, byte: number): boolean {
  if (index < versionStart.length) return byte === versionStart[index];
  if (index === 7) return byte === 0x30 || byte === 0x31;
  if (index === 8) return byte === space;
  return byte >= (index === 9 ? 0x31 : 0x30) && byte <= 0x39;
}
