// One pool at work in one worker: who may be picked, how, and the connections to them.

import { pickUntried } from '../../domain/balancing/pick-untried.ts';
import type { Candidates, Picker } from '../../domain/balancing/policy.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { ConnectionPool } from '../connecting/connection-pool.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';

export class PoolTraffic {
  readonly name: string;
  readonly settings: PoolSettings;
  readonly candidates: Candidates;
  readonly #picker: Picker;
  readonly #connections: ReadonlyMap<Endpoint, ConnectionPool>;

  constructor(parts: {
    readonly name: string;
    readonly settings: PoolSettings;
    readonly candidates: Candidates;
    readonly picker: Picker;
    readonly tools: SocketTools;
  }) {
    this.name = parts.name;
    this.settings = parts.settings;
    this.candidates = parts.candidates;
    this.#picker = parts.picker;
    this.#connections = new Map(parts.candidates.map((endpoint) => [endpoint, new ConnectionPool(endpoint, parts.settings, parts.tools)]));
  }

  /** An endpoint that is not among those tried, undefined when all were. */
  pick(tried: readonly Endpoint[], attempt: number): Endpoint | undefined {
    const request = { key: undefined, attempt };
    return tried.length === 0 ? this.#picker.pick(request) : pickUntried(this.#picker, this.candidates, tried, request);
  }

  /** The connections to one of the candidates. */
  connectionsTo(endpoint: Endpoint): ConnectionPool {
    const pool = this.#connections.get(endpoint);
    if (pool === undefined) throw new Error(`Endpoint ${endpoint.id} is not of pool ${this.name}.`);
    return pool;
  }

  /** Closes connections that wait. */
  drain(): void {
    for (const pool of this.#connections.values()) pool.drain();
  }

  abort(): void {
    for (const pool of this.#connections.values()) pool.abort();
  }
}
