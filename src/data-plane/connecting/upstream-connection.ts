// Hot path. One connection to an endpoint by HTTP/1.1: a request out, its answer in, and again.
// A connection is used again only after an answer that was read to its exact end; one doubt, and it is closed.

import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import type { Failure, FailureKind } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import { responseFailure } from '../../domain/exceptions/from-parse-fault.ts';
import { connectFailure } from '../../domain/exceptions/from-system-error.ts';
import { BodyReader } from '../../domain/http/body-reader.ts';
import { incomplete } from '../../domain/http/field-section.ts';
import { chunkEnd, chunkStart, lastChunk } from '../../domain/http/head-writer.ts';
import { bodyLength } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import { WheelTimer } from '../../foundation/algorithms/timing-wheel.ts';
import type { Wire, WireOwner } from '../sockets/wire.ts';
import type { Caller } from './call.ts';
import type { ConnectionPool } from './connection-pool.ts';

/** Answers with more than this to come are read into a buffer of the connection's own. */
const longBody = 65_536;
const lineFeed = 0x0a;
const none = Number.POSITIVE_INFINITY;

const stages = {
  connecting: 0,
  idle: 1,
  /** A call is on, and the head of its answer is waited for. */
  head: 2,
  body: 3,
  over: 4,
} as const;

export class UpstreamConnection implements WireOwner {
  readonly wire: Wire;
  readonly pool: ConnectionPool;
  readonly timer: WheelTimer;
  /** Has carried a call before. */
  isReused = false;
  /** When it became idle, by the wheel's clock. */
  idleSince = 0;
  readonly #bornAt: number;
  #stage: number = stages.connecting;
  #caller: Caller | undefined;
  #body: BodyReader | undefined = undefined;
  #held: Buffer | undefined = undefined;
  /** What the endpoint had not taken when it was last looked at. */
  #unsent = 0;
  #calls = 0;
  #toHead = false;
  #sendsChunks = false;
  #isSent = true;
  #isPaused = false;
  #keepAlive = false;
  /** The protocols that the endpoint may change to, '' for none. */
  #offeredUpgrade = '';

  constructor(pool: ConnectionPool, caller: Caller, makeWire: (owner: WireOwner) => Wire) {
    this.pool = pool;
    this.#caller = caller;
    this.#bornAt = pool.tools.wheel.now;
    this.timer = new WheelTimer(this);
    pool.tools.wheel.schedule(this.timer, pool.settings.timeouts.connect);
    this.wire = makeWire(this);
  }

