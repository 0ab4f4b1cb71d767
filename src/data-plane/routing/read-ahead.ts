// Reads the body of a request before it has a route, because conditions ask for it; and gives it to whoever serves the request then.
import type { Failure } from '../../domain/exceptions/failure.ts';
import { fieldValue } from '../../domain/http/field-text.ts';
import { longBody, noBody, RequestBody } from '../../domain/routing/conditions/request-body.ts';
import type { Exchange, ExchangeServer } from '../listening/exchange.ts';

const goOn = {
  status: 100,
  reason: 'Continue',
  fields: '',
  length: 0,
  keepAlive: true,
  keepAliveTimeout: 0,
  upgrade: '',
  hopByHop: [],
} as const;

export class ReadAhead implements ExchangeServer {
  readonly #exchange: Exchange;
  readonly #limit: number;
  readonly #then: (body: RequestBody) => void;
  #pieces: Buffer[] = [];
  #size = 0;
  #isBegun = false;
  /** What conditions ask for is decided: what still comes is only held. */
  #isDecided = false;
  #isEnded = false;
  #next: ExchangeServer | undefined = undefined;
  #trailers = '';

  /** `then` is called once, unless the client leaves before. */
  constructor(exchange: Exchange, limit: number, then: (body: RequestBody) => void) {
    this.#exchange = exchange;
    this.#limit = limit;
    this.#then = then;
  }

  begin(): void {
    const { request } = this.#exchange;
    if (request.length === 0) return this.#then(noBody);
    // By its own word too long: not a byte is taken.
    if (request.length > this.#limit) return this.#then(longBody);
    this.#isBegun = true;
    this.#exchange.server = this;
    if (request.expectsContinue) this.#exchange.interim(goOn);
    this.#exchange.receive();
  }

  /** The client was told to send its body: nobody has to tell it again. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  requestBytes(bytes: Buffer, start: number, end: number): void {
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.#size += end - start;
    if (this.#size <= this.#limit || this.#isDecided) return;
    this.#isDecided = true;
    this.#exchange.pauseRequest();
    this.#then(longBody);
  }

  requestEnd(trailers: string): void {
    this.#isEnded = true;
    this.#trailers = trailers;
    if (this.#isDecided) return;
    this.#isDecided = true;
    const bytes = Buffer.concat(this.#pieces);
    const type = fieldValue(this.#exchange.request.fields, 'content-type') ?? '';
    this.#then(new RequestBody({ length: bytes.length, type, text: bytes.toString('utf8') }));
  }

  /** Who serves the request hears of the client from now on, and of the body once it asks for it. */
  handTo(server: ExchangeServer): void {
    if (this.#isBegun) this.#next = server;
    else this.#exchange.server = server;
  }

  /** Gives what was read, and lets the rest flow. */
  replay(): void {
    const server = this.#next;
    if (server === undefined) return this.#exchange.receive();
    this.#exchange.server = server;
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const piece of pieces) server.requestBytes(piece, 0, piece.length, true);
    if (this.#isEnded) server.requestEnd(this.#trailers);
    else this.#exchange.resumeRequest();
  }

  clientBlocked(): void {
    this.#next?.clientBlocked();
  }

  clientDrained(): void {
    this.#next?.clientDrained();
  }

  clientGone(failure: Failure): void {
    this.#isDecided = true;
    this.#pieces = [];
    this.#next?.clientGone(failure);
  }
}
