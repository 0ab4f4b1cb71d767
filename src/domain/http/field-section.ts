// Hot path. Reads header fields from bytes: checks every byte, takes out the few fields that end at this hop, and leaves the rest as text.
// RFC 9110 section 5, RFC 9112 sections 5 and 6. One object serves message after message; what it found holds until the next `parse`.
import { itemAt } from '../../foundation/basics/item-at.ts';
import { tokenCharacters, valueCharacters } from './characters.ts';
import { connectionBit, connectionOption, isKeepAlive, namedFields } from './connection-options.ts';
import type { HeadBytes } from './head-bytes.ts';
import { byteAt, carriageReturn, colon, isBlank, lineFeed } from './head-bytes.ts';
import { isHost } from './host.ts';
import { cannotBeHopByHop, known, knownField } from './known-fields.ts';
import type { HeadLimits } from './limits.ts';
import type { ParseFault } from './parse-fault.ts';

/** What `parse` gives instead of a place. */
export const incomplete = -1;
export const faulty = -2;

/** Lengths that are not a number of bytes. */
export const noLength = -1;

/** Where the fields stand. Some mean something in requests only, and few may come after a body. */
export type SectionPart = 'request' | 'answer' | 'trailers';

export class FieldSection {
  fault: ParseFault | undefined = undefined;
  /** From Content-Length, or `noLength`. */
  contentLength = noLength;
  isChunked = false;
  /** Options of Connection, by `connectionOption`, as bits. */
  connection = 0;
  acceptsTrailers = false;
  expectsContinue = false;
  /** Seconds of `Keep-Alive: timeout=`, or 0. */
  keepAliveTimeout = 0;

  readonly #part: SectionPart;
  #start = 0;
  #end = 0;
  #count = 0;
  #hostStart = 0;
  #hostEnd = 0;
  #upgradeStart = 0;
  #upgradeEnd = 0;
  /** Places of lines that are taken out: start, end, start, end … The list is kept, and counted anew, since emptying it makes garbage. */
  readonly #dropped: number[] = [];
  #droppedCount = 0;
  /** Places of the values of fields by which a balancer in front names the client: code, start, end … */
  readonly #forwarded: number[] = [];
  /** Names of further fields that Connection takes out, in small letters. */
  #named: string[] = [];

  constructor(part: SectionPart) {
    this.#part = part;
  }

