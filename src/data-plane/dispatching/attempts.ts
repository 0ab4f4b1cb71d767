// Hot path. Carries one exchange to an endpoint and its answer back: first try, further tries, and the one end.
// Stands between the client's side and the endpoint's: each of the two is slowed, stopped and told by the other.
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { isIdempotent } from '../../domain/http/methods.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { Exchange, ExchangeServer } from '../listening/exchange.ts';
import { Tunnel } from '../sockets/tunnel.ts';
import type { AttemptOwner } from './attempt.ts';
import { Attempt } from './attempt.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { PoolTraffic } from './pool-traffic.ts';

const nobody: readonly Endpoint[] = [];

export class Attempts implements ExchangeServer, AttemptOwner {
  readonly exchange: Exchange;
  readonly pool: PoolTraffic;
  readonly tools: DispatchTools;
  /** The try that is on. */
  #attempt: Attempt | undefined = undefined;
  #tried: Endpoint[] | undefined = undefined;
  #count = 0;
  /** The request's body was let flow: what has come of it cannot be sent again. */
  #isBodyBegun = false;
  /** The client does not read at the moment: a try that begins now waits for it too. */
  #isClientBlocked = false;
  /** One connection was found to have been kept too long. */
  #wasStale = false;
  #isAnswered = false;

  constructor(exchange: Exchange, pool: PoolTraffic, tools: DispatchTools) {
    this.exchange = exchange;
    this.pool = pool;
    this.tools = tools;
  }

  begin(): void {
    this.exchange.server = this;
    const endpoint = this.pool.choose(this.exchange, nobody, 0);
    if (endpoint === undefined) this.exchange.refuse(this.pool.refusal);
    else this.#tryAt(endpoint, true);
  }

  /** The endpoint's load is held already. */
  #tryAt(endpoint: Endpoint, mayReuse: boolean): void {
    this.#count++;
    const attempt = new Attempt(this, endpoint);
    this.#attempt = attempt;
    attempt.begin(mayReuse);
  }

  attemptSent(attempt: Attempt): void {
    if (this.#isClientBlocked) attempt.connection?.pause();
    if (this.exchange.request.length === 0) return;
    this.#isBodyBegun = true;
    this.exchange.receive();
  }

  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#attempt?.connection?.sendBytes(bytes, start, end, stays);
  }

  requestEnd(trailers: string): void {
    this.#attempt?.connection?.endSending(trailers);
  }

  clientBlocked(): void {
    this.#isClientBlocked = true;
    this.#attempt?.connection?.pause();
  }

  clientDrained(): void {
    this.#isClientBlocked = false;
    this.#attempt?.connection?.resume();
  }

  attemptBlocked(): void {
    this.exchange.pauseRequest();
  }

  attemptDrained(): void {
    this.exchange.resumeRequest();
  }

  attemptInterim(_attempt: Attempt, head: ResponseHead): void {
    this.exchange.interim(head);
  }

  attemptAnswered({ endpoint }: Attempt, head: ResponseHead): void {
    this.#isAnswered = true;
    this.exchange.respond(this.pool.keepSession(this.exchange, endpoint, head));
  }

  attemptBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.exchange.responseBytes(bytes, start, end, stays);
  }

  attemptDone(_attempt: Attempt, trailers: string): void {
    this.exchange.end(trailers);
  }

  attemptFailed({ endpoint }: Attempt, failure: Failure, wasKeptTooLong: boolean): void {
    if (this.#isAnswered) return this.exchange.breakOff(failure);
    // A connection that was kept too long says nothing about the endpoint: the same one is asked again, on a fresh connection, and the
    // try is not counted. Once is enough: on a fresh connection it is the endpoint that fails.
    const isStale = wasKeptTooLong && !this.#wasStale;
    if (!this.#mayTryAgain(failure, isStale)) return this.exchange.refuse(failure);
    this.#tryAgain(endpoint, failure, isStale);
  }

  #tryAgain(endpoint: Endpoint, failure: Failure, isStale: boolean): void {
    if (isStale) {
      this.#wasStale = true;
      this.#count--;
    } else this.#tried = [...(this.#tried ?? nobody), endpoint];
    const isSame = isStale && endpoint.load.tryHold(endpoint.maxConnections);
    const next = isSame ? endpoint : this.pool.choose(this.exchange, this.#tried ?? nobody, this.#count);
    if (next === undefined) return this.exchange.refuse(failure);
    endpoint.load.count(endpointCounter.retries, 1);
    this.#tryAt(next, !isSame);
  }

  #mayTryAgain(failure: Failure, isStale: boolean): boolean {
    if (this.#isBodyBegun || (!isStale && this.#count >= this.pool.settings.retry.attempts)) return false;
    const { retry } = catalogue[failure.kind];
    return retry === 'always' || (retry === 'if-idempotent' && isIdempotent(this.exchange.request.method));
  }

  /** The client left, or its request was refused in the middle: the endpoint is spared the rest. */
  clientGone(_failure: Failure): void {
    this.#attempt?.abandon();
  }

  attemptSwitched(attempt: Attempt, head: ResponseHead, early: Buffer | undefined): void {
    const upstream = attempt.connection?.wire;
    if (upstream === undefined) return;
    const client = this.exchange.switchProtocol(this.pool.keepSession(this.exchange, attempt.endpoint, head));
    const { tunnels } = this.tools;
    const tunnel = new Tunnel({
      client: client.wire,
      endpoint: upstream,
      tools: this.tools,
      idle: this.pool.settings.timeouts.tunnel,
      done: () => {
        tunnels.delete(tunnel);
        attempt.end(endpointCounter.succeeded);
        client.done();
      },
    });
    tunnels.add(tunnel);
    if (early !== undefined) client.wire.sendBytes(early, 0, early.length, true);
    if (client.early !== undefined) upstream.sendBytes(client.early, 0, client.early.length, true);
  }
}
