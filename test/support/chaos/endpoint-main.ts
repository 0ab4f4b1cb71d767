// A small shop instance for chaos tests: answers with its name, and tells its parent of every order that reached it, and of what it had on at
// most. `/held` is answered only when the parent says so; and when the parent says so, it does everything wrong in one way or another.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Asked, Ill } from './endpoint-process.ts';

const held: ServerResponse[] = [];
let ill: Ill | undefined;
/** How long it is ill, and then well, in turns. */
let every = Number.POSITIVE_INFINITY;
let turnedAt = 0;
let present = 0;
let most = 0;

/** What becomes of a request, its check by a load balancer included, while it does everything wrong. */
const illnesses: Readonly<Record<Ill, (response: ServerResponse, socket: Socket) => void>> = {
  errors: (response) => response.writeHead(500).end('broken'),
  slow: (response) => setTimeout(() => response.end(`answered by ${process.pid}`), 3000),
  cold: (response) => setTimeout(() => response.end(`answered by ${process.pid}`), 40),
  resets: (_, socket) => socket.resetAndDestroy(),
  mute: () => undefined,
  garbage: (_, socket) => socket.write('\x16\x03\x01 what is this?\r\n\r\n'),
  'half-closes': (_, socket) => socket.end(),
};

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url !== '/healthz') {
    present++;
    most = Math.max(most, present);
    response.on('close', () => present--);
  }
  request.resume();
  request.on('end', () => answer(request, response));
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'POST') process.send?.({ kind: 'order', order: request.headers['x-order'] });
  if (request.url === '/held') {
    held.push(response);
    process.send?.({ kind: 'held', count: held.length });
  } else if (ill !== undefined && Math.floor((performance.now() - turnedAt) / every) % 2 === 0) illnesses[ill](response, request.socket);
  else response.end(`answered by ${process.pid}`);
}

process.on('message', (asked: Asked) => {
  if (asked === 'release') for (const response of held.splice(0)) response.end(`answered by ${process.pid}`);
  else if (asked === 'most') process.send?.({ kind: 'most', count: most });
  else {
    ill = asked.ill;
    every = asked.every ?? Number.POSITIVE_INFINITY;
    turnedAt = performance.now();
    process.send?.({ kind: 'turned', ill });
  }
});
process.on('disconnect', () => process.exit());

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  // A server on a port has an address of this kind.
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
