// What dispatching is given from outside.
import type { SocketTools } from '../sockets/socket-tools.ts';

export interface DispatchTools extends SocketTools {
  /** Milliseconds of a clock that only goes forward. Read twice for each exchange, to know how long the endpoint took. */
  readonly clock: () => number;
  /** The name of this hop for Via; '' for none. */
  readonly via: string;
  /** Tunnels that are open, to be closed when the worker ends. */
  readonly tunnels: Set<{ close(): void }>;
}
