// One worker's data plane: builds every part that moves bytes from the document, and joins them.
// Written in the order in which a request meets them.
import { hostname } from 'node:os';
import { setInterval } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { OwnPolicies } from '../../domain/balancing/build-picker.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { firstPlaces, listenerRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { OverloadRules } from '../../domain/resilience/lateness.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { Listener } from '../listening/listener.ts';
import type { ListenerSettings } from '../listening/settings.ts';
import { Buffers } from '../sockets/buffers.ts';
import type { Abilities } from '../sockets/native-stream.ts';
import { findAbilities } from '../sockets/native-stream.ts';
import { Outbox } from '../sockets/outbox.ts';
import type { BreakerNews } from './breaker-news.ts';
import { PoolSet } from './pool-set.ts';
import type { BoundListener, ServedRules, ServedTools } from './served-listener.ts';
import { ServedListener, servedRules } from './served-listener.ts';
import { sharedClock } from './shared-clock.ts';
import type { SharedState } from './shared-state.ts';
import { createSharedState } from './shared-state.ts';
import { Shedder } from './shedder.ts';
import type { SheddingNews } from './shedding-news.ts';

export type { BoundListener } from './served-listener.ts';

export interface DataPlane {
  /** Binds every listener. Rejects with an error that names the address and says what to do; nothing stays bound then. */
  listen(): Promise<readonly BoundListener[]>;
  /** Builds pools that the next document has and this one has not, or otherwise. Nothing of it is in force. In several calls, for many of them. */
  stage(pools: StagedPools): void;
  /** Builds what else the next document needs, and opens its new listeners. Rejects as `listen` does, and then all is as it was. */
  prepare(next: NextDocument): Promise<readonly BoundListener[]>;
  /** Puts in force what was prepared. What is on goes on; what the document does not name any more ends as it becomes idle. */
  commit(): void;
  /** Forgets what was staged and prepared. */
  discard(): void;
  /** Closes listeners, lets running exchanges finish, closes idle connections. Resolves when nothing is open any more. */
  drain(): Promise<void>;
  /** Ends everything at once. */
  close(): void;
}

export interface DataPlaneParts {
  readonly document: {
    readonly listeners: readonly ListenerSettings[];
    readonly pools: Readonly<Record<string, PoolSettings>>;
    readonly overload: OverloadRules;
  };
  readonly board: Scoreboard;
  /** Whose rows of the board are whose; in the order of the document when absent. */
  readonly places?: Places;
  /** This worker's number, from 0, of so many. */
  readonly worker: number;
  readonly workers: number;
  /** What may be used of Node; found out when absent. */
  readonly abilities?: Abilities;
  /** Policies of the user's own, loaded, by the path that the document names them with. */
  readonly ownPolicies?: OwnPolicies;
  /** Told when a policy of the user's own failed and another one picked in its place. */
  readonly report?: (pool: string, reason: string) => void;
  /** Told when this worker begins to refuse requests because it has too much to do, and when that is over. */
  readonly reportShedding?: (news: SheddingNews) => void;
  /** Told when this worker finds that a breaker has to open or may close. */
  readonly reportBreaker?: (news: BreakerNews) => void;
  /** The share of the memory that is in use; measured when absent. */
  readonly memory?: () => number;
  /** What this worker shares with others; made here for one that is alone. */
  readonly shared?: SharedState;
}

export interface StagedPools {
  readonly pools: Readonly<Record<string, PoolSettings>>;
  readonly places: Places['pools'];
  /** Of these pools. */
  readonly shared: SharedState;
  readonly ownPolicies?: OwnPolicies;
}

export interface NextDocument {
  /** In the order of the document; the name alone of one that is as it was. */
  readonly listeners: readonly (ListenerSettings | string)[];
  readonly places: Places['listeners'];
  /** In the order of the document. Each is staged or in force. */
  readonly pools: readonly string[];
  readonly overload: OverloadRules;
}

/** Built, and not in force yet. */
interface Prepared {
  readonly listeners: readonly ServedListener[];
  readonly rules: readonly ServedRules[];
  readonly opened: readonly ServedListener[];
  readonly overload: OverloadRules;
}

/** Every timeout is late by at most this. */
const tick = milliseconds(100);
/** Within this all workers have heard that they are to drain. */
const drainLead = 100;

export function createDataPlane(parts: DataPlaneParts): DataPlane {
  return new Serving(parts);
}

class Serving implements DataPlane {
  readonly #parts: DataPlaneParts;
  readonly #tools: ServedTools;
  readonly #pools: PoolSet;
  readonly #shedder: Shedder;
  readonly #tunnels = new Set<{ close(): void }>();
  readonly #clock = sharedClock();
  #listeners: readonly ServedListener[] = [];
  #prepared: Prepared | undefined = undefined;
  /** Not named by the document any more, with clients who are still served. */
  readonly #leaving = new Set<ServedListener>();
  #ticking: NodeJS.Timeout | undefined = undefined;