  /** Reads from `start` up to the empty line; `end` is where the bytes end. Gives the place behind the empty line, `incomplete` or `faulty`. */
  parse(bytes: HeadBytes, start: number, end: number, limits: HeadLimits): number {
    this.#reset(start);
    let at = start;
    while (at < end) {
      if (byteAt(bytes, at) === carriageReturn) {
        if (at + 1 === end) return incomplete;
        if (byteAt(bytes, at + 1) !== lineFeed) return this.#refuse('bare-carriage-return');
        this.#end = at;
        return at + 2;
      }
      at = this.#parseLine(bytes, at, end);
      if (at < 0) return at;
      if (++this.#count > limits.fields) return this.#refuse('too-many-headers');
    }
    return incomplete;
  }

  #reset(start: number): void {
    this.fault = undefined;
    this.contentLength = noLength;
    this.isChunked = false;
    this.connection = 0;
    this.acceptsTrailers = false;
    this.expectsContinue = false;
    this.keepAliveTimeout = 0;
    this.#start = start;
    this.#count = 0;
    this.#hostEnd = 0;
    this.#hostStart = 0;
    this.#upgradeEnd = 0;
    this.#upgradeStart = 0;
    this.#droppedCount = 0;
    if (this.#forwarded.length > 0) this.#forwarded.length = 0;
    if (this.#named.length > 0) this.#named = [];
  }

  /** Reads one line; gives the place behind it, `incomplete` or `faulty`. */
  #parseLine(bytes: HeadBytes, start: number, end: number): number {
    let at = start;
    while (at < end && tokenCharacters[byteAt(bytes, at)] === 1) at++;
    if (at === end) return incomplete;
    if (byteAt(bytes, at) !== colon || at === start) return this.#refuse(nameFault(byteAt(bytes, at), at === start));
    const nameEnd = at++;

    while (at < end && isBlank(byteAt(bytes, at))) at++;
    const valueStart = at;
    while (at < end && valueCharacters[byteAt(bytes, at)] === 1) at++;
    if (at === end) return incomplete;
    if (byteAt(bytes, at) !== carriageReturn)
      return this.#refuse(byteAt(bytes, at) === lineFeed ? 'bare-line-feed' : 'header-value-invalid');
    if (at + 1 === end) return incomplete;
    if (byteAt(bytes, at + 1) !== lineFeed) return this.#refuse('bare-carriage-return');

    const code = knownField(bytes, start, nameEnd);
    if (code !== known.no) {
      let valueEnd = at;
      while (valueEnd > valueStart && isBlank(byteAt(bytes, valueEnd - 1))) valueEnd--;
      if (this.#notice(bytes, code, valueStart, valueEnd)) this.#drop(start, at + 2);
      if (this.fault !== undefined) return faulty;
    }
    return at + 2;
  }

  #drop(start: number, end: number): void {
    this.#dropped[this.#droppedCount++] = start;
    this.#dropped[this.#droppedCount++] = end;
  }

  /** Learns from a known field. True when its line ends at this hop. */
  #notice(bytes: HeadBytes, code: number, start: number, end: number): boolean {
    if (this.#part === 'trailers') {
      this.fault = 'trailer-forbidden';
      return false;
    }
    if (this.#part === 'answer' && concernsRequests(code)) return false;
    switch (code) {
      case known.host:
        this.#noticeHost(bytes, start, end);
        return false;
      case known.contentLength:
        this.#noticeLength(readLength(bytes, start, end));
        return false;
      case known.transferEncoding:
        this.#noticeEncoding(bytes.latin1Slice(start, end));
        return true;
      case known.connection:
        // What nearly all clients and servers say is known without making text of it.
        if (isKeepAlive(bytes, start, end)) this.connection |= connectionBit.keepAlive;
        else this.#noticeConnection(bytes.latin1Slice(start, end));
        return true;
      case known.upgrade:
        this.#upgradeStart = start;
        this.#upgradeEnd = end;
        return true;
      case known.te:
        this.acceptsTrailers ||= /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(bytes.latin1Slice(start, end));
        return true;
      case known.keepAlive:
        this.keepAliveTimeout = Number(/(?:^|[ \t,;])timeout=(\d{1,6})/i.exec(bytes.latin1Slice(start, end))?.[1] ?? 0);
        return true;
      case known.expect:
        this.expectsContinue ||= bytes.latin1Slice(start, end).toLowerCase() === '100-continue';
        return false;
      case known.notInTrailers:
        return false;
      case known.hopByHop:
        return true;
      default:
        this.#forwarded.push(code, start, end);
        return true;
    }
  }

  #noticeHost(bytes: HeadBytes, start: number, end: number): void {
    if (this.#hostEnd !== 0) this.fault = 'host-repeated';
    else if (!isHost(bytes, start, end)) this.fault = 'host-invalid';
    this.#hostStart = start;
    this.#hostEnd = end;
  }

  #noticeLength(length: number): void {
    if (this.contentLength !== noLength) this.fault = 'length-repeated';
    else if (this.isChunked) this.fault = 'length-and-encoding';
    else if (length === noLength) this.fault = 'length-invalid';
    else this.contentLength = length;
  }

