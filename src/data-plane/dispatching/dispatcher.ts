// Hot path. The life of a request, from a parsed head to its first attempt: which route, which pool, is there time for it, then off to an endpoint.
import { failureOf } from '../../domain/exceptions/failure.ts';
import { requestFailure } from '../../domain/exceptions/from-parse-fault.ts';
import type { PathRules } from '../../domain/http/paths/path-rules.ts';
import { readRequestPath } from '../../domain/http/paths/request-path.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { CompiledRoute, RouteTable } from '../../domain/routing/route-table.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Exchange } from '../listening/exchange.ts';
import { emptyRoom, MirroredExchange } from '../routing/mirrored-exchange.ts';
import { ReadAhead } from '../routing/read-ahead.ts';
import { RequestFacts } from '../routing/request-facts.ts';
import type { RoutedExchange } from '../routing/routed-exchange.ts';
import { Attempts } from './attempts.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { PoolTraffic } from './pool-traffic.ts';
import { RouteTarget } from './route-target.ts';

export interface DispatcherParts {
  readonly routes: RouteTable;
  /** By `trafficName`. */
  readonly pools: ReadonlyMap<string, PoolTraffic>;
  /** Absent where no route looks at paths. */
  readonly paths: PathRules | undefined;
  readonly tools: DispatchTools;
}

export class Dispatcher {
  readonly #routes: RouteTable;
  /** By the route's place. */
  readonly #targets: readonly RouteTarget[];
  readonly #paths: PathRules | undefined;
  readonly #tools: DispatchTools;
  readonly #random = seeded(Math.floor(Math.random() * 2 ** 32));
  /** Of all copies that are on. */
  readonly #mirrors = emptyRoom();

  constructor({ routes, pools, paths, tools }: DispatcherParts) {
    this.#routes = routes;
    this.#targets = routes.routes.map(({ settings }) => new RouteTarget(settings, pools));
    this.#paths = paths;
    this.#tools = tools;
  }

  dispatch(exchange: Exchange): void {
    const { request } = exchange;
    if (request.method === 'CONNECT') return exchange.refuse(failureOf('method-not-implemented'));

    const read = this.#paths === undefined ? request : readRequestPath(request, this.#paths);
    if (typeof read === 'string') return exchange.refuse(requestFailure(read));

    const route = this.#routes.match(read.host, read.path, read === request ? exchange : factsOf(exchange, read));
    if (route === undefined && this.#routes.needsBody) return this.#readBody(exchange, read);
    this.#serve(exchange, route, read, undefined);
  }

  /** A route asks for the body: it is found once that is read. */
  #readBody(exchange: Exchange, request: RequestHead): void {
    const ahead = new ReadAhead(exchange, this.#routes.bodyLimit, (body) => {
      const route = this.#routes.match(request.host, request.path, factsOf(exchange, request), body);
      this.#serve(exchange, route, request, ahead);
    });
    ahead.begin();
  }

  /** `read`: of a body that was read to find the route. */
  #serve(exchange: Exchange, route: CompiledRoute | undefined, request: RequestHead, read: ReadAhead | undefined): void {
    const target = route && this.#targets[route.index];
    if (target === undefined) return exchange.refuse(failureOf('no-route'));
    if (target.actions?.answers === true) return target.actions.answer(exchange, request);

    const pool = target.pool(exchange, this.#random);
    if (pool === undefined) return exchange.refuse(failureOf('no-endpoint'));
    const { shedding } = this.#tools;
    if (shedding.isWatchful && shedding.refuses(exchange.request.fields)) {
      pool.countShed();
      return exchange.refuse(failureOf('worker-overloaded'));
    }

    const isSafe = target.settings.idempotent === true;
    if (target.actions === undefined && request === exchange.request && read === undefined)
      return new Attempts(exchange, pool, this.#tools, isSafe).begin();

    if (request.length > target.mostBody) return exchange.refuse(failureOf('body-too-large'));
    const changed = target.changes.change(exchange, { request, read });
    const mirror = this.#mirrored(changed, target);
    new Attempts(changed, pool, this.#tools, isSafe).begin();
    // Behind the original, which is not to wait for it.
    if (mirror?.isOver === false && target.mirror !== undefined) new Attempts(mirror, target.mirror, this.#tools, false).begin();
  }

  #mirrored(exchange: RoutedExchange, { settings: { mirror }, mirror: pool }: RouteTarget): MirroredExchange | undefined {
    // A copy is the first thing that a worker with too much to do can leave out.
    if (mirror === undefined || pool === undefined || this.#tools.shedding.isWatchful) return undefined;
    if (this.#random() >= mirror.share || !MirroredExchange.fits(exchange, mirror.maxBody, this.#mirrors)) return undefined;
    exchange.mirror = new MirroredExchange(exchange, mirror.maxBody, this.#mirrors);
    return exchange.mirror;
  }
}

const factsOf = (exchange: Exchange, request: RequestHead): RequestFacts => new RequestFacts(exchange, request, () => new Map());
