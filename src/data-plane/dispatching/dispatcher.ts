// Hot path. The life of a request, from a parsed head to its first attempt: which route, which pool, is there time for it, then off to an endpoint.
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { RouteSettings } from '../../domain/routing/route-settings.ts';
import type { RouteTable } from '../../domain/routing/route-table.ts';
import type { Exchange } from '../listening/exchange.ts';
import { Attempts } from './attempts.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { PoolTraffic } from './pool-traffic.ts';

/** What a route's traffic is known by: its pool's name, and the metadata that it asks for. */
export const trafficName = ({ pool, metadata }: Pick<RouteSettings, 'pool' | 'metadata'>): string =>
  metadata === undefined ? pool : `${pool} ${JSON.stringify(Object.entries(metadata).sort())}`;

export class Dispatcher {
  readonly #routes: RouteTable;
  /** By the route's place: for most routes all endpoints of their pool, for some those with certain metadata. */
  readonly #targets: readonly (PoolTraffic | undefined)[];
  readonly #tools: DispatchTools;

  constructor(parts: { readonly routes: RouteTable; readonly pools: ReadonlyMap<string, PoolTraffic>; readonly tools: DispatchTools }) {
    this.#routes = parts.routes;
    this.#targets = parts.routes.routes.map(({ settings }) => parts.pools.get(trafficName(settings)));
    this.#tools = parts.tools;
  }

  dispatch(exchange: Exchange): void {
    const { request } = exchange;
    if (request.method === 'CONNECT') return exchange.refuse(failureOf('method-not-implemented'));

    const route = this.#routes.match(request.host, request.path);
    if (route === undefined) return exchange.refuse(failureOf('no-route'));

    const pool = this.#targets[route.index];
    if (pool === undefined) return exchange.refuse(failureOf('no-endpoint'));

    const { shedding } = this.#tools;
    if (shedding.isWatchful && shedding.refuses(request.fields)) {
      pool.countShed();
      return exchange.refuse(failureOf('worker-overloaded'));
    }

    new Attempts(exchange, pool, this.#tools, route.settings.idempotent === true).begin();
  }
}
