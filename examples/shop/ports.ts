// Finds ports that nobody has: the usual ones when they are free, else the next free ones.

import { createServer } from 'node:net';

export interface Address {
  /** Undefined for all addresses of the machine. */
  readonly host: string | undefined;
  readonly port: number;
}

/** How many ports are tried before giving up: more taken ones in a row are a sign of something else. */
const tries = 50;

/** The wanted port, or the next one that is free and not in `except`. Port 0 asks the system for any. */
export async function freePort({ host, port }: Address, except: ReadonlySet<number> = new Set()): Promise<number> {
  for (let candidate = port; candidate < port + tries; candidate++) {
    if (port !== 0 && except.has(candidate)) continue;
    const bound = await tryPort({ host, port: port === 0 ? 0 : candidate });
    if (bound !== undefined && !except.has(bound)) return bound;
  }
  throw new Error(`none of the ports ${port} to ${port + tries - 1} is free`);
}

/** The port when it could be had for a moment, else undefined. */
export function tryPort({ host, port }: Address): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.once('error', () => resolve(undefined));
  server.listen({ host, port }, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
  });
  return promise;
}
