// A live pool whose endpoints are judged, and what its log says of that.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { LivePool } from './live-pool.ts';

export const timeout = 120_000;

export const fault = (isSo: boolean, text: string): Promise<string | undefined> => Promise.resolve(isSo ? undefined : text);

export const isEndpoint = (live: LivePool, name: string): string => live.endpoint(name).address.replaceAll('.', '\\.');

export const gone = (live: LivePool, name: string): readonly string[] =>
  live.log.matching(new RegExp(`^warn Endpoint ${isEndpoint(live, name)} of pool web gets nothing for (now|\\d+(\\.\\d)? s): `));

export function untilServing(live: LivePool): Promise<void> {
  return live.until(async () => {
    const replies = await Promise.all(Array.from({ length: 32 }, () => live.ask()));
    return fault(
      replies.every(({ status }) => status === 200),
      'all workers serve',
    );
  });
}

interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** A server that does this with each connection. */
export async function listening(serve: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const stop = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: address.port, [Symbol.asyncDispose]: stop };
}