  constructor(parts: DataPlaneParts) {
    const { document, board, worker, workers } = parts;
    this.#parts = parts;
    const sockets = {
      buffers: new Buffers(),
      outbox: new Outbox(),
      wheel: new TimingWheel({ tick, now: performance.now() }),
      abilities: parts.abilities ?? findAbilities(),
    };
    this.#shedder = shedderOf(parts);
    const dispatching = { clock: () => performance.now(), shedding: this.#shedder, tunnels: this.#tunnels };
    this.#tools = { sockets, dispatching };
    const report = parts.report ?? (() => undefined);
    const reportBreaker = parts.reportBreaker ?? (() => undefined);
    this.#pools = new PoolSet({ board, worker, workers, tools: sockets, clock: this.#clock, identity: hostname(), report, reportBreaker });
    const places = parts.places ?? firstPlaces(document);
    const own = parts.ownPolicies === undefined ? {} : { ownPolicies: parts.ownPolicies };
    this.stage({ pools: document.pools, places: places.pools, shared: parts.shared ?? createSharedState(document.pools), ...own });
    this.#listeners = this.#build({
      listeners: document.listeners,
      places: places.listeners,
      pools: Object.keys(document.pools),
      overload: document.overload,
    }).listeners;
    this.#pools.commit();
  }

  async listen(): Promise<readonly BoundListener[]> {
    this.#ticking = setInterval(() => this.#tick(), tick);
    try {
      return await this.#open(this.#listeners);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  stage({ pools, places, shared, ownPolicies }: StagedPools): void {
    for (const [name, settings] of Object.entries(pools)) {
      const place = places[name];
      if (place === undefined) throw new Error(`Pool ${name} has no row.`);
      this.#pools.stage({ name, settings, places: place, shared, ownPolicies });
    }
  }

  async prepare(next: NextDocument): Promise<readonly BoundListener[]> {
    const prepared = this.#build(next);
    this.#prepared = prepared;
    try {
      await this.#open(prepared.opened);
    } catch (error) {
      this.discard();
      throw error;
    }
    return prepared.listeners.flatMap(({ bound }) => bound ?? []);
  }

  commit(): void {
    const { listeners, rules, overload } = this.#prepared ?? { listeners: this.#listeners, rules: [] };
    this.#prepared = undefined;
    if (overload !== undefined) this.#shedder.adopt(overload);
    for (const [index, served] of rules.entries()) itemAt(listeners, index).adopt(served);
    const kept = new Set(listeners);
    for (const listener of this.#listeners) if (!kept.has(listener)) void this.#leave(listener);
    this.#listeners = listeners;
    this.#pools.commit();
  }

  discard(): void {
    for (const { listener } of this.#prepared?.opened ?? []) listener.abort();
    this.#prepared = undefined;
    this.#pools.discard();
  }

  /** What a document needs beyond its pools. Nothing of it is in force, and nothing new listens. */
  #build({ listeners: wanted, places, pools, overload }: NextDocument): Prepared {
    const known = this.#listeners;
    const settings = wanted.map((each) => (typeof each === 'string' ? settingsOf(known, each) : each));
    const traffics = this.#pools.prepare(
      pools,
      settings.flatMap(({ routes }) => routes),
    );
    const opened: ServedListener[] = [];
    const rules: ServedRules[] = [];
    const listeners = settings.map((each) => {
      const same = known.find((listener) => listener.isAt(each));
      const served = servedRules(each, traffics, this.#tools, same?.rules);
      rules.push(served);
      if (same !== undefined) return same;
      const { board, worker } = this.#parts;
      const row = board.listenerRow(worker, listenerRowOf({ listeners: places }, each.name));
      const listener = new ServedListener(served, this.#tools.sockets, row);
      opened.push(listener);
      return listener;
    });
    return { listeners, rules, opened, overload };
  }

  async #open(listeners: readonly ServedListener[]): Promise<readonly BoundListener[]> {
    const bound: BoundListener[] = [];
    // A socket file cannot be shared like a port: the first worker listens on it, and so does its replacement.
    const opensSocketFiles = this.#parts.worker === 0;
    for (const listener of listeners)
      if (listener.rules.settings.bind.kind !== 'unix' || opensSocketFiles) bound.push(await listener.listen());
    return bound;
  }

  async #leave(served: ServedListener): Promise<void> {
    this.#leaving.add(served);
    await served.listener.drain();
    this.#leaving.delete(served);
  }

  #tick(): void {
    this.#tools.sockets.wheel.advance(performance.now());
    const now = this.#clock();
    this.#shedder.tick(now);
    this.#pools.refresh(now);
    this.#tools.sockets.outbox.flush();
  }

  async drain(): Promise<void> {
    const listeners = this.#everyListener();
    if (this.#parts.workers > 1) {
      // Clients are told to go only when no worker accepts any more: one that came back would meet a socket that is just being closed.
      for (const listener of listeners) listener.stopAccepting();
      await setTimeout(drainLead);
    }
    await Promise.all(listeners.map((listener) => listener.drain()));
    this.#pools.drain();
    clearInterval(this.#ticking);
  }

  close(): void {
    clearInterval(this.#ticking);
    for (const listener of this.#everyListener()) listener.abort();
    for (const tunnel of [...this.#tunnels]) tunnel.close();
    this.#pools.abort();
  }

  #everyListener(): readonly Listener[] {
    return [...this.#listeners, ...this.#leaving, ...(this.#prepared?.opened ?? [])].map(({ listener }) => listener);
  }
}

function shedderOf({ document, board, worker, reportShedding, memory }: DataPlaneParts): Shedder {
  return new Shedder({
    rules: document.overload,
    every: tick,
    random: seeded(Math.floor(Math.random() * 2 ** 32)),
    figures: board.workerRow(worker),
    report: reportShedding ?? (() => undefined),
    ...(memory === undefined ? {} : { memory }),
  });
}

function settingsOf(known: readonly ServedListener[], name: string): ListenerSettings {
  const found = known.find(({ rules }) => rules.settings.name === name);
  if (found === undefined) throw new Error(`Listener ${name} was to stay as it is, and there is none.`);
  return found.rules.settings;
}
