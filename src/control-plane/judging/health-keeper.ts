// Keeps the health of all endpoints: what probes find, what their traffic shows, and what follows for picks. The one hand that writes the
// control `health` on the scoreboard; every change has a reason, is counted, and is told once.
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { endpointRowAt, poolRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointHealth } from '../../domain/endpoints/scoreboard.ts';
import type { HealthSettings } from '../../domain/health/health-settings.ts';
import type { OutlierSettings } from '../../domain/health/outlier-settings.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { EndpointHealth } from './endpoint-health.ts';
import type { JudgedEndpoint } from './pool-judge.ts';
import { PoolJudge } from './pool-judge.ts';
import type { HealthTask } from './probe-tasks.ts';

export interface HealthKeeperParts {
  readonly pools: Readonly<Record<string, JudgedPool>>;
  readonly places: Places;
  readonly board: Scoreboard;
  /** The clock of the workers. */
  readonly clock: () => number;
  readonly random: Random;
  readonly onChange: (change: HealthChange) => void;
  /** An endpoint stays although its traffic speaks against it: too many are set aside already. */
  readonly onSpared: (spared: HealthChange) => void;
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
}

interface KeptEndpoint extends JudgedEndpoint {
  readonly pool: string;
  /** Of its pool. */
  readonly poolRow: number;
  /** What stands on the scoreboard. */
  wasWell: boolean;
  /** How often it changed. */
  changes: number;
}

export class HealthKeeper {
  readonly #parts: HealthKeeperParts;
  /** By slot. */
  readonly #endpoints: ReadonlyMap<number, KeptEndpoint>;
  readonly #judges: ReadonlyMap<string, PoolJudge>;

  /** Endpoints that wait for their first probe are failing from here on. */
  constructor(parts: HealthKeeperParts) {
    this.#parts = parts;
    const now = parts.clock();
    this.#endpoints = keptEndpoints(parts, now);
    for (const endpoint of this.#endpoints.values()) if (!endpoint.wasWell) this.#publish(endpoint, now);
    this.#judges = new Map(
      Object.entries(parts.pools).flatMap(([pool, { outliers }]) =>
        outliers.kind === 'detection' ? [[pool, this.#judgeOf(pool, outliers, now)]] : [],
      ),
    );
  }

  /** To be called about ten times a second. */
  tick(): void {
    const now = this.#parts.clock();
    for (const judge of this.#judges.values()) judge.tick(now);
  }

  /** A probe's result brought the endpoint up or took it down. */
  probedAs({ slot, asks }: Pick<HealthTask, 'slot' | 'asks'>, state: 'up' | 'down', reason: string): void {
    const endpoint = this.#endpoints.get(slot);
    if (endpoint === undefined) return;
    const now = this.#parts.clock();
    if (asks === 'endpoint') endpoint.health.probedAs(state, reason, now);
    else endpoint.health.agentSays(state, reason, now);
    this.#changed(endpoint);
  }

  /** A probe passed, whether or not that changes anything. */
  passed(slot: number): void {
    const endpoint = this.#endpoints.get(slot);
    if (endpoint !== undefined) this.#judges.get(endpoint.pool)?.passed(endpoint, this.#parts.clock());
  }

  /** What is known of an endpoint, to be shown. */
  standing(slot: number): { readonly health: EndpointHealth; readonly changes: number } | undefined {
    return this.#endpoints.get(slot);
  }

  #judgeOf(pool: string, settings: Extract<OutlierSettings, { readonly kind: 'detection' }>, now: number): PoolJudge {
    const { board, random, onSpared } = this.#parts;
    const endpoints = [...this.#endpoints.values()].filter((endpoint) => endpoint.pool === pool);
    return new PoolJudge(
      {
        settings,
        endpoints,
        board,
        random,
        onChange: ({ slot }) => this.#changed(this.#endpoints.get(slot)),
        onSpared: ({ id }, reason) => onSpared({ pool, endpoint: id, isWell: true, reason }),
      },
      now,
    );
  }

  #changed(endpoint: KeptEndpoint | undefined): void {
    if (endpoint === undefined) return;
    const { isWell, reason } = endpoint.health;
    if (isWell === endpoint.wasWell) return;
    endpoint.wasWell = isWell;
    endpoint.changes++;
    this.#publish(endpoint, this.#parts.clock());
    this.#parts.onChange({ pool: endpoint.pool, endpoint: endpoint.id, isWell, reason });
  }

  /** The time comes before the health: whoever sees that it is well sees since when. */
  #publish({ slot, poolRow, wasWell, changes }: KeptEndpoint, now: number): void {
    const { board } = this.#parts;
    const controls = board.controls(slot);
    if (wasWell && changes > 0) controls[endpointControl.upSince] = now;
    controls[endpointControl.health] = wasWell ? endpointHealth.well : endpointHealth.failing;
    board.raiseRevision(poolRow);
  }
}

function keptEndpoints({ pools, places }: Pick<HealthKeeperParts, 'pools' | 'places'>, now: number): ReadonlyMap<number, KeptEndpoint> {
  const all = Object.entries(pools).flatMap(([pool, { endpoints, health }]) =>
    endpoints.map(({ id }, position): KeptEndpoint => {
      const known = new EndpointHealth(health?.start, now);
      const slot = endpointRowAt(places, pool, position);
      return { id, pool, poolRow: poolRowOf(places, pool), slot, health: known, wasWell: known.isWell, changes: 0 };
    }),
  );
  return new Map(all.map((endpoint) => [endpoint.slot, endpoint]));
}