  #noticeEncoding(text: string): void {
    if (this.contentLength !== noLength) this.fault = 'length-and-encoding';
    else if (this.isChunked || text.toLowerCase() !== 'chunked') this.fault = 'encoding-unsupported';
    else this.isChunked = true;
  }

  #noticeConnection(text: string): void {
    const options = connectionOption(text);
    if (options >= 0) {
      this.connection |= options;
      return;
    }
    for (const name of namedFields(text)) {
      const option = connectionOption(name);
      if (option >= 0) this.connection |= option;
      else if (cannotBeHopByHop.has(name)) this.fault = 'connection-invalid';
      else this.#named.push(name);
    }
  }

  #refuse(fault: ParseFault): typeof faulty {
    this.fault = fault;
    return faulty;
  }

  /** The Host header's value, '' when there is none. `head` is the text that begins at byte `base`; so too below. */
  host(head: string, base: number): string {
    return head.slice(this.#hostStart - base, this.#hostEnd - base);
  }

  get hasHost(): boolean {
    return this.#hostEnd !== 0;
  }

  /** The protocols that Upgrade offers, '' when there is none. */
  upgrade(head: string, base: number): string {
    return head.slice(this.#upgradeStart - base, this.#upgradeEnd - base);
  }

  /** The lines that go on to the next hop, in their order and spelling. */
  fields(head: string, base: number): string {
    const dropped = this.#dropped;
    let kept = '';
    let from = this.#start;
    for (let index = 0; index < this.#droppedCount; index += 2) {
      const lineStart = itemAt(dropped, index);
      if (lineStart > from) kept += head.slice(from - base, lineStart - base);
      from = itemAt(dropped, index + 1);
    }
    if (this.#end > from) kept += head.slice(from - base, this.#end - base);
    return this.#named.length === 0 ? kept : withoutFields(kept, this.#named);
  }

  /** Names of further fields that end at this hop, in small letters: Connection named them. Trailers may not have them either. */
  get named(): readonly string[] {
    return this.#named;
  }

  get hasForwarded(): boolean {
    return this.#forwarded.length > 0;
  }

  /** All values of one of the fields by which a balancer in front names the client, joined as one list; '' when there are none. */
  forwarded(code: number, head: string, base: number): string {
    const places = this.#forwarded;
    const values: string[] = [];
    for (let index = 0; index < places.length; index += 3) {
      if (itemAt(places, index) === code) values.push(head.slice(itemAt(places, index + 1) - base, itemAt(places, index + 2) - base));
    }
    return values.filter((value) => value !== '').join(', ');
  }
}

/** 2^53 has sixteen digits; numbers beyond it are not exact. */
const mostDigits = 16;
const zero = 0x30;

/** Plain digits, one spelling for each number: what begins with a zero is eight to some readers and ten to others. Else `noLength`. */
function readLength(bytes: HeadBytes, start: number, end: number): number {
  if (end === start || end - start > mostDigits || (byteAt(bytes, start) === zero && end - start > 1)) return noLength;
  let length = 0;
  for (let at = start; at < end; at++) {
    const digit = byteAt(bytes, at) - zero;
    if (digit < 0 || digit > 9) return noLength;
    length = length * 10 + digit;
  }
  return length <= Number.MAX_SAFE_INTEGER ? length : noLength;
}

function nameFault(byte: number, isFirst: boolean): ParseFault {
  if (byte === lineFeed) return 'bare-line-feed';
  if (isBlank(byte)) return isFirst ? 'header-folded' : 'header-name-with-space';
  return 'header-name-invalid';
}

/** In an answer these say nothing about this hop, and pass. */
const concernsRequests = (code: number): boolean =>
  code === known.host || code === known.expect || (code >= known.forwarded && code <= known.xForwardedPort);

/** The lines whose names are not in `names`, which are in small letters. */
export function withoutFields(lines: string, names: readonly string[]): string {
  // A head may name thousands of fields; looking through a list for each line would cost what an attacker likes.
  const taken = new Set(names);
  return lines
    .split('\r\n')
    .filter((line) => line === '' || !taken.has(line.slice(0, line.indexOf(':')).toLowerCase()))
    .join('\r\n');
}
