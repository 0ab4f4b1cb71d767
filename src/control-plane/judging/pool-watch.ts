// Watches what is left of each pool, and tells when nobody is, when so few are well that their health is not heeded, and when that is over.
// What endpoints are stands on the scoreboard, where health, operators and agents have written it; nothing is decided here.
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { endpointRowAt, poolRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointHealth, endpointState } from '../../domain/endpoints/scoreboard.ts';
import { firstBackupTier, tiersOf } from '../../domain/endpoints/weights.ts';
import type { PanicSettings } from '../../domain/health/panic-settings.ts';
import { noPanic, tierLoads } from '../../domain/health/priority-loads.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';

export interface WatchedPool {
  readonly endpoints: readonly Pick<EndpointSettings, 'id' | 'priority' | 'backup' | 'weight'>[];
  readonly panic?: PanicSettings;
  readonly backup?: string;
  readonly lastResort?: { readonly status: number };
}

export interface WatchedPools {
  readonly pools: Readonly<Record<string, WatchedPool>>;
  readonly places: Places;
}

export interface PoolWatchParts extends WatchedPools {
  readonly board: Scoreboard;
  /** Whether nothing is known of the endpoint of this row yet. */
  readonly isChecking: (slot: number) => boolean;
  readonly log: { info(text: string): void; warn(text: string): void };
}

/** `empty`: no endpoint is well that people let serve. `panic`: so few are that their health is not heeded. */
type Mode = 'serving' | 'empty' | 'panic';

interface WatchedState {
  /** Of the scoreboard, when it was looked at last. */
  revision: number | undefined;
  mode: Mode;
}

export class PoolWatch {
  readonly #parts: PoolWatchParts;
  #pools: WatchedPools['pools'] = {};
  #places: Places;
  readonly #states = new Map<string, WatchedState>();

  constructor(parts: PoolWatchParts) {
    this.#parts = parts;
    this.#places = parts.places;
    this.adopt(parts);
  }

  /** These are the pools from now on. Of those that stay nothing is told again. */
  adopt({ pools, places }: WatchedPools): void {
    this.#pools = pools;
    this.#places = places;
    for (const name of this.#states.keys()) if (pools[name] === undefined) this.#states.delete(name);
    for (const name of Object.keys(pools)) this.#states.set(name, { mode: this.#states.get(name)?.mode ?? 'serving', revision: undefined });
  }

  /** To be called about ten times a second. Costs next to nothing for pools in which nothing has changed. */
  tick(): void {
    for (const [name, pool] of Object.entries(this.#pools)) {
      const state = this.#states.get(name);
      const revision = this.#parts.board.revision(poolRowOf(this.#places, name));
      // Before the first results nobody can say how it stands; each of them raises the revision.
      if (state === undefined || state.revision === revision || this.#isAnyChecking(name)) continue;
      state.revision = revision;
      this.#look(name, pool, state);
    }
  }

  #look(name: string, pool: WatchedPool, state: WatchedState): void {
    const { log } = this.#parts;
    const { well, wanted, inPanic } = this.#standingOf(name, pool);
    const mode = inPanic ? 'panic' : well === 0 ? 'empty' : 'serving';
    if (mode === state.mode) return;
    const standing = `${well} of ${wanted} endpoints ${well === 1 ? 'is' : 'are'} well`;
    if (mode === 'panic') log.warn(`Pool ${name} is in panic, ${standing}: ${panicText(pool)}.`);
    else if (mode === 'empty') log.warn(`Pool ${name} has no endpoint left: ${emptyText(pool)}.`);
    else log.info(`Pool ${name} ${state.mode === 'panic' ? 'is out of panic' : 'has endpoints again'}: ${standing}.`);
    state.mode = mode;
  }

  #isAnyChecking(name: string): boolean {
    return (this.#places.pools[name]?.endpoints ?? []).some((slot) => this.#parts.isChecking(slot));
  }

  /** Of the endpoints that people let serve, as the workers see them. */
  #standingOf(name: string, { endpoints, panic = noPanic }: WatchedPool) {
    const { board } = this.#parts;
    const tiers = tiersOf(endpoints);
    const health = Array.from({ length: Math.max(0, ...tiers) + 1 }, () => ({ healthy: 0, total: 0 }));
    for (const [position, { weight }] of endpoints.entries()) {
      const controls = board.controls(endpointRowAt(this.#places, name, position));
      const present = controls[endpointControl.hasWeight] === 1 ? controls[endpointControl.weight] : weight;
      if (controls[endpointControl.state] !== endpointState.up || present === 0) continue;
      if (controls[endpointControl.health] === endpointHealth.checking) continue;
      const tier = itemAt(health, itemAt(tiers, position));
      tier.total++;
      if (controls[endpointControl.health] === endpointHealth.well) tier.healthy++;
    }
    const { inPanic } = tierLoads(health, firstBackupTier(endpoints), panic);
    return {
      well: health.reduce((sum, { healthy }) => sum + healthy, 0),
      wanted: health.reduce((sum, { total }) => sum + total, 0),
      inPanic: inPanic.includes(true),
    };
  }
}

function panicText(pool: WatchedPool): string {
  return pool.panic?.action === 'fail'
    ? `nobody gets anything, and ${emptyText(pool)}`
    : 'health is not heeded, and all of them get traffic';
}

function emptyText({ backup, lastResort }: WatchedPool): string {
  if (backup !== undefined) return `pool ${backup} takes its exchanges`;
  return lastResort === undefined ? 'clients get 503 no-endpoint' : `clients get its last resort, ${lastResort.status}`;
}
