// Hot path. One client that speaks HTTP/1.1: its bytes become exchanges, one after another and answered in order, until it is closed.
// A client that sends more than is served at the moment is not read: what is held of it never exceeds one read and one head.

import { listenerCounter } from '../../domain/endpoints/scoreboard.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import { failureResponse } from '../../domain/exceptions/failure-response.ts';
import { requestFailure } from '../../domain/exceptions/from-parse-fault.ts';
import { BodyReader } from '../../domain/http/body-reader.ts';
import { incomplete } from '../../domain/http/field-section.ts';
import type { ParseFault } from '../../domain/http/parse-fault.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import { bodyLength } from '../../domain/http/request-head.ts';
import { WheelTimer } from '../../foundation/algorithms/timing-wheel.ts';
import type { Wire, WireOwner } from '../sockets/wire.ts';
import { ClientFacts } from './client-facts.ts';
import { Http1Exchange } from './http1-exchange.ts';
import type { ListenerContext } from './listener-context.ts';
import { drainGrace, lingerTime } from './listener-context.ts';

/** Bodies with more than this to come are read into a buffer of the connection's own. */
const longBody = 65_536;
const lineFeed = 0x0a;

const stages = {
  /** Between two requests. */
  idle: 0,
  /** A head has begun to come. */
  head: 1,
  /** An exchange is on, and its body is still to come. */
  body: 2,
  /** An exchange is on, and its request is complete. */
  answer: 3,
  /** Refused: read, thrown away and soon closed. */
  linger: 4,
  /** Closed, or no longer ours. */
  over: 5,
} as const;

export class ClientConnection implements WireOwner {
  readonly wire: Wire;
  readonly context: ListenerContext;
  /** One timer for whatever the client is waited for at the moment. */
  readonly timer: WheelTimer;
  #stage: number = stages.idle;
  #exchange: Http1Exchange | undefined = undefined;
  #facts: ClientFacts | undefined = undefined;
  #body: BodyReader | undefined = undefined;
  /** Bytes that came and could not be used yet. */
  #held: Buffer | undefined = undefined;
  /** The body may be read. */
  #isFlowing = false;
  #isConsuming = false;
  #exchanges = 0;
  #unsent = 0;

  constructor(context: ListenerContext, makeWire: (owner: WireOwner) => Wire) {
    this.context = context;
    this.timer = new WheelTimer(this);
    this.wire = makeWire(this);
    context.connections.add(this);
    context.count(listenerCounter.accepted, 1);
    context.count(listenerCounter.openConnections, 1);
    // Until its first byte a new connection is as idle as one between two requests, but need not be waited for as long.
    context.tools.wheel.schedule(this.timer, context.settings.timeouts.head);
  }

  get facts(): ClientFacts {
    this.#facts ??= new ClientFacts(this.wire.socket, this.context.port, this.context.trusted);
    return this.#facts;
  }

  get isRequestComplete(): boolean {
    return this.#stage !== stages.body;
  }

  /** The connection goes on after the exchange that is on now. */
  mayKeepAlive(request: RequestHead): boolean {
    return request.keepAlive && !this.context.isDraining && this.#exchanges < this.context.settings.limits.exchanges;
  }

