// Keeps the health of all endpoints: what probes find, what their traffic shows, and what follows for picks. The one hand that writes the
// control `health` on the scoreboard; every change has a reason, is counted, and is told once.
import { isDeepStrictEqual } from 'node:util';
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { endpointRowAt, poolRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointHealth } from '../../domain/endpoints/scoreboard.ts';
import type { HealthSettings } from '../../domain/health/health-settings.ts';
import type { DetectionSettings, OutlierSettings } from '../../domain/health/outlier-settings.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { EndpointHealth } from './endpoint-health.ts';
import type { JudgedEndpoint } from './pool-judge.ts';
import { PoolJudge } from './pool-judge.ts';
import type { HealthTask } from './probe-tasks.ts';

/** Whose health is kept. */
export interface JudgedPools {
  readonly pools: Readonly<Record<string, JudgedPool>>;
  readonly places: Places;
}

export interface HealthKeeperParts extends JudgedPools {
  readonly board: Scoreboard;
  /** The clock of the workers. */
  readonly clock: () => number;
  readonly random: Random;
  readonly onChange: (change: HealthChange) => void;
  /** An endpoint stays although its traffic speaks against it: too many are set aside already. */
  readonly onSpared: (spared: Spared) => void;
}

export interface JudgedPool {
  readonly endpoints: readonly Pick<EndpointSettings, 'id'>[];
  readonly health?: HealthSettings;
  readonly outliers: OutlierSettings;
}

export interface HealthChange {
  readonly pool: string;
  readonly endpoint: string;
  readonly isWell: boolean;
  readonly reason: string;
  /** It is well for the first time, or is found to fail before it ever was. */
  readonly isFirst: boolean;
  /** Endpoints of its pool that are well now, and all of them. */
  readonly left: number;
  readonly of: number;
  /** For how long its traffic has it set aside at most, where that is the reason. */
  readonly setAside: Milliseconds | undefined;
}

export interface Spared extends Pick<HealthChange, 'pool' | 'endpoint' | 'reason'> {
  /** Why it was not set aside. */
  readonly why: string;
}

interface KeptEndpoint extends JudgedEndpoint {
  readonly pool: string;
  /** Of its pool. */
  readonly poolRow: number;
  /** What stands on the scoreboard. */
  wasWell: boolean;
  /** How often it changed. */
  changes: number;
  /** Since somebody judges it. */
  wasEverWell: boolean;
}

interface KeptJudge {
  readonly settings: DetectionSettings;
  readonly endpoints: readonly KeptEndpoint[];
  readonly judge: PoolJudge;
}

export class HealthKeeper {
  readonly #parts: HealthKeeperParts;
  /** By slot. */
  #endpoints: ReadonlyMap<number, KeptEndpoint> = new Map();
  #judges: ReadonlyMap<string, KeptJudge> = new Map();
  /** By pool. Kept with each change, since a pool of thousands may come up all at once. */
  #counts: ReadonlyMap<string, { left: number; readonly of: number }> = new Map();

  /** Endpoints that wait for their first probe are failing from here on. */
  constructor(parts: HealthKeeperParts) {
    this.#parts = parts;
    this.adopt(parts);
  }

