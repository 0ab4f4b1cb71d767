// One worker's data plane: builds every part that moves bytes from the document, and joins them.
// Written in the order in which a request meets them.
import { hostname } from 'node:os';
import { setInterval } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { OwnPolicies } from '../../domain/balancing/build-picker.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { firstPlaces, listenerRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { compileRoutes } from '../../domain/routing/route-table.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { parseAddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Dispatcher } from '../dispatching/dispatcher.ts';
import type { PoolTraffic } from '../dispatching/pool-traffic.ts';
import { Listener } from '../listening/listener.ts';
import { ListenerContext } from '../listening/listener-context.ts';
import type { BindAddress, ListenerSettings } from '../listening/settings.ts';
import { Buffers } from '../sockets/buffers.ts';
import type { Abilities } from '../sockets/native-stream.ts';
import { findAbilities } from '../sockets/native-stream.ts';
import { Outbox } from '../sockets/outbox.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import { buildPools } from './build-pools.ts';
import { sharedClock } from './shared-clock.ts';
import type { SharedState } from './shared-state.ts';
import { createSharedState } from './shared-state.ts';

export interface BoundListener {
  readonly name: string;
  /** The address as text, with its real port. */
  readonly address: string;
  /** The address with its real port. */
  readonly bind: BindAddress;
}

export interface DataPlane {
  /** Binds every listener. Rejects with an error that names the address and says what to do; nothing stays bound then. */
  listen(): Promise<readonly BoundListener[]>;
  /** Closes listeners, lets running exchanges finish, closes idle connections. Resolves when nothing is open any more. */
  drain(): Promise<void>;
  /** Ends everything at once. */
  close(): void;
}

export interface DataPlaneParts {
  readonly document: { readonly listeners: readonly ListenerSettings[]; readonly pools: Readonly<Record<string, PoolSettings>> };
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
  /** What this worker shares with others; made here for one that is alone. */
  readonly shared?: SharedState;
}

/** Every timeout is late by at most this. */
const tick = milliseconds(100);
/** Within this all workers have heard that they are to drain. */
const drainLead = 100;

export function createDataPlane(parts: DataPlaneParts): DataPlane {
  return new Serving(parts);
}

class Serving implements DataPlane {
  readonly #tools: SocketTools;
  readonly #listeners: readonly Listener[];
  readonly #pools: ReadonlyMap<string, PoolTraffic>;
  readonly #workers: number;
  readonly #tunnels = new Set<{ close(): void }>();
  readonly #opensSocketFiles: boolean;
  readonly #clock = sharedClock();
  #ticking: NodeJS.Timeout | undefined = undefined;

  constructor(parts: DataPlaneParts) {
    this.#workers = parts.workers;
    this.#tools = {
      buffers: new Buffers(),
      outbox: new Outbox(),
      wheel: new TimingWheel({ tick, now: performance.now() }),
      abilities: parts.abilities ?? findAbilities(),
    };
    // A socket file cannot be shared like a port: the first worker listens on it, and so does its replacement.
    this.#opensSocketFiles = parts.worker === 0;
    const places = parts.places ?? firstPlaces(parts.document);
    this.#pools = buildPools({
      ...parts,
      places,
      tools: this.#tools,
      clock: this.#clock,
      identity: hostname(),
      ownPolicies: parts.ownPolicies,
      report: parts.report ?? (() => undefined),
      shared: parts.shared ?? createSharedState(parts.document.pools),
    });
    this.#listeners = parts.document.listeners.map((settings) => this.#buildListener({ ...parts, places }, settings));
  }

  #buildListener({ board, places, worker }: DataPlaneParts & { readonly places: Places }, settings: ListenerSettings): Listener {
    const tools = { ...this.#tools, clock: () => performance.now(), via: settings.forwarding.via ?? '', tunnels: this.#tunnels };
    const dispatcher = new Dispatcher({ routes: compileRoutes(settings.routes), pools: this.#pools, tools });
    const trusted = parseAddressRanges(settings.forwarding.trust);
    if (!trusted.ok) throw new Error(`A network that was checked with the document is none: ${JSON.stringify(trusted.fault)}`);
    const context = new ListenerContext({
      settings,
      tools: this.#tools,
      serve: (exchange) => dispatcher.dispatch(exchange),
      trusted: trusted.value,
      counters: board.listenerRow(worker, listenerRowOf(places, settings.name)),
    });
    return new Listener(context);
  }

  async listen(): Promise<readonly BoundListener[]> {
    this.#ticking = setInterval(() => this.#tick(), tick);
    const bound: BoundListener[] = [];
    try {
      for (const listener of this.#listeners) {
        const { name, bind } = listener.context.settings;
        if (bind.kind === 'unix' && !this.#opensSocketFiles) continue;
        const real = await listener.listen(bind);
        bound.push({ name, address: addressText(real), bind: real });
      }
    } catch (error) {
      this.close();
      throw error;
    }
    return bound;
  }

  #tick(): void {
    this.#tools.wheel.advance(performance.now());
    const now = this.#clock();
    for (const pool of this.#pools.values()) pool.refresh(now);
    this.#tools.outbox.flush();
  }

  async drain(): Promise<void> {
    if (this.#workers > 1) {
      // Clients are told to go only when no worker accepts any more: one that came back would meet a socket that is just being closed.
      for (const listener of this.#listeners) listener.stopAccepting();
      await setTimeout(drainLead);
    }
    await Promise.all(this.#listeners.map((listener) => listener.drain()));
    for (const pool of this.#pools.values()) pool.drain();
    clearInterval(this.#ticking);
  }

  close(): void {
    clearInterval(this.#ticking);
    for (const listener of this.#listeners) listener.abort();
    for (const tunnel of [...this.#tunnels]) tunnel.close();
    for (const pool of this.#pools.values()) pool.abort();
  }
}

function addressText(bind: BindAddress): string {
  if (bind.kind === 'unix') return `unix:${bind.path}`;
  // Without a host it is all addresses, of version 6 as well where the machine has them.
  const host = bind.host ?? '*';
  return host.includes(':') ? `[${host}]:${bind.port}` : `${host}:${bind.port}`;
}
