// Hot path. The life of a request, from a parsed head to its first attempt: which route, which pool, then off to an endpoint.
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { RouteTable } from '../../domain/routing/route-table.ts';
import type { Exchange } from '../listening/exchange.ts';
import { Attempts } from './attempts.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { PoolTraffic } from './pool-traffic.ts';

export class Dispatcher {
  readonly #routes: RouteTable;
  readonly #pools: ReadonlyMap<string, PoolTraffic>;
  readonly #tools: DispatchTools;

  constructor(parts: { readonly routes: RouteTable; readonly pools: ReadonlyMap<string, PoolTraffic>; readonly tools: DispatchTools }) {
    this.#routes = parts.routes;
    this.#pools = parts.pools;
    this.#tools = parts.tools;
  }

  dispatch(exchange: Exchange): void {
    const { request } = exchange;
    if (request.method === 'CONNECT') return exchange.refuse(failureOf('method-not-implemented'));

    const route = this.#routes.match(request.host, request.path);
    if (route === undefined) return exchange.refuse(failureOf('no-route'));

    const pool = this.#pools.get(route.pool);
    if (pool === undefined) return exchange.refuse(failureOf('no-endpoint'));

    new Attempts(exchange, pool, this.#tools).begin();
  }
}
