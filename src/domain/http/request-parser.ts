// Hot path. Bytes to the head of an HTTP/1.1 request (RFC 9112 sections 2 and 3). What two readers could read differently is refused.
import { targetCharacters, tokenCharacters } from './characters.ts';
import { connectionBit } from './connection-options.ts';
import { FieldSection, faulty, incomplete, noLength } from './field-section.ts';
import { forwardedFieldsOf } from './forwarding-headers.ts';
import type { HeadBytes } from './head-bytes.ts';
import { byteAt, carriageReturn, lineFeed, space } from './head-bytes.ts';
import { isHost } from './host.ts';
import type { RequestLimits } from './limits.ts';
import type { ParseFault } from './parse-fault.ts';
import type { RequestHead } from './request-head.ts';
import { bodyLength } from './request-head.ts';
import { readTarget } from './request-target.ts';

/** ` HTTP/1.` stands between the target and the last digit. */
const versionStart = [0x20, 0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e] as const;

export class RequestParser {
  fault: ParseFault | undefined = undefined;
  head: RequestHead | undefined = undefined;
  readonly #limits: RequestLimits;
  readonly #section = new FieldSection('request');
  #minor = 0;
  #methodStart = 0;
  #methodEnd = 0;
  #targetEnd = 0;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /**
   * Reads one head from the bytes between `start` and `end`. Gives the place behind it and sets `head`; or gives `incomplete`, to be
   * called again with the same bytes and more; or gives `faulty` and sets `fault`.
   */
  parse(bytes: HeadBytes, start: number, end: number): number {
    this.fault = undefined;
    const limit = start + this.#limits.head;
    const place = this.#parse(bytes, start, Math.min(end, limit));
    if (place === incomplete && end >= limit) return this.#refuse('head-too-large');
    return place;
  }

  #parse(bytes: HeadBytes, start: number, end: number): number {
    // One empty line before a request is let pass: old clients send one after a body (RFC 9112 section 2.2).
    const lineStart = start < end && byteAt(bytes, start) === carriageReturn ? start + 2 : start;
    if (lineStart > start && !isEmptyLine(bytes, start, end)) return end - start === 1 ? incomplete : this.#refuse('bare-carriage-return');
    const lineEnd = this.#parseLine(bytes, lineStart, end);
    if (lineEnd < 0) return lineEnd;

    const section = this.#section;
    const place = section.parse(bytes, lineEnd, end, this.#limits);
    if (place < 0) {
      this.fault = section.fault;
      return place;
    }
    const fault = this.#build(bytes, lineStart, bytes.latin1Slice(lineStart, place));
    return fault === undefined ? place : this.#refuse(fault);
  }

  /** Reads the request line; gives the place behind it, `incomplete` or `faulty`. */
  #parseLine(bytes: HeadBytes, start: number, end: number): number {
    let at = start;
    while (at < end && tokenCharacters[byteAt(bytes, at)] === 1) at++;
    if (at === end) return incomplete;
    if (at === start) return this.#refuse(byteAt(bytes, at) === lineFeed ? 'bare-line-feed' : 'method-invalid');
    if (byteAt(bytes, at) !== space) return this.#refuse(lineFault(byteAt(bytes, at), 'method-invalid'));
    this.#methodStart = start;
    this.#methodEnd = at++;

    const targetStart = at;
    while (at < end && targetCharacters[byteAt(bytes, at)] === 1) at++;
    if (at - targetStart > this.#limits.target) return this.#refuse('target-too-long');
    if (at === end) return incomplete;
    if (at === targetStart || byteAt(bytes, at) !== space) return this.#refuse(lineFault(byteAt(bytes, at), 'target-invalid'));
    this.#targetEnd = at;
    return this.#parseVersion(bytes, at, end);
  }

  #parseVersion(bytes: HeadBytes, start: number, end: number): number {
    let at = start;
    for (let index = 0; index < versionStart.length; index++, at++) {
      if (at === end) return incomplete;
      if (byteAt(bytes, at) !== versionStart[index]) return this.#refuse(lineFault(byteAt(bytes, at), 'version-unsupported'));
    }
    if (at === end) return incomplete;
    this.#minor = byteAt(bytes, at) - 0x30;
    if (this.#minor !== 0 && this.#minor !== 1) return this.#refuse(lineFault(byteAt(bytes, at), 'version-unsupported'));
    if (++at === end) return incomplete;
    if (byteAt(bytes, at) !== carriageReturn) return this.#refuse(lineFault(byteAt(bytes, at), 'version-unsupported'));
    if (++at === end) return incomplete;
    if (byteAt(bytes, at) !== lineFeed) return this.#refuse('bare-carriage-return');
    return at + 1;
  }

  /** Judges the head, whose text begins at byte `base`, as a whole and sets `head`; gives the fault when it is refused. */
  #build(bytes: HeadBytes, base: number, text: string): ParseFault | undefined {
    const section = this.#section;
    const minor = this.#minor;
    const method = text.slice(this.#methodStart - base, this.#methodEnd - base);
    const host = section.host(text, base);
    if (minor === 0 && section.isChunked) return 'encoding-in-http-1-0';
    if (minor === 1 && !section.hasHost) return 'host-missing';

    const target = readTarget(method, text.slice(this.#methodEnd + 1 - base, this.#targetEnd - base));
    if (target === undefined) return 'target-invalid';
    if (target.authority !== '') {
      const start = this.#methodEnd + 1 + target.authorityStart;
      if (!isHost(bytes, start, start + target.authority.length)) return 'target-invalid';
      if (section.hasHost && target.authority.toLowerCase() !== host.toLowerCase()) return 'host-differs-from-target';
    }

    const { connection, contentLength } = section;
    const length = section.isChunked ? bodyLength.unknown : contentLength === noLength ? 0 : contentLength;
    const fields = section.fields(text, base);
    this.head = {
      method,
      target: target.target,
      path: target.path,
      host: section.hasHost ? host : target.authority,
      minor,
      // HTTP/1.0 may name its host in the target alone; the next hop wants the header.
      fields: section.hasHost || target.authority === '' ? fields : `Host: ${target.authority}\r\n${fields}`,
      length,
      keepAlive: (connection & connectionBit.close) === 0 && (minor === 1 || (connection & connectionBit.keepAlive) !== 0),
      upgrade: minor === 1 && (connection & connectionBit.upgrade) !== 0 ? offered(section.upgrade(text, base)) : '',
      expectsContinue: minor === 1 && section.expectsContinue,
      acceptsTrailers: section.acceptsTrailers,
      hopByHop: section.named,
      forwarded: section.hasForwarded ? forwardedFieldsOf(section, text, base) : undefined,
    };
    return undefined;
  }

  #refuse(fault: ParseFault): typeof faulty {
    this.fault = fault;
    return faulty;
  }
}

const isEmptyLine = (bytes: HeadBytes, start: number, end: number): boolean => end - start >= 2 && byteAt(bytes, start + 1) === lineFeed;

/** HTTP/2 without TLS is not offered on: a tunnel of it would carry requests that nobody looks at. Ignoring an offer is always allowed. */
const offered = (protocols: string): string => (/h2c/i.test(protocols) ? '' : protocols);

function lineFault(byte: number, otherwise: ParseFault): ParseFault {
  if (byte === lineFeed) return 'bare-line-feed';
  return byte === carriageReturn && otherwise !== 'version-unsupported' ? 'version-unsupported' : otherwise;
}
