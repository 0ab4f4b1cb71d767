// Reads a message with the parsers as a connection does: bytes come in pieces, and what is not whole yet is brought again with more.
// The pieces stand amid other bytes, so that a parser that looks beyond what it was given is seen.
import type { BodySink } from '../../../src/domain/http/body-reader.ts';
import { BodyReader } from '../../../src/domain/http/body-reader.ts';
import { faulty, incomplete } from '../../../src/domain/http/field-section.ts';
import type { RequestLimits } from '../../../src/domain/http/limits.ts';
import type { ParseFault } from '../../../src/domain/http/parse-fault.ts';
import type { RequestHead } from '../../../src/domain/http/request-head.ts';
import { bodyLength } from '../../../src/domain/http/request-head.ts';
import { RequestParser } from '../../../src/domain/http/request-parser.ts';
import type { ResponseHead } from '../../../src/domain/http/response-head.ts';
import { ResponseParser } from '../../../src/domain/http/response-parser.ts';

export interface MessageLimits extends RequestLimits {
  readonly body: number;
}

/** What listeners and pools allow when nothing else is said, but small enough for tests to pass. */
export const usualLimits: MessageLimits = { head: 16_384, fields: 100, target: 8192, body: Number.POSITIVE_INFINITY };

export interface Reading<Head> {
  readonly outcome: 'accepted' | 'incomplete' | ParseFault;
  /** The head, once it was whole and faultless. */
  readonly head: Head | undefined;
  readonly body: string;
  readonly trailers: string;
  /** Where the message ends in its bytes. */
  readonly end: number;
}

interface HeadParser<Head> {
  readonly head: Head | undefined;
  readonly fault: ParseFault | undefined;
  parse(bytes: Buffer, start: number, end: number): number;
}

interface AnyHead {
  readonly length: number;
  readonly hopByHop: readonly string[];
}

/** Bytes that would change the meaning of a message that is read past its end. */
const before = Buffer.from('\r\n\r\nGET ', 'latin1');
const behind = Buffer.from('\n\r\n0\r\n\r\n', 'latin1');

/** Places at which bytes are cut: everywhere. */
export const everywhere = (bytes: Uint8Array): number[] => Array.from(bytes, (_, index) => index + 1);

export function readRequest(bytes: Buffer, cuts: readonly number[], limits = usualLimits): Reading<RequestHead> {
  return new MessageReader<RequestHead>(new RequestParser(limits), limits).read(bytes, cuts);
}

/** `toHead` says that the request was HEAD. The end of the bytes is the end of the connection. */
export function readResponse(bytes: Buffer, cuts: readonly number[], toHead: boolean, limits = usualLimits): Reading<ResponseHead> {
  const parser = new ResponseParser(limits);
  const forRequest: HeadParser<ResponseHead> = {
    get head() {
      return parser.head;
    },
    get fault() {
      return parser.fault;
    },
    parse: (piece, start, end) => parser.parse(piece, start, end, toHead),
  };
  return new MessageReader(forRequest, limits).read(bytes, cuts);
}

class MessageReader<Head extends AnyHead> implements BodySink {
  readonly #parser: HeadParser<Head>;
  readonly #reader: BodyReader;
  #head: Head | undefined = undefined;
  #fault: ParseFault | undefined = undefined;
  #body = '';
  #at = 0;

  constructor(parser: HeadParser<Head>, limits: MessageLimits) {
    this.#parser = parser;
    this.#reader = new BodyReader(limits, limits.body);
  }

  read(bytes: Buffer, cuts: readonly number[]): Reading<Head> {
    for (const end of [...cuts, bytes.length]) this.#readPiece(bytes, end);
    return { outcome: this.#outcome(), head: this.#head, body: this.#body, trailers: this.#reader.trailers, end: this.#at };
  }

  /** Gives the parsers all bytes that they have not taken, up to `end`. */
  #readPiece(bytes: Buffer, end: number): void {
    const piece = Buffer.concat([before, bytes.subarray(this.#at, end), behind]);
    const pieceEnd = piece.length - behind.length;
    let start = before.length;
    if (this.#head === undefined) start += this.#readHead(piece, start, pieceEnd);
    if (this.#head === undefined || this.#fault !== undefined || this.#reader.isDone) return;
    const taken = this.#reader.read(piece, start, pieceEnd, this);
    this.#at += taken - start;
    this.#fault = this.#reader.fault;
  }

  /** Gives how many bytes the head has, 0 while it is not whole. */
  #readHead(piece: Buffer, start: number, end: number): number {
    if (this.#fault !== undefined) return 0;
    const place = this.#parser.parse(piece, start, end);
    if (place === faulty) this.#fault = this.#parser.fault;
    if (place === incomplete || place === faulty) return 0;
    if (this.#parser.head === undefined) throw new Error('a head that was read is there');
    this.#head = this.#parser.head;
    this.#reader.begin(this.#head.length, this.#head.hopByHop);
    this.#fault = this.#reader.fault;
    this.#at += place - start;
    return place - start;
  }

  #outcome(): Reading<Head>['outcome'] {
    if (this.#fault !== undefined) return this.#fault;
    const isWhole = this.#head !== undefined && (this.#reader.isDone || this.#head.length === bodyLength.untilClose);
    return isWhole ? 'accepted' : 'incomplete';
  }

  bodyBytes(bytes: Buffer, start: number, end: number): void {
    this.#body += bytes.latin1Slice(start, end);
  }
}
