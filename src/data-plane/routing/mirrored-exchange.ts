// A copy of an exchange for another pool. Nobody waits for it: what it answers is thrown away, and a copy that is too slow or too long is
// given up rather than held.
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { Exchange, ExchangeServer, Tunnelled } from '../listening/exchange.ts';

/** What all copies of one worker may hold at once. Beyond it exchanges are not copied. */
export interface MirrorRoom {
  exchanges: number;
  bytes: number;
}

const mostExchanges = 1000;
const mostBytes = 32 * 1024 * 1024;

export const emptyRoom = (): MirrorRoom => ({ exchanges: 0, bytes: 0 });

export class MirroredExchange implements Exchange {
  readonly request: RequestHead;
  readonly client: string;
  readonly peer: string;
  readonly forwardingLines: string;
  readonly canRefuse = true;
  server: ExchangeServer | undefined = undefined;
  readonly #room: MirrorRoom;
  readonly #limit: number;
  /** Came, and not yet taken by the other pool. */
  #pieces: Buffer[] = [];
  #held = 0;
  #size = 0;
  #isFlowing = false;
  #isPaused = false;
  #isEnded = false;
  #isOver = false;
  #trailers = '';

  constructor(original: Exchange, limit: number, room: MirrorRoom) {
    // A copy cannot become a tunnel: two answers would come for one client.
    this.request = { ...original.request, upgrade: '' };
    this.client = original.client;
    this.peer = original.peer;
    this.forwardingLines = original.forwardingLines;
    this.#limit = limit;
    this.#room = room;
    room.exchanges++;
  }

  /** Whether there is room for a copy, and its body is one that may be copied. */
  static fits({ request }: Exchange, limit: number, room: MirrorRoom): boolean {
    return room.exchanges < mostExchanges && room.bytes < mostBytes && request.length <= limit && request.upgrade === '';
  }

  /** It came to its end, or was given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isRequestComplete(): boolean {
    return this.#isEnded;
  }

  /** Of the original's body; lent for the time of the call. */
  add(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const length = end - start;
    this.#size += length;
    if (this.#size > this.#limit || this.#room.bytes + length > mostBytes) return this.giveUp();
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.#hold(length);
    this.#flow();
  }

  complete(trailers: string): void {
    this.#isEnded = true;
    this.#trailers = trailers;
    this.#flow();
  }

  /** The client left before its request was complete, or there is too much of it. */
  giveUp(): void {
    if (this.#isOver) return;
    const { server } = this;
    this.#over();
    server?.clientGone(failureOf('client-gone'));
  }

  receive(): void {
    this.#isFlowing = true;
    this.#flow();
  }

  pauseRequest(): void {
    this.#isPaused = true;
  }

  resumeRequest(): void {
    this.#isPaused = false;
    this.#flow();
  }

  #flow(): void {
    while (this.#isFlowing && !this.#isPaused && !this.#isOver) {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      this.#hold(-piece.length);
      this.server?.requestBytes(piece, 0, piece.length, true);
    }
    if (!this.#isEnded || !this.#isFlowing || this.#isPaused || this.#isOver || this.#pieces.length > 0) return;
    this.#isFlowing = false;
    this.server?.requestEnd(this.#trailers);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#room.bytes += bytes;
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pieces = [];
    this.#hold(-this.#held);
    this.#room.exchanges--;
  }

  interim(): void {}

  respond(): void {}

  responseBytes(): void {}

  end(): void {
    this.#over();
  }

  refuse(_failure: Failure): void {
    this.#over();
  }

  breakOff(_failure: Failure): void {
    this.#over();
  }

  switchProtocol(): Tunnelled {
    throw new Error('A copy offers no other protocol, so that none can be changed to.');
  }
}
