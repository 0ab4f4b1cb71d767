// A data plane for tests of the supervisor: sends back every line that it gets, and obeys a few of them.
// It counts connections as accepted and open, so that a test sees the scoreboard from both sides.
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { BoundListener, DataPlane, DataPlaneParts } from '../../src/data-plane/serving/data-plane.ts';
import { EndpointLoad } from '../../src/domain/endpoints/endpoint-load.ts';
import { listenerCounter } from '../../src/domain/endpoints/scoreboard.ts';

type Listener = DataPlaneParts['document']['listeners'][number];

/**
 * Lines: `who` tells the worker's number · `hold` begins an exchange at the first endpoint, `release` ends it ·
 * `throw` breaks the worker with an error that nobody catches · `exit` ends its thread with code 3.
 */
export function createEchoDataPlane({ document, board, worker, workers }: DataPlaneParts): DataPlane {
  const servers: Server[] = [];
  const sockets = new Map<Socket, { held: number }>();
  const load = new EndpointLoad(board, worker, 0);
  let isDraining = false;

  const serve = (row: Float64Array, socket: Socket): void => {
    const add = (counter: number, by: number): void => {
      row[counter] = (row[counter] ?? 0) + by;
    };
    const state = { held: 0 };
    const hold = (by: 1 | -1): void => {
      state.held += by;
      add(listenerCounter.exchangesInFlight, by);
      if (by === 1) load.hold();
      else load.release();
    };
    const orders: { readonly [line: string]: () => void } = {
      hold: () => hold(1),
      release: () => {
        hold(-1);
        if (isDraining) socket.end();
      },
      throw: () => {
        throw new Error('told to throw');
      },
      exit: () => process.exit(3),
    };

    sockets.set(socket, state);
    add(listenerCounter.accepted, 1);
    add(listenerCounter.openConnections, 1);
    socket.on('data', (bytes) => {
      const line = bytes.toString().trim();
      orders[line]?.();
      socket.write(line === 'who' ? `${worker}\n` : bytes);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      while (state.held > 0) hold(-1);
      add(listenerCounter.openConnections, -1);
      sockets.delete(socket);
    });
  };

  const bind = (listener: Listener, index: number): Promise<BoundListener> => {
    const server = createServer((socket) => serve(board.listenerRow(worker, index), socket));
    servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(listenOptions(listener, workers), () => resolve(boundListener(listener, server)));
    });
  };

  return {
    listen: () =>
      Promise.all(
        document.listeners.flatMap((listener, index) => (listener.bind.kind === 'unix' && worker > 0 ? [] : [bind(listener, index)])),
      ),
    drain: async () => {
      isDraining = true;
      for (const [socket, { held }] of sockets) if (held === 0) socket.end();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
    close: () => {
      for (const server of servers) server.close();
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}

const listenOptions = ({ bind }: Listener, workers: number) =>
  bind.kind === 'unix' ? { path: bind.path } : { port: bind.port, host: bind.host ?? '127.0.0.1', reusePort: workers > 1 };

function boundListener({ name, bind }: Listener, server: Server): BoundListener {
  const address = server.address();
  if (bind.kind === 'unix' || address === null || typeof address === 'string') return { name, bind, address: bind.text };
  const text = `${address.address}:${address.port}`;
  return { name, address: text, bind: { ...bind, port: address.port, text } };
}
