// What dispatching is given from outside.
import type { SocketTools } from '../sockets/socket-tools.ts';

/** Refuses requests while this worker has too much to do. */
export interface Shedding {
  /** False while all is well: then nobody needs to ask. */
  readonly isWatchful: boolean;
  /** Whether a request with these fields has to be refused. To be asked once for each. */
  refuses(fields: string): boolean;
}

export interface DispatchTools extends SocketTools {
  /** Milliseconds of a clock that only goes forward. Read twice for each exchange, to know how long the endpoint took. */
  readonly clock: () => number;
  /** The name of this hop for Via; '' for none. */
  readonly via: string;
  readonly shedding: Shedding;
  /** Tunnels that are open, to be closed when the worker ends. */
  readonly tunnels: Set<{ close(): void }>;
}
