// Hot path. Carries one exchange to an endpoint and its answer back: first try, further tries, and the one end.
// Stands between the client's side and the endpoint's: each of the two is slowed, stopped and told by the other.

import type { TrialOutcome } from '../../domain/balancing/learner.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { isIdempotent } from '../../domain/http/methods.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { Caller } from '../connecting/call.ts';
import type { UpstreamConnection } from '../connecting/upstream-connection.ts';
import type { Exchange, ExchangeServer } from '../listening/exchange.ts';
import { Tunnel } from '../sockets/tunnel.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { PoolTraffic } from './pool-traffic.ts';
import type { TaughtTrial } from './taught-trial.ts';
import { offeredUpgrade, upstreamRequest } from './upstream-request.ts';

const nobody: readonly Endpoint[] = [];

export class Attempts implements ExchangeServer, Caller {
  readonly #exchange: Exchange;
  readonly #pool: PoolTraffic;
  readonly #tools: DispatchTools;
  #endpoint: Endpoint | undefined = undefined;
  #connection: UpstreamConnection | undefined = undefined;
  /** Tells a policy that learns how the try goes; absent for the others. */
  #trial: TaughtTrial | undefined = undefined;
  #tried: Endpoint[] | undefined = undefined;
  #count = 0;
  #begunAt = 0;
  /** The request's body was let flow: what has come of it cannot be sent again. */
  #isBodyBegun = false;
  /** The client does not read at the moment: a try that begins now waits for it too. */
  #isClientBlocked = false;
  /** This try is on a connection that has carried others before. */
  #isOnReused = false;
  /** One connection was found to have been kept too long. */
  #wasStale = false;
  #isAnswered = false;
  /** A try is on: the endpoint's load counts it. */
  #isTrying = false;

  constructor(exchange: Exchange, pool: PoolTraffic, tools: DispatchTools) {
    this.#exchange = exchange;
    this.#pool = pool;
    this.#tools = tools;
  }

  begin(): void {
    this.#exchange.server = this;
    const endpoint = this.#pool.choose(this.#exchange, nobody, 0);
    if (endpoint === undefined) this.#exchange.refuse(this.#pool.refusal);
    else this.#tryAt(endpoint, true);
  }

