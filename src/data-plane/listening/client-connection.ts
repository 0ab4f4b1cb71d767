// Hot path. One client that speaks HTTP/1.1: its requests become exchanges, one after another and answered in order, until it is closed.
import { listenerCounter } from '../../domain/endpoints/scoreboard.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import { failureResponse } from '../../domain/exceptions/failure-response.ts';
import { requestFailure } from '../../domain/exceptions/from-parse-fault.ts';
import type { ParseFault } from '../../domain/http/parse-fault.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import { WheelTimer } from '../../foundation/algorithms/timing-wheel.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { Wire, WireOwner } from '../sockets/wire.ts';
import { ClientFacts } from './client-facts.ts';
import { Http1Exchange } from './http1-exchange.ts';
import type { ListenerContext } from './listener-context.ts';
import { drainGrace, lingerTime } from './listener-context.ts';
import type { RequestReceiver } from './request-intake.ts';
import { phase, RequestIntake } from './request-intake.ts';

const open = 0;
/** Answered for the last time: what still comes is read, thrown away, and soon the connection is closed. */
const lingering = 1;
/** Closed, or no longer ours. */
const over = 2;

export class ClientConnection implements WireOwner, RequestReceiver {
  readonly wire: Wire;
  readonly context: ListenerContext;
  /** One timer for whatever the client is waited for at the moment. */
  readonly #timer: WheelTimer;
  readonly #intake: RequestIntake;
  #state: typeof open | typeof lingering | typeof over = open;
  #exchange: Http1Exchange | undefined = undefined;
  #facts: ClientFacts | undefined = undefined;
  #exchanges = 0;
  /** The exchange is answered, and the client has not taken all of its answer yet. */
  #isAnswered = false;
  #keepsAlive = false;
  /** What the client had left unread when it was last looked at. */
  #unread = 0;

  constructor(context: ListenerContext, makeWire: (owner: WireOwner) => Wire) {
    this.context = context;
    this.#timer = new WheelTimer(this);
    this.wire = makeWire(this);
    this.#intake = new RequestIntake(this.wire, context, this);
    context.connections.add(this);
    context.count(listenerCounter.accepted, 1);
    context.count(listenerCounter.openConnections, 1);
    // A new connection need not be waited for as long as one that has shown that it is used.
    this.#expect(context.settings.timeouts.head);
  }

  get facts(): ClientFacts {
    this.#facts ??= new ClientFacts(this.wire.peerAddress, this.context.port, this.context.trusted);
    return this.#facts;
  }

  get isRequestComplete(): boolean {
    return this.#intake.phase !== phase.body;
  }

