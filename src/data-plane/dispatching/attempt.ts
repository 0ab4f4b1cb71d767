// Hot path. One try at one endpoint: a connection, the request on it, and what is measured. Its owner decides what becomes of the answer.
// From its beginning to its end the endpoint's load counts it; it ends once.

import type { Gate } from '../../domain/balancing/gates/gate.ts';
import type { TrialOutcome } from '../../domain/balancing/learner.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import type { Failure, FailureKind } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { Evidence } from '../../domain/health/evidence.ts';
import { evidenceOfFailure, evidenceOfStatus } from '../../domain/health/evidence.ts';
import { countStreaks } from '../../domain/health/streaks.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { Caller } from '../connecting/call.ts';
import type { UpstreamConnection } from '../connecting/upstream-connection.ts';
import type { Exchange } from '../listening/exchange.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { PoolTraffic } from './pool-traffic.ts';
import type { TaughtTrial } from './taught-trial.ts';
import { offeredUpgrade, upstreamRequest } from './upstream-request.ts';

/** Who made the attempt. After `attemptDone` and `attemptFailed` it hears no more of it. */
export interface AttemptOwner {
  readonly exchange: Exchange;
  readonly pool: PoolTraffic;
  readonly tools: DispatchTools;
  /** The request as an endpoint is to see it now. */
  requestFor(): RequestHead;
  /** The head of the request is sent: its body may follow. */
  attemptSent(attempt: Attempt): void;
  attemptInterim(attempt: Attempt, head: ResponseHead): void;
  attemptAnswered(attempt: Attempt, head: ResponseHead): void;
  /** Bytes of the answer's body, lent for the time of the call unless they stay until the attempt is resumed. */
  attemptBytes(bytes: Buffer, start: number, end: number, stays: boolean): void;
  attemptDone(attempt: Attempt, trailers: string): void;
  /** The attempt is over. `isStale`: its connection had been kept too long, which says nothing about the endpoint. */
  attemptFailed(attempt: Attempt, failure: Failure, isStale: boolean): void;
  /** The endpoint speaks another protocol from here on; `early` is what it sent behind its head. The attempt lasts until `end`. */
  attemptSwitched(attempt: Attempt, head: ResponseHead, early: Buffer | undefined): void;
  /** The endpoint does not read as fast as it is sent to: stop until it is drained. */
  attemptBlocked(attempt: Attempt): void;
  attemptDrained(attempt: Attempt): void;
}

export class Attempt implements Caller {
  readonly endpoint: Endpoint;
  readonly #owner: AttemptOwner;
  /** Tells a policy that learns how the try goes; absent for the others. */
  #trial: TaughtTrial | undefined = undefined;
  #connection: UpstreamConnection | undefined = undefined;
  /** When the head of the request was sent; 0 before. */
  #begunAt = 0;
  /** When the whole of it was; 0 before. */
  #sentAt = 0;
  #waited = 0;
  /** On a connection that has carried others before. */
  #isOnReused = false;
  /** Of the answer; 0 while there is none. */
  #status = 0;
  /** The endpoint's load counts it. */
  #isOn = true;
  /** The gate that let it through, until it is told the end. */
  #gate: Gate | undefined;
  readonly #ticket: number;

  /** To be made right after the endpoint was chosen, whose load is held already. Nothing is sent before `begin`. */
  constructor(owner: AttemptOwner, endpoint: Endpoint) {
    this.#owner = owner;
    this.endpoint = endpoint;
    this.#gate = owner.pool.gate;
    this.#ticket = this.#gate?.ticket ?? 0;
  }

