// Hot path. Routes compiled for fast matching. The first route of the document that takes an exchange wins, as if they were tried
// one after another; in fact they stand in maps by host, path and single values, and ten thousand of them cost little more than one.
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import type { Candidate, Required, Search } from './candidates.ts';
import { noRoute } from './candidates.ts';
import type { Test } from './conditions/compile-conditions.ts';
import { allOf, compileOthers, hostExpressionTest, pathsTest } from './conditions/compile-conditions.ts';
import type { Conditions, FieldRule } from './conditions/conditions.ts';
import { listed, within } from './conditions/conditions.ts';
import { isExpression } from './conditions/expressions.ts';
import type { RequestBody } from './conditions/request-body.ts';
import { bareHost, parseHostPattern } from './host-pattern.ts';
import { PathIndex } from './path-index.ts';
import type { RouteRules } from './route-rules.ts';

export interface CompiledRoute {
  /** Its place among the routes of its listener. */
  readonly index: number;
  readonly settings: RouteRules;
}

export function compileRoutes(routes: readonly RouteRules[]): RouteTable {
  return new RouteTable(routes);
}

/** Of a request of which nobody asks more than its host and path. */
const plainFacts: ExchangeFacts = {
  request: {
    method: 'GET',
    target: '/',
    path: '/',
    host: '',
    minor: 1,
    fields: '',
    length: 0,
    keepAlive: true,
    upgrade: '',
    expectsContinue: false,
    acceptsTrailers: false,
    hopByHop: [],
    forwarded: undefined,
  },
  client: 'unknown',
  peer: 'unknown',
};

interface Wanted extends Search {
  facts: ExchangeFacts;
  host: string;
  path: string;
  body: RequestBody | undefined;
}

export class RouteTable {
  /** By index. */
  readonly routes: readonly CompiledRoute[];
  /** The first route, when it takes everything. */
  readonly #only: CompiledRoute | undefined;
  readonly #exactHosts = new Map<string, PathIndex>();
  /** By suffix: `.example.com`. */
  readonly #hostsBelow = new Map<string, PathIndex>();
  /** Also those of which an expression decides. */
  readonly #anyHost = new PathIndex();
  readonly #hasExpressions: boolean;
  readonly #isPlain: boolean;
  /** The most dots that a suffix has. A host with thousands of them costs no more lookups than that. */
  #mostDots = 0;
  /** Used for each match: a new one each time would have to be collected. */
  readonly #search: Wanted = { facts: plainFacts, host: '', path: '', body: undefined, undecided: noRoute };

