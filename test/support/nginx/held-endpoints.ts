// Endpoints whose requests a test holds back and lets go, and which count the connections that are made to them. Whatever is no `/held` is
// answered at once; an upgrade becomes an echo.
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

export interface Held {
  readonly endpoint: string;
  /** Answers it. */
  release(): void;
}

export class HeldEndpoints implements AsyncDisposable {
  /** By name. */
  readonly addresses = new Map<string, string>();
  readonly connections = new Map<string, number>();
  readonly #servers: Server[] = [];
  readonly #held: Held[] = [];
  #notice: () => void = () => {};

  static async open(...names: readonly string[]): Promise<HeldEndpoints> {
    const endpoints = new HeldEndpoints();
    for (const name of names) await endpoints.#open(name);
    return endpoints;
  }

  /** The next request that is held, once it is there. One test waits at a time. */
  async next(): Promise<Held> {
    for (;;) {
      const held = this.#held.shift();
      if (held !== undefined) return held;
      await new Promise<void>((resolve) => {
        this.#notice = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  async #open(name: string): Promise<void> {
    const server = createServer((request, response) => this.#serve(name, request, response));
    server.on('connection', () => this.connections.set(name, (this.connections.get(name) ?? 0) + 1));
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    this.addresses.set(name, `127.0.0.1:${address.port}`);
    this.#servers.push(server);
  }

  #serve(endpoint: string, { url = '' }: IncomingMessage, response: ServerResponse): void {
    const release = (): void => void response.end(endpoint);
    if (!url.startsWith('/held')) return release();
    this.#held.push({ endpoint, release });
    this.#notice();
  }
}
