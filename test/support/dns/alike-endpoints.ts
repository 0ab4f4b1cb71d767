// Endpoints on one port of several addresses of loopback, as the addresses of one name have it. Each answers with its address.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { freePort } from '../databases/server-process.ts';

export class AlikeEndpoints implements AsyncDisposable {
  readonly port: number;
  readonly #servers: readonly Server[];

  private constructor(port: number, servers: readonly Server[]) {
    this.port = port;
    this.#servers = servers;
  }

  static async open(...addresses: readonly string[]): Promise<AlikeEndpoints> {
    // Another program may have the port at one of the addresses.
    for (let left = 20; ; left--) {
      const port = await freePort();
      const opened = await Promise.allSettled(addresses.map((address) => listen(address, port)));
      const servers = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      if (servers.length === addresses.length) return new AlikeEndpoints(port, servers);
      for (const server of servers) server.close();
      if (left === 0) throw new Error(`No port is free at all of ${addresses.join(', ')}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#servers.map(async (server) => {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }),
    );
  }
}

async function listen(address: string, port: number): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0 }, (_request, response) => void response.end(address));
  server.listen(port, address);
  await once(server, 'listening');
  return server;
}