  /** More of the request's body is to come, and nothing but the client holds it up. */
  get #isBodyAwaited(): boolean {
    return this.#intake.phase === phase.body && this.#intake.isFlowing && !this.wire.isPaused;
  }

  /** The connection goes on after the exchange that is on now. */
  mayKeepAlive(request: RequestHead): boolean {
    return request.keepAlive && !this.context.isDraining && this.#exchanges < this.context.settings.limits.exchanges;
  }

  #expect(within: Milliseconds): void {
    this.context.tools.wheel.schedule(this.#timer, within);
  }

  onBytes(bytes: Buffer, end: number): void {
    this.context.count(listenerCounter.bytesReceived, end);
    this.#intake.take(bytes, end);
  }

  headBegun(): void {
    this.#expect(this.context.settings.timeouts.head);
  }

  requestBegun(request: RequestHead): void {
    const { context } = this;
    this.#exchanges++;
    context.count(listenerCounter.exchanges, 1);
    context.count(listenerCounter.exchangesInFlight, 1);
    this.#exchange = new Http1Exchange(this, request);
    // A body that is too long by its own word is refused before anybody serves it.
    if (request.length <= context.settings.limits.body) context.serve(this.#exchange);
  }

  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#exchange?.server?.requestBytes(bytes, start, end, stays);
  }

  bodyContinued(): void {
    if (!this.wire.isBlocked && !this.wire.isPaused) this.#expect(this.context.settings.timeouts.body);
  }

  requestEnded(trailers: string): void {
    this.#exchange?.server?.requestEnd(trailers);
  }

  requestFaulty(fault: ParseFault): void {
    this.#failRequest(requestFailure(fault));
  }

  /** Lets the body flow to the server. Called by the exchange, at once or when an endpoint was reached. */
  receive(): void {
    if (this.#intake.phase !== phase.body) return;
    this.#intake.flow();
    if (this.#intake.phase === phase.body) this.bodyContinued();
  }

  pauseRequest(): void {
    if (this.#intake.phase !== phase.body) return;
    this.wire.pause();
    // It is not the client that is waited for now, unless it does not read either.
    if (!this.wire.isBlocked) this.context.tools.wheel.cancel(this.#timer);
  }

  resumeRequest(): void {
    if (!this.#intake.isFlowing) return;
    this.wire.resume();
    if (this.#intake.phase === phase.body) this.bodyContinued();
  }

  /** The exchange was answered to its end. The next request waits until the client has taken the answer, or answers would pile up here. */
  exchangeOver(keepAlive: boolean): void {
    this.#keepsAlive = keepAlive;
    this.#isAnswered = true;
    if (!this.wire.isBlocked) this.#goOn();
    else if (!this.isRequestComplete) this.#linger();
  }

  /** From the end of an answer to what comes after it. */
  #goOn(): void {
    const { isRequestComplete } = this;
    this.#forgetExchange();
    if (!isRequestComplete || (!this.#keepsAlive && this.#intake.isHolding)) return this.#linger();
    if (!this.#keepsAlive) return this.#finish();

    this.#expectNext();
    this.#intake.release();
  }

  /** The exchange was broken off: the client is to see it. */
  exchangeBroken(byReset: boolean): void {
    this.#forgetExchange();
    if (!byReset && !this.wire.isBlocked) return this.#finish();
    this.#leave();
    this.wire.reset();
  }

  /** The connection speaks another protocol from here on. Gives what was read behind the request. */
  handOver(): Buffer | undefined {
    this.#forgetExchange();
    this.#state = over;
    this.context.tools.wheel.cancel(this.#timer);
    this.context.count(listenerCounter.tunnels, 1);
    return this.#intake.handOver();
  }

  tunnelOver(): void {
    this.context.count(listenerCounter.tunnels, -1);
    this.#leaveContext();
  }

  #forgetExchange(): void {
    if (this.#exchange === undefined) return;
    this.#exchange = undefined;
    this.#isAnswered = false;
    this.context.count(listenerCounter.exchangesInFlight, -1);
  }

  /** The request cannot be completed: whoever serves it is told, and the client too as long as it has not been answered. */
  #failRequest(failure: Failure): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return this.#refuseUnread(failure);
    exchange.server?.clientGone(failure);
    if (exchange.canRefuse) exchange.refuse(failure);
    else exchange.breakOff(failure);
  }

  /** Refuses a request whose head was not read to its end. */
  #refuseUnread(failure: Failure): void {
    this.context.count(listenerCounter.status4xx, 1);
    this.wire.send(failureResponse(failure, 'Connection: close\r\n', false));
    this.#linger();
  }

  /** Closes in such a way that the client reads what it was sent: closing with unread bytes would reset the connection. */
  #linger(): void {
    this.#forgetExchange();
    this.#state = lingering;
    this.#intake.close();
    this.wire.endSending();
    if (this.wire.isGone) return this.#leave();
    this.wire.resume();
    if (this.wire.isBlocked) this.onBlocked();
    else this.#expect(lingerTime);
  }

  #finish(): void {
    this.wire.finish();
    if (this.wire.isGone) return this.#leave();
    // The client has not taken the last of its answer yet. Once it has, the wire tells that it is gone.
    this.#state = lingering;
    this.#intake.close();
  }

  /** Between two requests. A draining listener waits less long: its client may just be sending the next one. */
  #expectNext(): void {
    this.#expect(this.context.isDraining ? drainGrace : this.context.settings.timeouts.keepAlive);
  }

  /** From here on the connection belongs to nobody. */
  #leave(): void {
    if (this.#state === over) return;
    this.#state = over;
    this.#intake.close();
    this.context.tools.wheel.cancel(this.#timer);
    this.#leaveContext();
  }

  #leaveContext(): void {
    const { context } = this;
    if (!context.connections.delete(this)) return;
    context.count(listenerCounter.openConnections, -1);
    if (context.isDraining && context.connections.size === 0) context.onEmpty();
  }

  onTimeout(): void {
    if (this.wire.isBlocked) return this.#expireBlocked();
    if (this.#state === lingering) {
      this.#leave();
      this.wire.destroy();
      return;
    }
    if (this.#exchange !== undefined) return this.#expireExchange();
    // A client that began a request is told why it is closed; one that sent nothing would take the answer for that to its next request.
    if (this.#intake.phase === phase.head) this.#refuseUnread(failureOf('request-timeout'));
    else this.#finish();
  }

  #expireExchange(): void {
    if (this.#isBodyAwaited) this.#failRequest(failureOf('request-timeout'));
    // Once the request is complete it is the endpoint that is waited for, and that wait has a timer of its own.
  }

  /** A slow client that reads a little in each period is let go on; one that reads nothing is not. */
  #expireBlocked(): void {
    const { unsent } = this.wire;
    if (unsent < this.#unread) {
      this.#unread = unsent;
      return this.#expect(this.context.settings.timeouts.send);
    }
    this.#lose(failureOf('client-too-slow'));
    this.wire.reset();
  }

  onBlocked(): void {
    if (this.#state === over) return;
    this.#unread = this.wire.unsent;
    this.#expect(this.context.settings.timeouts.send);
    if (this.#exchange !== undefined) this.#exchange.server?.clientBlocked();
    // No further request is taken from a client that has not read the last answer.
    else if (this.#state === open) this.wire.pause();
  }

  onDrained(): void {
    if (this.#state === over) return;
    if (this.#state === lingering) return this.#expect(lingerTime);
    if (this.#isAnswered) return this.#goOn();
    if (this.#exchange === undefined) return this.#resumeBetween();
    if (this.#isBodyAwaited) this.#expect(this.context.settings.timeouts.body);
    else this.context.tools.wheel.cancel(this.#timer);
    this.#exchange.server?.clientDrained();
  }

  #resumeBetween(): void {
    if (this.#intake.phase === phase.head) this.headBegun();
    else this.#expectNext();
    this.wire.resume();
  }

  /** A client that will send no more while it is served has left, for all that can be seen from here. */
  onEnd(): void {
    if (this.#state === over) return;
    // It has all of its answer but for what is on its way.
    if (this.#isAnswered || (this.#state === lingering && this.wire.isBlocked)) {
      this.#forgetExchange();
      return this.#finish();
    }
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
    if (this.#state === open && this.#intake.phase === phase.between && !this.wire.isBlocked) this.#expectNext();
  }

  /** The listener ends at once. */
  abort(): void {
    this.onGone();
    this.wire.destroy();
  }
}