  /** The endpoint's load is held already. */
  #tryAt(endpoint: Endpoint, mayReuse: boolean): void {
    this.#count++;
    this.#isTrying = true;
    this.#endpoint = endpoint;
    this.#trial = this.#pool.beginTrial(endpoint);
    const connections = this.#pool.connectionsTo(endpoint);
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
    const { request } = this.#exchange;
    this.#connection = connection;
    this.#begunAt = this.#tools.clock();
    const upgrade = offeredUpgrade(this.#exchange);
    connection.call(this, upstreamRequest(this.#exchange, connection.pool.endpoint.id, this.#tools.via, upgrade), {
      length: request.length,
      toHead: request.method === 'HEAD',
      upgrade,
    });
    if (this.#connection !== connection) return;
    if (this.#isClientBlocked) connection.pause();
    if (request.length === 0) return;
    this.#isBodyBegun = true;
    this.#exchange.receive();
  }

  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#connection?.sendBytes(bytes, start, end, stays);
  }

  requestEnd(trailers: string): void {
    this.#connection?.endSending(trailers);
  }

  clientBlocked(): void {
    this.#isClientBlocked = true;
    this.#connection?.pause();
  }

  clientDrained(): void {
    this.#isClientBlocked = false;
    this.#connection?.resume();
  }

  callBlocked(): void {
    this.#exchange.pauseRequest();
  }

  callDrained(): void {
    this.#exchange.resumeRequest();
  }

  callInterim(head: ResponseHead): void {
    this.#endpoint?.load.count(endpointCounter.status1xx, 1);
    this.#exchange.interim(head);
  }

  callAnswered(head: ResponseHead): void {
    this.#isAnswered = true;
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return;
    endpoint.load.recordLatency((this.#tools.clock() - this.#begunAt) * 1000);
    endpoint.load.count(endpointCounter.status1xx + Math.floor(head.status / 100) - 1, 1);
    this.#trial?.answered(head);
    this.#exchange.respond(this.#pool.keepSession(this.#exchange, endpoint, head));
  }

  callBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#exchange.responseBytes(bytes, start, end, stays);
  }

  callDone(trailers: string): void {
    this.#endTry(endpointCounter.succeeded);
    this.#exchange.end(trailers);
  }

  connectFailed(failure: Failure): void {
    this.#endpoint?.load.count(endpointCounter.connectFailures, 1);
    this.callFailed(failure);
  }

  callFailed(failure: Failure): void {
    const endpoint = this.#endpoint;
    // A connection that was kept too long says nothing about the endpoint: the same one is asked again, on a fresh connection, and the
    // try is not counted. Once is enough: on a fresh connection it is the endpoint that fails.
    const isStale = !this.#isAnswered && this.#isOnReused && !this.#wasStale && failure.kind === 'endpoint-closed';
    if (isStale) this.#endTrial('ignored');
    if (endpoint === undefined || !this.#endTry(endpointCounter.failed)) return;
    if (this.#isAnswered) return this.#exchange.breakOff(failure);
    if (!this.#mayTryAgain(failure, isStale)) return this.#exchange.refuse(failure);
    this.#tryAgain(endpoint, failure, isStale);
  }

  #tryAgain(endpoint: Endpoint, failure: Failure, isStale: boolean): void {
    if (isStale) {
      this.#wasStale = true;
      this.#count--;
    } else this.#tried = [...(this.#tried ?? nobody), endpoint];
    const isSame = isStale && endpoint.load.tryHold(endpoint.maxConnections);
    const next = isSame ? endpoint : this.#pool.choose(this.#exchange, this.#tried ?? nobody, this.#count);
    if (next === undefined) return this.#exchange.refuse(failure);
    endpoint.load.count(endpointCounter.retries, 1);
    this.#tryAt(next, !isSame);
  }

  #mayTryAgain(failure: Failure, isStale: boolean): boolean {
    if (this.#isBodyBegun || (!isStale && this.#count >= this.#pool.settings.retry.attempts)) return false;
    const { retry } = catalogue[failure.kind];
    return retry === 'always' || (retry === 'if-idempotent' && isIdempotent(this.#exchange.request.method));
  }

  /** The client left, or its request was refused in the middle: the endpoint is spared the rest. */
  clientGone(_failure: Failure): void {
    const connection = this.#connection;
    if (this.#endTry(endpointCounter.ignored)) connection?.abandon();
  }

  callSwitched(head: ResponseHead, early: Buffer | undefined): void {
    const upstream = this.#connection?.wire;
    const endpoint = this.#endpoint;
    if (upstream === undefined || endpoint === undefined) return;
    this.#connection = undefined;
    endpoint.load.count(endpointCounter.status1xx, 1);
    this.#trial?.answered(head);
    const client = this.#exchange.switchProtocol(this.#pool.keepSession(this.#exchange, endpoint, head));
    const { tunnels } = this.#tools;
    const tunnel = new Tunnel({
      client: client.wire,
      endpoint: upstream,
      tools: this.#tools,
      idle: this.#pool.settings.timeouts.tunnel,
      done: () => {
        tunnels.delete(tunnel);
        this.#endTry(endpointCounter.succeeded);
        client.done();
      },
    });
    tunnels.add(tunnel);
    if (early !== undefined) client.wire.sendBytes(early, 0, early.length, true);
    if (client.early !== undefined) upstream.sendBytes(client.early, 0, client.early.length, true);
  }

  /** Ends the try that is on: what it held is given back, once. False when none is on. */
  #endTry(outcome: number): boolean {
    if (!this.#isTrying) return false;
    this.#isTrying = false;
    this.#connection = undefined;
    const load = this.#endpoint?.load;
    load?.release();
    load?.count(outcome, 1);
    this.#endTrial(outcome === endpointCounter.succeeded ? 'succeeded' : outcome === endpointCounter.failed ? 'failed' : 'ignored');
    return true;
  }

  #endTrial(outcome: TrialOutcome): void {
    const trial = this.#trial;
    this.#trial = undefined;
    trial?.ended(outcome);
  }
}
