// An endpoint that answers with its name, and holds requests for `/held` until it is told to answer them.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function namedEndpoint(name: string) {
  const held: ServerResponse[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader('x-endpoint', name);
    if (request.url !== '/held') {
      response.end(name);
      return;
    }
    response.write('begun, ');
    held.push(response);
    for (const resolve of waiting.splice(0)) resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `http://${address}/`,
    holding: async (): Promise<void> => {
      if (held.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    finish: (): void => {
      for (const response of held.splice(0)) response.end('ended');
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
    },
  };
}