  onBytes(bytes: Buffer, end: number): void {
    if (this.#stage >= stages.linger) return;
    this.context.count(listenerCounter.bytesReceived, end);
    if (this.#held === undefined) return this.#consume(bytes, end);

    const joined = Buffer.concat([this.#held, bytes.subarray(0, end)]);
    this.#held = joined;
    if (this.#stage === stages.answer) return this.#holdPipelined();
    // A head is looked at again only when a line of it is complete: bytes that trickle in cost no more than others.
    if (this.#stage === stages.head && !bytes.subarray(0, end).includes(lineFeed) && joined.length < this.context.settings.limits.head)
      return;
    this.#consumeHeld();
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
    if (at < end && this.#stage < stages.linger) this.#hold(bytes, at, end);
  }

  /** Uses some of the bytes; gives the place behind them, or `incomplete` when the rest has to wait. */
  #step(bytes: Buffer, at: number, end: number): number {
    switch (this.#stage) {
      case stages.idle:
      case stages.head:
        return this.#readHead(bytes, at, end);
      case stages.body:
        return this.#isFlowing ? this.#readBody(bytes, at, end) : incomplete;
      case stages.answer:
        return incomplete;
      default:
        return end;
    }
  }

  #hold(bytes: Buffer, at: number, end: number): void {
    this.#held = Buffer.from(bytes.subarray(at, end));
    if (this.#stage === stages.body && !this.#isFlowing) this.wire.pause();
    else if (this.#stage === stages.answer) this.#holdPipelined();
    else if (this.#stage === stages.idle) {
      this.#stage = stages.head;
      this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.head);
    }
  }

  /** Some reading ahead goes on, since only a connection that is read shows that its client has left. */
  #holdPipelined(): void {
    if (this.#held !== undefined && this.#held.length >= this.context.settings.limits.head) this.wire.pause();
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const { parser } = this.context;
    const place = parser.parse(bytes, at, end);
    if (place >= 0 && parser.head !== undefined) {
      this.#begin(parser.head);
      return place;
    }
    if (place === incomplete) return incomplete;
    this.#refuseHead(requestFailure(parser.fault ?? 'header-name-invalid'));
    return end;
  }

  #begin(request: RequestHead): void {
    const { context } = this;
    this.#exchanges++;
    context.count(listenerCounter.exchanges, 1);
    context.count(listenerCounter.exchangesInFlight, 1);
    const exchange = new Http1Exchange(this, request);
    this.#exchange = exchange;
    this.#isFlowing = false;
    this.#stage = stages.answer;
    if (request.length !== 0) {
      this.#stage = stages.body;
      this.#body ??= new BodyReader(context.settings.limits, context.settings.limits.body);
      this.#body.begin(request.length, request.hopByHop);
      if (this.#body.fault !== undefined) return exchange.refuse(requestFailure(this.#body.fault));
    }
    context.serve(exchange);
  }

  /** Lets the body flow to the server. Called by the exchange, at once or when an endpoint was reached. */
  receive(): void {
    if (this.#stage !== stages.body || this.#isFlowing) return;
    this.#isFlowing = true;
    this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.body);
    if (this.#body !== undefined && isLong(this.#body.remaining, this.#exchange?.request.length)) this.wire.takeBuffer();
    if (this.#isConsuming) return;
    this.#consumeHeld();
    this.wire.resume();
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const body = this.#body;
    if (body === undefined) return incomplete;
    const place = body.read(bytes, at, end, this);
    // What the server did with the bytes may have ended the exchange.
    if (this.#stage !== stages.body) return end;
    if (body.fault !== undefined) {
      this.#refuseBody(body.fault);
      return end;
    }
    if (!body.isDone) {
      this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.body);
      return place === at ? incomplete : place;
    }
    this.#stage = stages.answer;
    this.wire.leaveBuffer();
    this.#exchange?.server?.requestEnd(body.trailers);
    return place;
  }

  /** Bytes of the body, from its reader. */
  bodyBytes(bytes: Buffer, start: number, end: number): void {
    this.#exchange?.server?.requestBytes(bytes, start, end, bytes !== this.context.tools.buffers.shared);
  }

  pauseRequest(): void {
    if (this.#stage !== stages.body) return;
    this.wire.pause();
    // It is not the client that is waited for now.
    this.context.tools.wheel.cancel(this.timer);
  }

  resumeRequest(): void {
    if (this.#stage !== stages.body || !this.#isFlowing) return;
    this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.body);
    this.wire.resume();
  }

  /** The exchange was answered to its end. */
  exchangeOver(keepAlive: boolean): void {
    const { context } = this;
    const isComplete = this.isRequestComplete;
    this.#forgetExchange();
    if (!isComplete || (!keepAlive && this.#held !== undefined)) return this.#linger();
    if (!keepAlive) return this.#finish();

    this.#stage = stages.idle;
    context.tools.wheel.schedule(this.timer, context.settings.timeouts.keepAlive);
    if (this.#isConsuming) return;
    this.#consumeHeld();
    if (this.#held === undefined || this.#held.length < context.settings.limits.head) this.wire.resume();
  }

  /** The exchange was broken off: the client is to see it. */
  exchangeBroken(byReset: boolean): void {
    this.#forgetExchange();
    this.#leave();
    if (byReset) this.wire.reset();
    else this.wire.finish();
  }

  /** The connection speaks another protocol from here on. Gives what was read behind the request. */
  handOver(): Buffer | undefined {
    this.#forgetExchange();
    const early = this.#held;
    this.#held = undefined;
    this.#stage = stages.over;
    this.context.tools.wheel.cancel(this.timer);
    this.context.count(listenerCounter.tunnels, 1);
    return early;
  }

  tunnelOver(): void {
    this.context.count(listenerCounter.tunnels, -1);
    this.#leaveContext();
  }

  #forgetExchange(): void {
    if (this.#exchange === undefined) return;
    this.#exchange = undefined;
    this.wire.leaveBuffer();
    this.context.count(listenerCounter.exchangesInFlight, -1);
  }

  /** A head that cannot be read: nothing that follows it can be either. */
  #refuseHead(failure: Failure): void {
    this.context.count(listenerCounter.status4xx, 1);
    this.wire.send(failureResponse(failure, 'Connection: close\r\n', false));
    this.#linger();
  }

  #refuseBody(fault: ParseFault): void {
    this.#failRequest(requestFailure(fault));
  }

  /** The request cannot be completed: whoever serves it is told, and the client too as long as it has not been answered. */
  #failRequest(failure: Failure): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    exchange.server?.clientGone(failure);
    if (exchange.canRefuse) exchange.refuse(failure);
    else exchange.breakOff(failure);
  }

  /** Closes in such a way that the client reads what it was sent: closing with unread bytes would reset the connection. */
  #linger(): void {
    this.#stage = stages.linger;
    this.#held = undefined;
    this.wire.endSending();
    this.wire.resume();
    this.context.tools.wheel.schedule(this.timer, lingerTime);
  }

  #finish(): void {
    this.#leave();
    this.wire.finish();
  }

  /** From here on the connection belongs to nobody. */
  #leave(): void {
    if (this.#stage === stages.over) return;
    this.#stage = stages.over;
    this.#held = undefined;
    this.context.tools.wheel.cancel(this.timer);
    this.#leaveContext();
  }

  #leaveContext(): void {
    const { context } = this;
    if (!context.connections.delete(this)) return;
    context.count(listenerCounter.openConnections, -1);
    if (context.isDraining && context.connections.size === 0) context.onEmpty();
  }

  onTimeout(): void {
    switch (this.#stage) {
      case stages.idle:
        return this.#finish();
      case stages.head:
        return this.#held === undefined && this.#exchanges === 0 ? this.#finish() : this.#refuseHead(failureOf('request-timeout'));
      case stages.body:
      case stages.answer:
        return this.#expireExchange();
      default:
        this.#leave();
        this.wire.destroy();
    }
  }

  #expireExchange(): void {
    if (this.wire.isBlocked) return this.#expireBlocked();
    if (this.#stage === stages.body && this.#isFlowing) this.#failRequest(failureOf('request-timeout'));
    // In the answer stage it is the endpoint that is waited for, and it has a timer of its own.
  }

  /** A slow client that reads a little in each period is let go on; one that reads nothing is not. */
  #expireBlocked(): void {
    const { unsent } = this.wire;
    if (unsent < this.#unsent) {
      this.#unsent = unsent;
      this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.send);
      return;
    }
    this.#lose(failureOf('client-too-slow'));
    this.wire.reset();
  }

  onBlocked(): void {
    if (this.#exchange === undefined) return;
    this.#unsent = this.wire.unsent;
    this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.send);
    this.#exchange.server?.clientBlocked();
  }

  onDrained(): void {
    if (this.#exchange === undefined) return;
    if (this.#stage === stages.body && this.#isFlowing) this.context.tools.wheel.schedule(this.timer, this.context.settings.timeouts.body);
    else this.context.tools.wheel.cancel(this.timer);
    this.#exchange.server?.clientDrained();
  }

  /** A client that will send no more while it is served has left, for all that can be seen from here. */
  onEnd(): void {
    if (this.#stage === stages.over) return;
    this.#lose(failureOf('client-gone'));
    this.wire.destroy();
  }

  onGone(): void {
    this.#lose(failureOf('client-gone'));
  }

  #lose(failure: Failure): void {
    const server = this.#exchange?.server;
    if (this.#exchange !== undefined) this.context.count(listenerCounter.clientsGone, 1);
    this.#forgetExchange();
    this.#leave();
    server?.clientGone(failure);
  }

  /**
   * The listener closes: what is begun is finished. A connection between two requests is kept a moment longer, since its client may
   * just be sending the next one, which is then answered with `Connection: close`.
   */
  drain(): void {
    if (this.#stage === stages.idle) this.context.tools.wheel.schedule(this.timer, drainGrace);
  }

  /** The listener ends at once. */
  abort(): void {
    this.onGone();
    this.wire.destroy();
  }
}

/** A body that is worth a buffer of the connection's own: a long one, or one whose length nobody knows. */
const isLong = (remaining: number, length: number | undefined): boolean => length === bodyLength.unknown || remaining > longBody;
