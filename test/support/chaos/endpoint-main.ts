// A small shop instance for chaos tests: answers with its name, and tells its parent of every order that reached it.
// `/held` is answered only when the parent says so.
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const held: ServerResponse[] = [];

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.method === 'POST') process.send?.({ kind: 'order', order: request.headers['x-order'] });
    if (request.url === '/held') held.push(response);
    else response.end(`answered by ${process.pid}`);
    if (request.url === '/held') process.send?.({ kind: 'held', count: held.length });
  });
});

process.on('message', () => {
  for (const response of held.splice(0)) response.end(`answered by ${process.pid}`);
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  // A server on a port has an address of this kind.
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
