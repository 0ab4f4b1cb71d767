// Hot path. Takes requests out of a connection's bytes, one at a time: the next one waits until its turn comes.
// What is held of a client that sends ahead never exceeds one read and one head; then it is not read.
import { BodyReader } from '../../domain/http/body-reader.ts';
import { incomplete } from '../../domain/http/field-section.ts';
import type { ParseFault } from '../../domain/http/parse-fault.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import { bodyLength } from '../../domain/http/request-head.ts';
import type { Wire } from '../sockets/wire.ts';
import type { ListenerContext } from './listener-context.ts';

/** Is told what comes in, in order. Each call may end the exchange, and with it what is left of the request. */
export interface RequestReceiver {
  /** Some of a head has come, and not all. */
  headBegun(): void;
  requestBegun(request: RequestHead): void;
  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void;
  /** Some of a body has come, and not all. */
  bodyContinued(): void;
  requestEnded(trailers: string): void;
  /** A head that cannot be read, or a body that cannot be measured: nothing that follows can be read either. */
  requestFaulty(fault: ParseFault): void;
}

/** Where in a request the bytes are. */
export const phase = {
  /** Before the first byte of the next request. */
  between: 0,
  head: 1,
  body: 2,
  /** The request is complete and its turn lasts: what follows waits. */
  complete: 3,
  /** Nothing is taken any more. */
  closed: 4,
} as const;

/** Bodies with more than this to come are read into a buffer of the connection's own. */
const longBody = 65_536;
const lineFeed = 0x0a;

export class RequestIntake {
  phase: number = phase.between;
  /** The body may be read. */
  isFlowing = false;
  readonly #wire: Wire;
  readonly #context: ListenerContext;
  readonly #receiver: RequestReceiver;
  #body: BodyReader | undefined = undefined;
  /** Bytes that came and could not be used yet. */
  #held: Buffer | undefined = undefined;
  #isConsuming = false;
  /** The body is worth a buffer of the connection's own. */
  #isLong = false;

  constructor(wire: Wire, context: ListenerContext, receiver: RequestReceiver) {
    this.#wire = wire;
    this.#context = context;
    this.#receiver = receiver;
  }

  /** Bytes of a further request, or of a half one, have come already. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  take(bytes: Buffer, end: number): void {
    if (this.phase === phase.closed) return;
    if (this.#held === undefined) return this.#consume(bytes, end);

    const joined = Buffer.concat([this.#held, bytes.subarray(0, end)]);
    this.#held = joined;
    if (this.phase === phase.complete) return this.#limitHeld();
    // A head is looked at again only when a line of it is complete: bytes that trickle in cost no more than others.
    const hasLine = bytes.subarray(0, end).includes(lineFeed);
    if (this.phase === phase.head && !hasLine && joined.length < this.#context.settings.limits.head) return;
    this.#consumeHeld();
  }

  /** Lets the body flow. */
  flow(): void {
    if (this.phase !== phase.body || this.isFlowing) return;
    this.isFlowing = true;
    // With the head alone in this read, a long body has not begun to come: the next read is already into the larger buffer.
    if (this.#isLong) this.#wire.takeBuffer();
    if (this.#isConsuming) return;
    // In this order: whoever gets the bytes may already ask for a pause.
    this.#wire.resume();
    this.#consumeHeld();
  }

  /** The turn of the request is over: the next one is taken. */
  release(): void {
    this.phase = phase.between;
    if (this.#isConsuming) return;
    this.#wire.resume();
    this.#consumeHeld();
  }

  /** Takes nothing any more, and drops what is held. */
  close(): void {
    this.phase = phase.closed;
    this.#held = undefined;
    this.#wire.leaveBuffer();
  }

  /** Takes nothing any more, and gives back what is held. */
  handOver(): Buffer | undefined {
    const held = this.#held;
    this.close();
    return held;
  }

  #consumeHeld(): void {
    const held = this.#held;
    if (held === undefined || this.#isConsuming) return;
    this.#held = undefined;
    this.#consume(held, held.length);
  }

  #consume(bytes: Buffer, end: number): void {
    this.#isConsuming = true;
    let at = 0;
    while (at < end) {
      const next = this.#step(bytes, at, end);
      if (next === incomplete) break;
      at = next;
    }
    this.#isConsuming = false;
    if (at < end) this.#hold(bytes, at, end);
  }

  /** Uses some of the bytes; gives the place behind them, or `incomplete` when the rest has to wait. */
  #step(bytes: Buffer, at: number, end: number): number {
    switch (this.phase) {
      case phase.between:
      case phase.head:
        return this.#readHead(bytes, at, end);
      case phase.body:
        return this.isFlowing ? this.#readBody(bytes, at, end) : incomplete;
      case phase.complete:
        return incomplete;
      default:
        return end;
    }
  }

  #hold(bytes: Buffer, at: number, end: number): void {
    if (this.phase === phase.closed) return;
    this.#held = Buffer.from(bytes.subarray(at, end));
    if (this.phase === phase.complete || (this.phase === phase.body && !this.isFlowing)) this.#limitHeld();
    else if (this.phase === phase.between) {
      this.phase = phase.head;
      this.#receiver.headBegun();
    }
  }

  /** Some reading ahead goes on, since only a connection that is read shows that its client has left. */
  #limitHeld(): void {
    if (this.#held !== undefined && this.#held.length >= this.#context.settings.limits.head) this.#wire.pause();
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const { parser } = this.#context;
    const place = parser.parse(bytes, at, end);
    if (place === incomplete) return incomplete;
    const { head } = parser;
    if (place < 0 || head === undefined) {
      this.#receiver.requestFaulty(parser.fault ?? 'header-name-invalid');
      return end;
    }
    this.#begin(head);
    return place;
  }

  #begin(request: RequestHead): void {
    this.isFlowing = false;
    this.phase = phase.complete;
    if (request.length !== 0) {
      const { limits } = this.#context.settings;
      this.phase = phase.body;
      this.#body ??= new BodyReader(limits, limits.body);
      this.#body.begin(request.length, request.hopByHop);
      this.#isLong = request.length === bodyLength.unknown || request.length > longBody;
    }
    this.#receiver.requestBegun(request);
    if (this.phase === phase.body && this.#body?.fault !== undefined) this.#receiver.requestFaulty(this.#body.fault);
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const body = this.#body;
    if (body === undefined) return incomplete;
    const place = body.read(bytes, at, end, this);
    // What was done with the bytes may have ended the exchange.
    if (this.phase !== phase.body) return end;
    if (body.fault !== undefined) {
      this.#receiver.requestFaulty(body.fault);
      return end;
    }
    if (!body.isDone) {
      this.#receiver.bodyContinued();
      return place === at ? incomplete : place;
    }
    this.phase = phase.complete;
    this.#wire.leaveBuffer();
    this.#receiver.requestEnded(body.trailers);
    return place;
  }

  /** Bytes of the body, from its reader. */
  bodyBytes(bytes: Buffer, start: number, end: number): void {
    this.#receiver.requestBytes(bytes, start, end, bytes !== this.#context.tools.buffers.shared);
  }
}