  /**
   * Milliseconds that the endpoint took, or has taken so far, from the end of the request to the head of its answer. What a client takes to send
   * its request is nothing of the endpoint's.
   */
  get waited(): number {
    if (this.#status !== 0 || this.#sentAt === 0) return this.#waited;
    return this.#owner.tools.clock() - this.#sentAt;
  }

  get connection(): UpstreamConnection | undefined {
    return this.#connection;
  }

  /** The endpoint has the head of the request, or more. */
  get isUnderWay(): boolean {
    return this.#begunAt !== 0;
  }

  /** More of the request may come before the endpoint answers, and nothing but the client holds it up. */
  get awaitsClient(): boolean {
    return this.isUnderWay && this.#sentAt === 0 && this.#connection?.wire.isBlocked === false;
  }

  /** `mayReuse`: on a connection that is kept, if there is one. */
  begin(mayReuse: boolean): void {
    this.#trial = this.#owner.pool.beginTrial(this.endpoint);
    const connections = this.#owner.pool.connectionsTo(this.endpoint);
    const waiting = mayReuse ? connections.take() : undefined;
    this.#isOnReused = waiting !== undefined;
    if (waiting === undefined) this.#connection = connections.connect(this, !mayReuse);
    else this.#call(waiting);
  }

  connected(connection: UpstreamConnection): void {
    this.#isOnReused = connection.isReused;
    this.#call(connection);
  }

  #call(connection: UpstreamConnection): void {
    const { exchange, tools } = this.#owner;
    const { request } = exchange;
    this.#connection = connection;
    this.#begunAt = tools.clock();
    if (request.length === 0) this.#sentAt = this.#begunAt;
    const upgrade = offeredUpgrade(exchange);
    const parts = { host: connection.pool.endpoint.id, via: tools.via, upgrade };
    connection.call(this, upstreamRequest(exchange, this.#owner.requestFor(), parts), {
      length: request.length,
      toHead: request.method === 'HEAD',
      upgrade,
    });
    if (this.#connection === connection) this.#owner.attemptSent(this);
  }

  /** The whole of the request has come: from here on it is the endpoint's turn. What is not begun yet is sent all of it later. */
  endRequest(trailers: string): void {
    if (!this.isUnderWay) return;
    this.#sentAt = this.#owner.tools.clock();
    this.#connection?.endSending(trailers);
  }

  callBlocked(): void {
    this.#owner.attemptBlocked(this);
  }

  callDrained(): void {
    this.#owner.attemptDrained(this);
  }

  callInterim(head: ResponseHead): void {
    this.endpoint.load.count(endpointCounter.status1xx, 1);
    this.#owner.attemptInterim(this, head);
  }

  callAnswered(head: ResponseHead): void {
    const { load } = this.endpoint;
    load.recordLatency(this.#answer(head) * 1000);
    load.count(endpointCounter.status1xx + Math.floor(head.status / 100) - 1, 1);
    this.#trial?.answered(head);
    this.#owner.attemptAnswered(this, head);
  }

  /** Gives how long the answer took from the beginning of its request. */
  #answer({ status }: ResponseHead): number {
    const now = this.#owner.tools.clock();
    if (this.#sentAt !== 0) this.#waited = now - this.#sentAt;
    this.#status = status;
    return now - this.#begunAt;
  }

  callBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#owner.attemptBytes(bytes, start, end, stays);
  }

  callDone(trailers: string): void {
    this.#judge(evidenceOfStatus(this.#status));
    this.end(endpointCounter.succeeded);
    this.#owner.attemptDone(this, trailers);
  }

  connectFailed(failure: Failure): void {
    this.endpoint.load.count(endpointCounter.connectFailures, 1);
    this.callFailed(failure);
  }

  callFailed(failure: Failure): void {
    const isStale = this.#status === 0 && this.#isOnReused && failure.kind === 'endpoint-closed';
    if (isStale) this.#endTrial('ignored');
    else this.#judge(evidenceOfFailure(failure.kind));
    if (this.end(endpointCounter.failed)) this.#owner.attemptFailed(this, failure, isStale);
  }

  callSwitched(head: ResponseHead, early: Buffer | undefined): void {
    this.endpoint.load.count(endpointCounter.status1xx, 1);
    this.#answer(head);
    this.#trial?.answered(head);
    // A tunnel may last for hours; whoever judges the endpoint is not to wait for its end.
    this.#judge(evidenceOfStatus(head.status));
    this.#owner.attemptSwitched(this, head, early);
  }

  /** Its answer is not wanted any more: the endpoint is spared the rest. */
  abandon(): void {
    const connection = this.#connection;
    if (this.end(endpointCounter.ignored)) connection?.abandon();
  }

  /** It takes too long: ended as a failure, of which the owner hears. */
  giveUp(): void {
    const kind = this.#lateness;
    if (this.#fail(evidenceOfFailure(kind))) this.#owner.attemptFailed(this, failureOf(kind), false);
  }

  /** It took all the time that there was: ended as a failure, of which the owner hears no more. */
  condemn(): void {
    this.#fail(evidenceOfFailure(this.#lateness));
  }

  /** Its answer, of which the head is here, is not the one that is wanted. The owner hears no more of it. */
  reject(): void {
    this.#fail(evidenceOfStatus(this.#status));
  }

  get #lateness(): FailureKind {
    return this.isUnderWay ? 'try-timeout' : 'connect-timeout';
  }

  /** False when it was over already. */
  #fail(evidence: Evidence): boolean {
    const connection = this.#connection;
    this.#judge(evidence);
    if (!this.end(endpointCounter.failed)) return false;
    if (!this.isUnderWay) this.endpoint.load.count(endpointCounter.connectFailures, 1);
    connection?.abandon();
    return true;
  }

  /** Ends it: what it held is given back, once. False when it was over already. */
  end(outcome: number): boolean {
    if (!this.#isOn) return false;
    // The client left, or the connection had been kept too long: a trial that tells nothing is another's.
    this.#tellGate('nothing');
    this.#isOn = false;
    this.#connection = undefined;
    const { load } = this.endpoint;
    load.release();
    load.count(outcome, 1);
    this.#endTrial(outcome === endpointCounter.succeeded ? 'succeeded' : outcome === endpointCounter.failed ? 'failed' : 'ignored');
    return true;
  }

  /** What the try says of the endpoint, for those who judge health. */
  #judge(evidence: Evidence): void {
    const { words, streaksAt } = this.endpoint.load;
    if (!this.#isOn) return;
    countStreaks(words, streaksAt, evidence);
    this.#tellGate(evidence);
  }

  #tellGate(evidence: Evidence): void {
    const gate = this.#gate;
    this.#gate = undefined;
    gate?.ended(this.endpoint, evidence, this.#ticket, this.waited);
  }

  #endTrial(outcome: TrialOutcome): void {
    const trial = this.#trial;
    this.#trial = undefined;
    trial?.ended(outcome);
  }
}
