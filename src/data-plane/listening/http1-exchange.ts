// Hot path. An exchange that came by HTTP/1.1: its answer becomes text and bytes on the client's connection.
import { listenerCounter } from '../../domain/endpoints/scoreboard.ts';
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureResponse } from '../../domain/exceptions/failure-response.ts';
import { addedForwardingLines } from '../../domain/http/forwarding-headers.ts';
import type { ConnectionLine } from '../../domain/http/head-writer.ts';
import { chunkEnd, chunkStart, lastChunk, responseText, switchingText } from '../../domain/http/head-writer.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Exchange, ExchangeServer, Tunnelled } from './exchange.ts';

const waiting = 0;
const answering = 1;
const over = 2;

export class Http1Exchange implements Exchange {
  readonly request: RequestHead;
  server: ExchangeServer | undefined = undefined;
  readonly #connection: ClientConnection;
  #state: typeof waiting | typeof answering | typeof over = waiting;
  #keepAlive = false;
  #isChunked = false;
  /** The end of the connection is the end of the answer. */
  #lastsUntilClose = false;

  constructor(connection: ClientConnection, request: RequestHead) {
    this.#connection = connection;
    this.request = request;
  }

  get client(): string {
    return this.#connection.facts.clientOf(this.request.forwarded);
  }

  get peer(): string {
    return this.#connection.facts.client;
  }

  get forwardingLines(): string {
    const { facts } = this.#connection;
    const { host, forwarded } = this.request;
    if (forwarded !== undefined && facts.isTrusted) return addedForwardingLines(forwarded, facts, host);
    return facts.linesFor(host);
  }

  get canRefuse(): boolean {
    return this.#state === waiting;
  }

  get isRequestComplete(): boolean {
    return this.#connection.isRequestComplete;
  }

  receive(): void {
    if (this.#state !== over) this.#connection.receive();
  }

  pauseRequest(): void {
    if (this.#state !== over) this.#connection.pauseRequest();
  }

  resumeRequest(): void {
    if (this.#state !== over) this.#connection.resumeRequest();
  }

  interim(head: ResponseHead): void {
    // HTTP/1.0 knows only one answer to a request.
    if (this.#state !== waiting || this.request.minor === 0) return;
    this.#send(responseText(head, '', false));
  }

  respond(head: ResponseHead): void {
    if (this.#state !== waiting) return;
    this.#state = answering;
    // An answer that comes before the end of its request may be the last that the client waits for: it is told now that the rest is not read.
    this.#keepAlive = this.isRequestComplete && this.#connection.mayKeepAlive(this.request);
    if (head.length < 0) {
      this.#isChunked = this.request.minor === 1;
      this.#lastsUntilClose = !this.#isChunked;
      if (this.#lastsUntilClose) this.#keepAlive = false;
    }
    this.#countStatus(head.status);
    this.#send(responseText(head, this.#connectionLine(), this.#isChunked));
  }

  #connectionLine(): ConnectionLine {
    if (!this.#keepAlive) return 'Connection: close\r\n';
    return this.request.minor === 0 ? 'Connection: keep-alive\r\n' : '';
  }

  responseBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    if (this.#state !== answering) return;
    const { wire, context } = this.#connection;
    context.count(listenerCounter.bytesSent, end - start);
    if (!this.#isChunked) return wire.sendBytes(bytes, start, end, stays);
    wire.send(chunkStart(end - start));
    wire.sendBytes(bytes, start, end, stays);
    wire.send(chunkEnd);
  }

  end(trailers: string): void {
    if (this.#state !== answering) return;
    if (this.#isChunked) this.#connection.wire.send(lastChunk(trailers));
    this.#state = over;
    this.#connection.exchangeOver(this.#keepAlive);
  }

  refuse(failure: Failure): void {
    if (this.#state !== waiting) return;
    this.#state = over;
    // What is left of the request would have to be read first.
    const keepAlive = this.isRequestComplete && catalogue[failure.kind].origin !== 'client' && this.#connection.mayKeepAlive(this.request);
    this.#keepAlive = keepAlive;
    this.#countStatus(catalogue[failure.kind].status);
    this.#send(failureResponse(failure, this.#connectionLine(), this.request.method === 'HEAD'));
    this.#connection.exchangeOver(keepAlive);
  }

  breakOff(_failure: Failure): void {
    if (this.#state !== answering) return;
    this.#state = over;
    this.#connection.context.count(listenerCounter.brokenAnswers, 1);
    // A length or a missing last chunk shows that the answer is not whole; an answer up to the end of its connection needs a reset for that.
    this.#connection.exchangeBroken(this.#lastsUntilClose);
  }

  switchProtocol(head: ResponseHead): Tunnelled {
    this.#state = over;
    this.#countStatus(head.status);
    this.#send(switchingText(head));
    const early = this.#connection.handOver();
    return { wire: this.#connection.wire, early, done: () => this.#connection.tunnelOver() };
  }

  #countStatus(status: number): void {
    this.#connection.context.count(listenerCounter.status1xx + Math.floor(status / 100) - 1, 1);
  }

  #send(text: string): void {
    const { wire, context } = this.#connection;
    context.count(listenerCounter.bytesSent, text.length);
    wire.send(text);
  }
}