  constructor(routes: readonly RouteRules[]) {
    this.routes = routes.map((settings, index) => ({ index, settings }));
    this.#only = this.routes.slice(0, 1).find(takesEverything);
    this.#hasExpressions = routes.some(asksHosts);
    this.bodyLimit = Math.max(0, ...routes.map(bodyLimitOf));
    for (const route of this.routes) this.#add(route);
    const indexes = [this.#anyHost, ...this.#exactHosts.values(), ...this.#hostsBelow.values()];
    for (const paths of indexes) paths.sort();
    this.#isPlain = indexes.every(({ isPlain }) => isPlain);
  }

  /** The most that a route looks at of a body, in bytes. */
  readonly bodyLimit: number;

  /** The last `match` gave nothing because the body of the request decides: asked again with it, it will. */
  get needsBody(): boolean {
    return this.#search.undecided !== noRoute;
  }

  /**
   * The first route that takes the exchange. `host` is as the client wrote it, with or without a port; `path` is the target without its query.
   * Without `body`, undefined may mean that the body is needed.
   */
  match(host: string, path: string, facts: ExchangeFacts = plainFacts, body?: RequestBody): CompiledRoute | undefined {
    const search = this.#search;
    search.undecided = noRoute;
    if (this.#only !== undefined) return this.#only;
    if (this.#isPlain) return this.#routeAt(this.#matchPlain(host, path));

    search.path = path;
    search.facts = facts;
    search.body = body;
    const best = this.#first(host);
    search.facts = plainFacts;
    search.body = undefined;
    // A route before the one that was found may be the right one.
    if (search.undecided < best) return undefined;
    search.undecided = noRoute;
    return this.#routeAt(best);
  }

  #routeAt(best: number): CompiledRoute | undefined {
    return best === noRoute ? undefined : itemAt(this.routes, best);
  }

  /** Where no route asks for more than a host and a path. */
  #matchPlain(host: string, path: string): number {
    let best = this.#anyHost.matchPlain(path);
    if (this.#exactHosts.size === 0 && this.#mostDots === 0) return best;
    const bare = bareHost(host);
    best = earlierPlain(this.#exactHosts.get(bare), path, best);
    let dot = this.#mostDots > 0 ? bare.lastIndexOf('.') : 0;
    for (let dots = 1; dot > 0 && dots <= this.#mostDots; dots++) {
      best = earlierPlain(this.#hostsBelow.get(bare.slice(dot)), path, best);
      dot = bare.lastIndexOf('.', dot - 1);
    }
    return best;
  }

  #first(host: string): number {
    const search = this.#search;
    const hasHosts = this.#exactHosts.size > 0 || this.#mostDots > 0;
    if (hasHosts || this.#hasExpressions) search.host = bareHost(host);
    let best = this.#anyHost.match(search, noRoute);
    if (!hasHosts) return best;
    best = earlier(this.#exactHosts.get(search.host), search, best);
    return this.#mostDots > 0 ? this.#matchBelow(best) : best;
  }

  /** Tries `.com`, `.example.com` and so on, as long as a name is left before the dot. */
  #matchBelow(best: number): number {
    const search = this.#search;
    const { host } = search;
    let first = best;
    let dot = host.lastIndexOf('.');
    for (let dots = 1; dot > 0 && dots <= this.#mostDots; dots++) {
      first = earlier(this.#hostsBelow.get(host.slice(dot)), search, first);
      dot = host.lastIndexOf('.', dot - 1);
    }
    return first;
  }

  /** Under each of its hosts, and there under each of its paths. */
  #add({ index, settings }: CompiledRoute): void {
    const others = compileOthers(settings);
    const required = requiredBy(settings);
    const paths = settings.path === undefined ? [undefined] : listed(settings.path);
    const hosts = settings.host === undefined ? [undefined] : listed(settings.host);
    for (const host of hosts) {
      const isExpressed = host !== undefined && isExpression(host);
      const place = isExpressed ? this.#anyHost : this.#pathsOf(host);
      for (const path of paths) {
        const tests: readonly (Test | undefined)[] = [
          isExpressed ? hostExpressionTest(host) : undefined,
          path !== undefined && isExpression(path) ? pathsTest(path) : undefined,
          others,
        ];
        const candidate: Candidate = { route: index, test: allOf(tests.filter((test) => test !== undefined)), required };
        place.add(path, candidate);
      }
    }
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

const conditionKeys = ['host', 'path', 'method', 'header', 'query', 'cookie', 'client', 'body', 'all', 'any', 'not'] as const;

const takesEverything = ({ settings }: CompiledRoute): boolean => conditionKeys.every((key) => settings[key] === undefined);

/** Somewhere among its conditions the host is asked for outside of the index. */
const asksHosts = (conditions: Conditions): boolean =>
  listed(conditions.host).some(isExpression) || within(conditions).some((one) => one.host !== undefined || asksHosts(one));

const bodyLimitOf = (conditions: Conditions): number => Math.max(conditions.body?.limit ?? 0, ...within(conditions).map(bodyLimitOf));

/** The first single value that the route asks for. */
function requiredBy(settings: Conditions): Required | undefined {
  for (const kind of ['header', 'cookie', 'query'] as const) {
    const found = Object.entries(settings[kind] ?? {}).find(([, rule]) => isOneText(rule));
    if (found !== undefined) return { kind, name: found[0], value: String(listed(found[1] as string)[0]) };
  }
  return undefined;
}

function isOneText(rule: FieldRule): boolean {
  const [only, ...others] = typeof rule === 'boolean' ? [] : listed(rule);
  return only !== undefined && others.length === 0 && !isExpression(only);
}

/** The route found here, when it comes before the one found so far. */
function earlier(paths: PathIndex | undefined, search: Search, best: number): number {
  return paths === undefined || paths.first > best ? best : paths.match(search, best);
}

function earlierPlain(paths: PathIndex | undefined, path: string, best: number): number {
  return paths === undefined || paths.first > best ? best : Math.min(best, paths.matchPlain(path));
}

function pathsAt(hosts: Map<string, PathIndex>, host: string): PathIndex {
  const existing = hosts.get(host);
  if (existing !== undefined) return existing;
  const paths = new PathIndex();
  hosts.set(host, paths);
  return paths;
}
