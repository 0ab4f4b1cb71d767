// All pools of one worker, by name: those in force, and those of a document that is to come in force. What is the same in both is one and the
// same; nothing that is in force is changed before `commit`.
import type { RouteRules } from '../../domain/routing/route-rules.ts';
import type { ConnectionPool } from '../connecting/connection-pool.ts';
import type { PoolTraffic } from '../dispatching/pool-traffic.ts';
import { choicesOf, trafficName } from '../dispatching/route-target.ts';
import type { PoolPlan, PoolTools } from './pool-works.ts';
import { PoolWorks } from './pool-works.ts';

/** By what routes know them: see `trafficName`. */
export type Traffics = ReadonlyMap<string, PoolTraffic>;

type Routes = readonly RouteRules[];

export class PoolSet {
  readonly #tools: PoolTools;
  #works: ReadonlyMap<string, PoolWorks> = new Map();
  /** Built for the next document. */
  readonly #staged = new Map<string, PoolWorks>();
  #next: ReadonlyMap<string, PoolWorks> | undefined = undefined;
  /** Closed, but for what is on. */
  readonly #retiring = new Set<ConnectionPool>();

  constructor(tools: PoolTools) {
    this.#tools = tools;
  }

  /** Builds a pool that is new or differs, with all of its traffic but what routes choose of it: in `prepare` all pools are there at once. */
  stage(plan: PoolPlan): void {
    const before = this.#works.get(plan.name);
    const works = new PoolWorks(this.#tools, plan, before);
    works.traffic(undefined, before);
    this.#staged.set(plan.name, works);
  }

  /** The next document has these pools, in this order: as staged, else as they are. Gives what its routes lead to. */
  prepare(names: readonly string[], routes: Routes): Traffics {
    const works = new Map(names.map((name) => [name, this.#found(name)]));
    this.#next = works;
    const traffics = new Map<string, PoolTraffic>();
    for (const [name, pool] of works) traffics.set(name, pool.traffic(undefined, this.#works.get(name)));
    for (const choice of routes.flatMap(choicesOf)) {
      const name = trafficName(choice);
      const pool = works.get(choice.pool);
      if (pool !== undefined && !traffics.has(name)) traffics.set(name, pool.traffic(choice, this.#works.get(choice.pool)));
    }
    return traffics;
  }

  #found(name: string): PoolWorks {
    const works = this.#staged.get(name) ?? this.#works.get(name);
    if (works === undefined) throw new Error(`Pool ${name} was not built.`);
    return works;
  }

  /** What was prepared is in force. */
  commit(): void {
    const before = this.#works;
    const works = this.#next ?? before;
    for (const [name, pool] of works) {
      const old = before.get(name);
      if (old === pool) continue;
      for (const connections of pool.takeOver(old)) this.#retire(connections);
    }
    for (const [name, pool] of before) if (!works.has(name)) for (const connections of pool.leave()) this.#retire(connections);
    // Each traffic of a pool, also those by metadata, has the whole of the other pool behind it.
    for (const pool of works.values()) {
      const { backup } = pool.plan.settings;
      for (const traffic of pool.traffics) traffic.backup = backup === undefined ? undefined : works.get(backup)?.traffic();
    }
    this.#works = works;
    this.discard();
  }

  /** Forgets what was prepared. */
  discard(): void {
    this.#staged.clear();
    this.#next = undefined;
  }

  #retire(connections: ConnectionPool): void {
    connections.retire();
    if (connections.size > 0) this.#retiring.add(connections);
  }

  /** Follows what changed since the last time, off the way of requests. */
  refresh(now: number): void {
    for (const pool of this.#works.values()) for (const traffic of pool.traffics) traffic.refresh(now);
    for (const connections of this.#retiring) if (connections.size === 0) this.#retiring.delete(connections);
  }

  drain(): void {
    for (const pool of this.#works.values()) for (const traffic of pool.traffics) traffic.drain();
  }

  abort(): void {
    for (const pool of this.#works.values()) for (const traffic of pool.traffics) traffic.abort();
    for (const connections of this.#retiring) connections.abort();
  }
}
