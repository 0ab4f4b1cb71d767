// Hot path. Routes compiled for fast matching. The first route of the document that takes an exchange wins, as if they were tried
// one after another; in fact they stand in maps, and ten thousand of them cost little more than one.
import { itemAt } from '../../foundation/basics/item-at.ts';
import { bareHost, parseHostPattern } from './host-pattern.ts';
import { noRoute, PathIndex } from './path-index.ts';
import type { RouteSettings } from './route-settings.ts';

export interface CompiledRoute {
  /** Its place among the routes of its listener. */
  readonly index: number;
  readonly pool: string;
  readonly settings: RouteSettings;
}

export function compileRoutes(routes: readonly RouteSettings[]): RouteTable {
  return new RouteTable(routes);
}

export class RouteTable {
  /** By index. */
  readonly routes: readonly CompiledRoute[];
  /** The first route, when it takes everything. */
  readonly #only: CompiledRoute | undefined;
  readonly #exactHosts: Map<string, PathIndex>;
  /** By suffix: `.example.com`. */
  readonly #hostsBelow: Map<string, PathIndex>;
  readonly #anyHost: PathIndex;
  /** The most dots that a suffix has. A host with thousands of them costs no more lookups than that. */
  #mostDots: number;

  constructor(routes: readonly RouteSettings[]) {
    this.routes = routes.map((settings, index) => ({ index, pool: settings.pool, settings }));
    this.#only = this.routes.slice(0, 1).find(takesEverything);
    this.#exactHosts = new Map();
    this.#hostsBelow = new Map();
    this.#anyHost = new PathIndex();
    this.#mostDots = 0;
    for (const route of this.routes) this.#pathsOf(route.settings.host).add(route.settings.path, route.index);
  }

  /** The first route that takes the exchange. `host` is as the client wrote it, with or without a port; `path` is the target without its query. */
  match(host: string, path: string): CompiledRoute | undefined {
    if (this.#only !== undefined) return this.#only;

    let best = this.#anyHost.match(path);
    if (this.#exactHosts.size > 0 || this.#mostDots > 0) {
      const bare = bareHost(host);
      best = earlier(this.#exactHosts.get(bare), path, best);
      if (this.#mostDots > 0) best = this.#matchBelow(bare, path, best);
    }
    return best === noRoute ? undefined : itemAt(this.routes, best);
  }

  /** Tries `.com`, `.example.com` and so on, as long as a name is left before the dot. */
  #matchBelow(host: string, path: string, best: number): number {
    let first = best;
    let dot = host.lastIndexOf('.');
    for (let dots = 1; dot > 0 && dots <= this.#mostDots; dots++) {
      first = earlier(this.#hostsBelow.get(host.slice(dot)), path, first);
      dot = host.lastIndexOf('.', dot - 1);
    }
    return first;
  }

  /** The routes that share a host pattern. */
  #pathsOf(host: string | undefined): PathIndex {
    if (host === undefined) return this.#anyHost;
    const pattern = parseHostPattern(host);
    if (pattern.kind === 'exact') return pathsAt(this.#exactHosts, pattern.host);
    this.#mostDots = Math.max(this.#mostDots, pattern.suffix.split('.').length - 1);
    return pathsAt(this.#hostsBelow, pattern.suffix);
  }
}

const takesEverything = ({ settings }: CompiledRoute): boolean => settings.host === undefined && settings.path === undefined;

/** The route found here, when it comes before the one found so far. */
function earlier(paths: PathIndex | undefined, path: string, best: number): number {
  if (paths === undefined || paths.first > best) return best;
  return Math.min(best, paths.match(path));
}

function pathsAt(hosts: Map<string, PathIndex>, host: string): PathIndex {
  const existing = hosts.get(host);
  if (existing !== undefined) return existing;
  const paths = new PathIndex();
  hosts.set(host, paths);
  return paths;
}