  onConnected(): void {
    if (this.#stage !== stages.connecting) return;
    this.#stage = stages.idle;
    this.pool.opened(this);
    this.pool.tools.wheel.cancel(this.timer);
    const caller = this.#caller;
    this.#caller = undefined;
    if (caller === undefined) return this.pool.keep(this);
    caller.connected(this);
  }

  /** Gives up who waits for it to open, for another connection has become free. Once open it is kept. */
  releaseCaller(): Caller | undefined {
    const caller = this.#caller;
    this.#caller = undefined;
    return caller;
  }

  /** May carry another call: not too old, and not used too often. */
  get isFresh(): boolean {
    const { maxAge, maxExchanges } = this.pool.settings.connections;
    return this.wire.isOpen && this.#calls < maxExchanges && this.pool.tools.wheel.now - this.#bornAt < maxAge;
  }

  /** Makes a call: sends the head of a request of so many bytes of body. The body, if there is one, is sent after it. */
  call(caller: Caller, text: string, parts: { readonly length: number; readonly toHead: boolean; readonly upgrade: string }): void {
    this.#stage = stages.head;
    this.#caller = caller;
    this.#calls++;
    this.#toHead = parts.toHead;
    this.#offeredUpgrade = parts.upgrade;
    this.#sendsChunks = parts.length === bodyLength.unknown;
    this.#isSent = parts.length === 0;
    this.#isPaused = false;
    this.pool.load.count(endpointCounter.bytesSent, text.length);
    this.wire.send(text);
    this.#await();
  }

  /** Starts the wait for whatever the endpoint owes now. */
  #await(): void {
    if (this.#stage === stages.over) return;
    const { wheel } = this.pool.tools;
    const { response, body } = this.pool.settings.timeouts;
    if (this.#isPaused) wheel.cancel(this.timer);
    else if (this.#stage === stages.body || this.wire.isBlocked) wheel.schedule(this.timer, body);
    else if (this.#isSent) wheel.schedule(this.timer, response);
    // The request is not complete, and it is the client that holds it up.
    else wheel.cancel(this.timer);
  }

  sendBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    if (this.#isSent) return;
    this.pool.load.count(endpointCounter.bytesSent, end - start);
    if (this.#sendsChunks) this.wire.send(chunkStart(end - start));
    this.wire.sendBytes(bytes, start, end, stays);
    if (this.#sendsChunks) this.wire.send(chunkEnd);
    if (this.#stage === stages.head) this.#await();
  }

  /** The request is complete. */
  endSending(trailers: string): void {
    if (this.#isSent) return;
    if (this.#sendsChunks) this.wire.send(lastChunk(trailers));
    this.#isSent = true;
    if (this.#stage === stages.head) this.#await();
  }

  pause(): void {
    if (this.#caller === undefined) return;
    this.#isPaused = true;
    this.wire.pause();
    this.#await();
  }

  resume(): void {
    if (this.#caller === undefined || !this.#isPaused) return;
    this.#isPaused = false;
    this.#await();
    this.wire.resume();
  }

  /** Ends the call: its answer is not wanted any more. The caller hears nothing. */
  abandon(): void {
    this.#caller = undefined;
    this.close();
  }

  onBytes(bytes: Buffer, end: number): void {
    // Bytes that nobody asked for: whatever they are, they must not reach the next client.
    if (this.#caller === undefined) return this.close();
    this.pool.load.count(endpointCounter.bytesReceived, end);
    if (this.#held === undefined) return this.#consume(bytes, end);

    const joined = Buffer.concat([this.#held, bytes.subarray(0, end)]);
    this.#held = undefined;
    const isHeadOpen =
      this.#stage === stages.head && !bytes.subarray(0, end).includes(lineFeed) && joined.length < this.pool.settings.limits.head;
    if (isHeadOpen) this.#held = joined;
    else this.#consume(joined, joined.length);
  }

  #consume(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      const next = this.#stage === stages.head ? this.#readHead(bytes, at, end) : this.#readBody(bytes, at, end);
      if (next === incomplete) break;
      at = next;
    }
    if (at < end && this.#caller !== undefined) this.#held = Buffer.from(bytes.subarray(at, end));
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const { parser } = this.pool;
    const place = parser.parse(bytes, at, end, this.#toHead);
    if (place === incomplete) return incomplete;
    const { head } = parser;
    if (place < 0 || head === undefined) {
      this.#fail(responseFailure(parser.fault ?? 'status-line-invalid'));
      return end;
    }
    if (head.status === 101) return this.#switch(head, bytes, place, end);
    // What stands behind the announced end is seen here before anything of the answer has been sent on.
    if (head.length > 0 && end - place > head.length) {
      this.#fail(responseFailure('body-longer-than-announced'));
      return end;
    }
    if (head.status < 200) {
      // The wait for the answer goes on as it was: any number of these would hold the client up for ever otherwise.
      this.#caller?.callInterim(head);
      return place;
    }
    this.#answer(head, place === end);
    return this.#stage === stages.body ? place : end;
  }

  #answer(head: ResponseHead, isAllRead: boolean): void {
    this.#keepAlive = head.keepAlive && head.length !== bodyLength.untilClose;
    if (head.keepAliveTimeout > 0) this.pool.learnHint(head.keepAliveTimeout);
    this.#stage = stages.body;
    if (head.length !== 0) {
      this.#body ??= new BodyReader(this.pool.settings.limits, none);
      this.#body.begin(head.length, head.hopByHop);
      // With the head alone in this read, a long body has not begun to come: the next read is already into the larger buffer.
      if (head.length < 0 || head.length > longBody) this.wire.takeBuffer();
      this.#await();
      this.#caller?.callAnswered(head);
      return;
    }
    this.#caller?.callAnswered(head);
    this.#complete('', isAllRead);
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const body = this.#body;
    if (body === undefined || this.#caller === undefined) return end;
    const place = body.read(bytes, at, end, this);
    if (this.#caller === undefined) return end;
    if (body.fault !== undefined) {
      this.#fail(responseFailure(body.fault));
      return end;
    }
    if (!body.isDone) {
      this.#await();
      return place === at ? incomplete : place;
    }
    this.#complete(body.trailers, place === end);
    return end;
  }

  /** Bytes of the body, from its reader. */
  bodyBytes(bytes: Buffer, start: number, end: number): void {
    this.#caller?.callBytes(bytes, start, end, bytes !== this.pool.tools.buffers.shared);
  }

  /** The answer was read to its end. `isAllRead`: nothing came behind it, as it should be. */
  #complete(trailers: string, isAllRead: boolean): void {
    const caller = this.#caller;
    if (caller === undefined) return;
    this.#caller = undefined;
    this.wire.leaveBuffer();
    // An answer that came before its request was complete leaves the endpoint waiting for the rest.
    if (isAllRead && this.#keepAlive && this.#isSent && !this.wire.isBlocked) this.#rest();
    else this.close();
    caller.callDone(trailers);
  }

  #rest(): void {
    this.#stage = stages.idle;
    this.isReused = true;
    // In this order: whoever waits for it is given it at once, and may already ask for a pause.
    this.wire.resume();
    this.pool.keep(this);
  }

  #switch(head: ResponseHead, bytes: Buffer, place: number, end: number): number {
    const caller = this.#caller;
    if (caller === undefined) return end;
    if (!isOffered(head.upgrade, this.#offeredUpgrade)) {
      this.#fail(responseFailure('status-line-invalid'));
      return end;
    }
    this.#caller = undefined;
    this.#stage = stages.over;
    this.pool.tools.wheel.cancel(this.timer);
    this.pool.forget(this);
    caller.callSwitched(head, place < end ? Buffer.from(bytes.subarray(place, end)) : undefined);
    return end;
  }

  /** The call failed, and the connection with it. */
  #fail(failure: Failure): void {
    const caller = this.#caller;
    this.#caller = undefined;
    const wasConnecting = this.#stage === stages.connecting;
    this.close();
    if (wasConnecting) caller?.connectFailed(failure);
    else caller?.callFailed(failure);
  }

  onTimeout(): void {
    if (this.#stage === stages.idle) return this.close();
    if (this.#stage === stages.connecting) return this.#fail(failureOf('connect-timeout'));
    if (this.wire.isBlocked && this.wire.unsent < this.#unsent) {
      // An endpoint that takes a little in each period is slow, not stuck.
      this.#unsent = this.wire.unsent;
      return this.#await();
    }
    this.#fail(failureOf(this.#stage === stages.head ? 'response-timeout' : 'response-stalled'));
  }

  onBlocked(): void {
    if (this.#caller === undefined) return;
    this.#unsent = this.wire.unsent;
    this.#await();
    this.#caller.callBlocked();
  }

  onDrained(): void {
    if (this.#caller === undefined) return;
    this.#await();
    this.#caller.callDrained();
  }

  /** The endpoint will send no more. That ends an answer which lasts until the end; any other it cuts short. */
  onEnd(): void {
    if (this.#stage === stages.idle) {
      this.pool.learnClose(this.pool.tools.wheel.now - this.idleSince);
      return this.close();
    }
    if (this.#stage === stages.body && this.#body?.remaining === none && this.#held === undefined) return this.#complete('', true);
    this.#fail(failureOf(this.#lossKind()));
  }

  onGone(code: string | undefined): void {
    if (this.#stage === stages.connecting) return this.#fail(failureOf(connectFailure(code)));
    if (this.#caller !== undefined) return this.#fail(failureOf(this.#lossKind()));
    if (this.#stage === stages.idle) this.pool.learnClose(this.pool.tools.wheel.now - this.idleSince);
    this.close();
  }

  #lossKind(): FailureKind {
    return this.#stage === stages.body || this.#held !== undefined ? 'response-cut-short' : 'endpoint-closed';
  }

  /** Closes the connection, whatever it is doing. */
  close(): void {
    if (this.#stage === stages.over) return;
    this.#stage = stages.over;
    this.#held = undefined;
    this.pool.tools.wheel.cancel(this.timer);
    this.pool.forget(this);
    this.wire.destroy();
  }
}

/** An endpoint may change only to a protocol that the client offered (RFC 9110 section 7.8). */
function isOffered(chosen: string, offered: string): boolean {
  const names = offered.toLowerCase().split(',');
  return chosen !== '' && names.some((name) => name.trim() === chosen.toLowerCase());
}