  /** Keeps the health of these from now on. Who was kept before stays what it is, but for what nobody judges it by any more. */
  adopt({ pools, places }: JudgedPools): void {
    const now = this.#parts.clock();
    const before = this.#endpoints;
    const kept = Object.entries(pools).flatMap(([pool, { endpoints, health, outliers }]) =>
      endpoints.map(({ id }, position): KeptEndpoint => {
        const slot = endpointRowAt(places, pool, position);
        const known = before.get(slot);
        known?.health.keepOnly(
          { probe: health !== undefined, agent: health?.agent !== undefined, ejections: outliers.kind === 'detection' },
          now,
        );
        return known ?? newcomer({ id, pool, poolRow: poolRowOf(places, pool), slot }, new EndpointHealth(health?.start, now));
      }),
    );
    this.#endpoints = new Map(kept.map((endpoint) => [endpoint.slot, endpoint]));
    const inPools = Map.groupBy(kept, ({ pool }) => pool);
    this.#counts = new Map(
      [...inPools].map(([pool, all]) => [pool, { left: all.filter(({ wasWell }) => wasWell).length, of: all.length }]),
    );
    for (const endpoint of kept)
      if (before.has(endpoint.slot)) this.#changed(endpoint);
      else if (!endpoint.wasWell) this.#publish(endpoint, now);
    this.#judges = this.#judgesOf(pools, inPools);
  }

  /** To be called about ten times a second. */
  tick(): void {
    const now = this.#parts.clock();
    for (const { judge } of this.#judges.values()) judge.tick(now);
  }

  /** A probe's result brought the endpoint up or took it down. */
  probedAs({ slot, asks }: Pick<HealthTask, 'slot' | 'asks'>, state: 'up' | 'down', reason: string): void {
    const endpoint = this.#endpoints.get(slot);
    if (endpoint === undefined) return;
    const now = this.#parts.clock();
    const isFirst = endpoint.health.probed === 'checking' && asks === 'endpoint';
    if (asks === 'endpoint') endpoint.health.probedAs(state, reason, now);
    else endpoint.health.agentSays(state, reason, now);
    // That a newcomer does not pass is news, though it got nothing before either.
    this.#changed(endpoint, isFirst && state === 'down');
    // Something is known of it, also where its agent keeps it out.
    if (isFirst) this.#publish(endpoint, now);
  }

  /** A probe passed, whether or not that changes anything. */
  passed(slot: number): void {
    const endpoint = this.#endpoints.get(slot);
    if (endpoint !== undefined) this.#judges.get(endpoint.pool)?.judge.passed(endpoint, this.#parts.clock());
  }

  /** What is known of an endpoint, to be shown. */
  standing(slot: number): { readonly health: EndpointHealth; readonly changes: number } | undefined {
    return this.#endpoints.get(slot);
  }

  /** A judge is in the middle of an interval: where nothing changed for it, it stays. */
  #judgesOf(pools: JudgedPools['pools'], inPools: ReadonlyMap<string, readonly KeptEndpoint[]>): ReadonlyMap<string, KeptJudge> {
    const judges = Object.entries(pools).flatMap(([pool, { outliers: settings }]) => {
      if (settings.kind !== 'detection') return [];
      const endpoints = inPools.get(pool) ?? [];
      const known = this.#judges.get(pool);
      const isSame = known !== undefined && isDeepStrictEqual(known.settings, settings) && isSameList(known.endpoints, endpoints);
      return [[pool, isSame ? known : { settings, endpoints, judge: this.#judgeOf(pool, settings, endpoints) }] as const];
    });
    return new Map(judges);
  }

  #judgeOf(pool: string, settings: DetectionSettings, endpoints: readonly KeptEndpoint[]): PoolJudge {
    const { board, random, onSpared, clock } = this.#parts;
    return new PoolJudge(
      {
        settings,
        endpoints,
        board,
        random,
        onChange: ({ slot }) => this.#changed(this.#endpoints.get(slot)),
        onSpared: ({ id }, reason, why) => onSpared({ pool, endpoint: id, reason, why }),
      },
      clock(),
    );
  }

  #changed(endpoint: KeptEndpoint | undefined, isNews = false): void {
    if (endpoint === undefined) return;
    const { isWell, reason, ejection } = endpoint.health;
    if (isWell === endpoint.wasWell && !isNews) return;
    const now = this.#parts.clock();
    const isFirst = !endpoint.wasEverWell;
    if (isWell) endpoint.wasEverWell = true;
    const counts = this.#counts.get(endpoint.pool);
    if (counts !== undefined && isWell !== endpoint.wasWell) counts.left += isWell ? 1 : -1;
    endpoint.wasWell = isWell;
    endpoint.changes++;
    this.#publish(endpoint, now);
    const setAside = ejection.until === undefined || isWell ? undefined : milliseconds(ejection.until - now);
    const { pool, id } = endpoint;
    this.#parts.onChange({ pool, endpoint: id, isWell, reason, isFirst, setAside, left: counts?.left ?? 0, of: counts?.of ?? 0 });
  }

  /** The time comes before the health: whoever sees that it is well sees since when. */
  #publish({ slot, poolRow, wasWell, changes, health }: KeptEndpoint, now: number): void {
    const { board } = this.#parts;
    const controls = board.controls(slot);
    if (wasWell && changes > 0) controls[endpointControl.upSince] = now;
    controls[endpointControl.health] = endpointHealth[healthWord(health)];
    board.raiseRevision(poolRow);
  }
}

function healthWord({ isWell, probed }: EndpointHealth): keyof typeof endpointHealth {
  if (isWell) return 'well';
  return probed === 'checking' ? 'checking' : 'failing';
}

const newcomer = (place: Pick<KeptEndpoint, 'id' | 'pool' | 'poolRow' | 'slot'>, health: EndpointHealth): KeptEndpoint => ({
  ...place,
  health,
  wasWell: health.isWell,
  wasEverWell: health.isWell,
  changes: 0,
});

const isSameList = <Item>(one: readonly Item[], other: readonly Item[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);
