// An exchange as its route has changed it: another path and other headers on the way to the endpoint, other headers on the way back, a limit
// on its body, and a copy for a mirror. Made for routes that have any of these; the others serve the exchange as it came.
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { HeaderChanges } from '../../domain/routing/actions/header-changes.ts';
import type { TemplateFacts } from '../../domain/routing/actions/template.ts';
import type { Exchange, ExchangeServer, Tunnelled } from '../listening/exchange.ts';
import type { MirroredExchange } from './mirrored-exchange.ts';
import type { ReadAhead } from './read-ahead.ts';

export interface RouteChanges {
  /** As endpoints are to see it. */
  readonly request: RequestHead;
  readonly facts: TemplateFacts;
  readonly requestHeaders: HeaderChanges | undefined;
  readonly responseHeaders: HeaderChanges | undefined;
  /** Of the body, in bytes. */
  readonly most: number;
  /** What of the body was read already. */
  readonly read: ReadAhead | undefined;
}

export class RoutedExchange implements Exchange, ExchangeServer {
  readonly request: RequestHead;
  server: ExchangeServer | undefined = undefined;
  /** Set before the exchange is served. */
  mirror: MirroredExchange | undefined = undefined;
  readonly #exchange: Exchange;
  readonly #changes: RouteChanges;
  #size = 0;
  /** The whole body has been given to whoever serves the exchange. */
  #isBodyDone: boolean;

  constructor(exchange: Exchange, changes: RouteChanges) {
    this.#exchange = exchange;
    this.#changes = changes;
    this.request = changes.request;
    this.#isBodyDone = changes.request.length === 0;
    if (changes.read === undefined) exchange.server = this;
    else changes.read.handTo(this);
  }

  get client(): string {
    return this.#exchange.client;
  }

  get peer(): string {
    return this.#exchange.peer;
  }

  get forwardingLines(): string {
    const { forwardingLines } = this.#exchange;
    return this.#changes.requestHeaders?.strip(forwardingLines) ?? forwardingLines;
  }

  get canRefuse(): boolean {
    return this.#exchange.canRefuse;
  }

  get isRequestComplete(): boolean {
    return this.#exchange.isRequestComplete;
  }

  receive(): void {
    const { read } = this.#changes;
    if (read === undefined) this.#exchange.receive();
    else read.replay();
  }

  pauseRequest(): void {
    this.#exchange.pauseRequest();
  }

  resumeRequest(): void {
    this.#exchange.resumeRequest();
  }

  interim(head: ResponseHead): void {
    // The client was told to go on when its body was read.
    if (head.status !== 100 || this.#changes.read?.isBegun !== true) this.#exchange.interim(head);
  }

  respond(head: ResponseHead): void {
    this.#exchange.respond(this.#changed(head));
  }

  responseBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#exchange.responseBytes(bytes, start, end, stays);
  }

  end(trailers: string): void {
    this.#leaveMirror();
    this.#exchange.end(trailers);
  }

  refuse(failure: Failure): void {
    this.#leaveMirror();
    this.#exchange.refuse(failure);
  }

  breakOff(failure: Failure): void {
    this.#leaveMirror();
    this.#exchange.breakOff(failure);
  }

  /** What has not come of the body so far will not come for the copy either. */
  #leaveMirror(): void {
    if (!this.#isBodyDone) this.mirror?.giveUp();
  }

  switchProtocol(head: ResponseHead): Tunnelled {
    return this.#exchange.switchProtocol(this.#changed(head));
  }

  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#size += end - start;
    if (this.#size > this.#changes.most) return this.#failRequest(failureOf('body-too-large'));
    this.mirror?.add(bytes, start, end);
    this.server?.requestBytes(bytes, start, end, stays);
  }

  requestEnd(trailers: string): void {
    this.#isBodyDone = true;
    this.mirror?.complete(trailers);
    this.server?.requestEnd(trailers);
  }

  clientBlocked(): void {
    this.server?.clientBlocked();
  }

  clientDrained(): void {
    this.server?.clientDrained();
  }

  clientGone(failure: Failure): void {
    this.#leaveMirror();
    this.server?.clientGone(failure);
  }

  #failRequest(failure: Failure): void {
    this.clientGone(failure);
    if (this.canRefuse) this.refuse(failure);
    else this.breakOff(failure);
  }

  #changed(head: ResponseHead): ResponseHead {
    const { responseHeaders, facts } = this.#changes;
    return responseHeaders === undefined ? head : { ...head, fields: responseHeaders.apply(head.fields, facts) };
  }
}
