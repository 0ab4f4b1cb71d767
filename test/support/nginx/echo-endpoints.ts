// Endpoints that answer with what reached them: their own name, the method, the target, and the headers that a balancer may have changed.
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

export interface Echo {
  readonly endpoint: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export class EchoEndpoints implements AsyncDisposable {
  /** By name. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly #servers: readonly Server[];

  private constructor(addresses: ReadonlyMap<string, string>, servers: readonly Server[]) {
    this.addresses = addresses;
    this.#servers = servers;
  }

  static async open(names: readonly string[]): Promise<EchoEndpoints> {
    const addresses = new Map<string, string>();
    const servers: Server[] = [];
    for (const name of names) {
      const server = createServer((request, response) => void echo(name, request, response)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('The server has no port.');
      addresses.set(name, `127.0.0.1:${address.port}`);
      servers.push(server);
    }
    return new EchoEndpoints(addresses, servers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }
}

/** What belongs to a connection and not to the request, and what nginx and Evenkeel are known to differ in. */
const ofConnections = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

async function echo(endpoint: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += String(piece);
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !ofConnections.has(name)));
  const status = Number(/\bstatus=(\d{3})\b/.exec(request.url ?? '')?.[1] ?? 200);
  const text: Echo = { endpoint, method: request.method ?? '', target: request.url ?? '', headers, body };
  response.writeHead(status, { 'content-type': 'application/json', 'x-endpoint': endpoint, 'x-hidden': 'yes' });
  response.end(JSON.stringify(text));
}
