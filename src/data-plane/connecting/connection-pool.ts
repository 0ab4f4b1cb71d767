// Hot path. The connections of one worker to one endpoint: those that wait for the next call, the last used first.
// The last used is the least likely to have been closed by the endpoint meanwhile, and those at the bottom grow old and are closed.
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import type { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import type { ResponseParser } from '../../domain/http/response-parser.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { connectedSocket } from '../sockets/connect-socket.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import { Wire } from '../sockets/wire.ts';
import type { Caller } from './call.ts';
import { UpstreamConnection } from './upstream-connection.ts';

export type ConnectingSettings = Pick<PoolSettings, 'timeouts' | 'connections' | 'limits'>;

/** A connection is retired this long before the endpoint would close it: the time that a request may be under way. */
const margin = 1000;
/** The shortest time for which keeping a connection is worth it. */
const shortest = 500;
/** Ten minutes: a restart then costs no more than that, and an endpoint that closes early is found out again by one connection. */
const belief = 600_000;

export class ConnectionPool {
  readonly endpoint: Endpoint;
  readonly settings: ConnectingSettings;
  readonly tools: SocketTools;
  readonly parser: ResponseParser;
  readonly #idle: UpstreamConnection[] = [];
  readonly #all = new Set<UpstreamConnection>();
  /** Being made, with a caller who would also take another; the first has waited longest. */
  readonly #awaited = new Set<UpstreamConnection>();
  /** Nothing is kept for others. */
  isRetired = false;
  /** How long an idle connection is kept. Falls when the endpoint turns out to close earlier. */
  #keepFor: number;
  /** Until when what an observed close taught is believed, by the wheel's clock. */
  #believedUntil = Number.POSITIVE_INFINITY;

  constructor(endpoint: Endpoint, settings: ConnectingSettings, tools: SocketTools, parser: ResponseParser) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.tools = tools;
    this.parser = parser;
    this.#keepFor = settings.connections.idleTimeout;
  }

  get load(): EndpointLoad {
    return this.endpoint.load;
  }

  get size(): number {
    return this.#all.size;
  }

  /** A connection that waits, undefined when none does. */
  take(): UpstreamConnection | undefined {
    let connection = this.#idle.pop();
    while (connection !== undefined && !this.#isUsable(connection)) {
      connection.close();
      connection = this.#idle.pop();
    }
    return connection;
  }

  #isUsable(connection: UpstreamConnection): boolean {
    if (this.tools.wheel.now >= this.#believedUntil) this.#forgetLearned();
    return connection.isFresh && this.tools.wheel.now - connection.idleSince < this.#keepFor;
  }

  /**
   * Makes a new connection. The caller is told when it is there, or that it failed. Unless it wants a fresh one, it is given one that
   * becomes free sooner: an endpoint that is slow to accept then holds nobody up, and what was made is kept for the next.
   */
  connect(caller: Caller, wantsFresh: boolean): UpstreamConnection {
    this.load.count(endpointCounter.connects, 1);
    const connection = new UpstreamConnection(
      this,
      caller,
      (owner) => new Wire(owner, this.tools, (wire) => connectedSocket(wire, this.endpoint.address, this.tools.abilities)),
    );
    this.#all.add(connection);
    if (!wantsFresh) this.#awaited.add(connection);
    return connection;
  }

  /** The connection is open: nobody waits for another in its place. */
  opened(connection: UpstreamConnection): void {
    this.#awaited.delete(connection);
  }

  /** Takes back a connection whose call is over, or whose caller was given another. */
  keep(connection: UpstreamConnection): void {
    if (this.#awaited.size > 0 && connection.isFresh) return this.#giveToWaiting(connection);
    const isWanted = connection.isFresh && !this.isRetired;
    if (this.#idle.length >= this.settings.connections.idle || !isWanted) return connection.close();
    connection.idleSince = this.tools.wheel.now;
    this.tools.wheel.schedule(connection.timer, milliseconds(this.#keepFor));
    this.#idle.push(connection);
  }

  #giveToWaiting(connection: UpstreamConnection): void {
    for (const awaited of this.#awaited) {
      this.#awaited.delete(awaited);
      awaited.releaseCaller()?.connected(connection);
      return;
    }
  }

  /** The connection is closed or belongs to a tunnel. */
  forget(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    this.#awaited.delete(connection);
    const place = this.#idle.lastIndexOf(connection);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  /** The endpoint says after how many seconds it closes an idle connection. */
  learnHint(seconds: number): void {
    this.#keepAtMost(seconds * 1000 - margin);
  }

  /**
   * The endpoint closed a connection that had been idle for so many milliseconds. It may have done so for another reason than idleness,
   * say because it restarted, so what this teaches is believed for a while only.
   */
  learnClose(idle: number): void {
    if (idle < shortest) return;
    this.#keepAtMost(idle - Math.min(margin, idle / 4));
    this.#believedUntil = this.tools.wheel.now + belief;
  }

  #forgetLearned(): void {
    this.#believedUntil = Number.POSITIVE_INFINITY;
    this.#keepFor = this.settings.connections.idleTimeout;
  }

  #keepAtMost(duration: number): void {
    if (duration < this.#keepFor) this.#keepFor = Math.max(duration, shortest);
  }

  /** The document does not name the endpoint any more: calls that are on go on, and nothing is kept for others. */
  retire(): void {
    this.isRetired = true;
    this.drain();
  }

  /** Closes what waits; calls that are on go on. */
  drain(): void {
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  abort(): void {
    for (const connection of [...this.#all]) connection.close();
  }
}
