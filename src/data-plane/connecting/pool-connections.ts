// Hot path. The connections of one worker to all endpoints of a pool. Those to one endpoint are made when it is called for the first time: of
// many thousands that a document names, a worker calls few at a time.
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import type { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import { ResponseParser } from '../../domain/http/response-parser.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import type { ConnectingSettings } from './connection-pool.ts';
import { ConnectionPool } from './connection-pool.ts';

export class PoolConnections {
  readonly #endpoints: readonly Endpoint[];
  readonly #settings: ConnectingSettings;
  readonly #tools: SocketTools;
  /** Shared by all connections: a head is parsed in one go. */
  readonly #parser: ResponseParser;
  /** By load, which is the same for all snapshots of an endpoint. */
  readonly #made = new Map<EndpointLoad, ConnectionPool>();
  #isRetired = false;

  constructor(endpoints: readonly Endpoint[], settings: ConnectingSettings, tools: SocketTools) {
    this.#endpoints = endpoints;
    this.#settings = settings;
    this.#tools = tools;
    this.#parser = new ResponseParser(settings.limits);
  }

  /** undefined for an endpoint of another pool. */
  to({ load }: Endpoint): ConnectionPool | undefined {
    return this.#made.get(load) ?? this.#make(load);
  }

  get made(): Iterable<ConnectionPool> {
    return this.#made.values();
  }

  #make(load: EndpointLoad): ConnectionPool | undefined {
    const endpoint = this.#endpoints.find((one) => one.load === load);
    if (endpoint === undefined) return undefined;
    const pool = new ConnectionPool(endpoint, this.#settings, this.#tools, this.#parser);
    // An exchange had chosen it before another document came in force, and calls it only now.
    if (this.#isRetired) pool.retire();
    this.#made.set(load, pool);
    return pool;
  }

  /** Another document is in force: what `next` has no use for is given, and serves out what is on. */
  leaveTo(next: PoolConnections | undefined): readonly ConnectionPool[] {
    this.#isRetired = true;
    return next === undefined ? [...this.#made.values()] : next.#takeOver(this);
  }

  /** A connection waits as long as it was made for: by other settings it is another one. */
  #takeOver(before: PoolConnections): readonly ConnectionPool[] {
    const isSame = isDeepStrictEqual(before.#settings, this.#settings);
    const own = new Set(isSame ? this.#endpoints.map(({ load }) => load) : []);
    for (const [load, pool] of before.#made) if (own.has(load)) this.#made.set(load, pool);
    return [...before.#made.values()].filter(({ load }) => !own.has(load));
  }
}
