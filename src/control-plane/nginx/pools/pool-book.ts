// The pools of the document: one for each upstream or address that something is sent to. Where locations differ in how they wait for it, their
// routes say so; where they differ in how they try again, which is the pool's to say, an upstream becomes several pools.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import type { Scope } from '../words/scope.ts';
import { named } from '../words/scope.ts';
import { endpointAddress } from './endpoints.ts';
import type { Upstream } from './upstreams.ts';
import { present, upstreamOf } from './upstreams.ts';

/** How a location treats a pool, made from the number of endpoints that may be tried. */
export type Treatment = (serving: number) => {
  readonly timeouts: Readonly<Record<string, string>>;
  readonly retry: Readonly<Record<string, unknown>>;
  /** Which statuses count against an endpoint. */
  readonly statuses: 'gateway' | 'none';
};

/** A pool that a route may name, and what the route says of timeouts; undefined where the pool says the same. */
export interface Chosen {
  readonly name: string;
  readonly timeouts: Readonly<Record<string, string>> | undefined;
}

interface Known {
  readonly name: string;
  readonly upstream: string;
  readonly timeouts: Readonly<Record<string, string>>;
}

export class PoolBook {
  readonly #pools: Record<string, unknown> = {};
  readonly #upstreams = new Map<string, Directive>();
  readonly #read = new Map<string, Upstream>();
  /** Pools by upstream and treatment. */
  readonly #known = new Map<string, Known>();
  readonly #http: Scope;
  readonly #coverage: Coverage;

  constructor(http: Scope, coverage: Coverage) {
    this.#http = http;
    this.#coverage = coverage;
    for (const upstream of named(http.directives, 'upstream')) this.#upstreams.set(upstream.args[0] ?? '', upstream);
  }

  /** In the order of the upstreams; addresses without one come last. */
  get pools(): Readonly<Record<string, unknown>> {
    const known = [...this.#known.values()];
    const ordered = [...this.#upstreams.keys()].flatMap((upstream) => known.filter((pool) => pool.upstream === upstream));
    const rest = known.filter(({ upstream }) => !this.#upstreams.has(upstream));
    return Object.fromEntries([...ordered, ...rest].map(({ name }) => [name, this.#pools[name]]));
  }

  /** The name of the pool; undefined for a target that is neither an upstream nor an address. `from` is the directive that sends there. */
  poolFor(target: string, treatment: Treatment, from: Directive): Chosen | undefined {
    const upstream = this.#upstreamNamed(target, from);
    if (upstream === undefined) return undefined;
    const { timeouts, retry, statuses } = treatment(upstream.serving);
    const outliers = upstream.outliers === undefined ? 'none' : { ...upstream.outliers, statuses };
    const pool = { ...upstream.pool, outliers, timeouts, retry };
    const key = JSON.stringify([upstream.name, retry, outliers]);
    const known = this.#known.get(key);
    if (known !== undefined) return { name: known.name, timeouts: differing(timeouts, known.timeouts) };
    const name = this.#freeName(upstream.name);
    if (this.#tellsOfSeveral(upstream.name))
      this.#coverage.approximated(
        from,
        `retries differ from those of other locations, so this is a pool of its own, "${name}": what its endpoints have to do is counted apart`,
      );
    this.#known.set(key, { name, upstream: upstream.name, timeouts });
    this.#pools[name] = present(pool);
    return { name, timeouts: undefined };
  }

  #tellsOfSeveral(upstream: string): boolean {
    return [...this.#known.keys()].some((key) => key.startsWith(`[${JSON.stringify(upstream)},`));
  }

  #upstreamNamed(target: string, from: Directive): Upstream | undefined {
    const known = this.#read.get(target);
    if (known !== undefined) return known;
    const directive = this.#upstreams.get(target);
    const upstream = directive === undefined ? this.#single(target, from) : upstreamOf(directive, this.#http, this.#coverage);
    if (upstream === undefined || !upstream.hasServers) return undefined;
    this.#read.set(target, upstream);
    return upstream;
  }

  /** One address, without an upstream that says more about it. */
  #single(target: string, from: Directive): Upstream | undefined {
    const address = endpointAddress(target);
    if (address === undefined) return undefined;
    if (!/^(?:unix:|\[|\d+\.\d+\.\d+\.\d+:)/.test(address))
      this.#coverage.approximated(
        from,
        'the name is resolved whenever a connection is made; nginx resolves it at the start and takes each of its addresses for a server',
      );
    return { name: target, pool: { endpoints: [address] }, outliers: undefined, serving: 1, hasServers: true };
  }

  #freeName(upstream: string): string {
    const name = poolName(upstream);
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      if (!Object.hasOwn(this.#pools, candidate)) return candidate;
    }
  }
}

/** Names of pools are letters, digits, `-`, `_` and `.`. */
const poolName = (upstream: string): string =>
  upstream
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 64) || 'pool';

/** What a route has to say where it waits longer or shorter than its pool. */
function differing(timeouts: Readonly<Record<string, string>>, usual: Readonly<Record<string, string>>): Chosen['timeouts'] {
  const whole = { response: '60s', body: '60s', ...timeouts };
  const other: Readonly<Record<string, string>> = { response: '60s', body: '60s', ...usual };
  const entries = Object.entries(whole).filter(([key, value]) => other[key] !== value);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
