// HTTP for operators and for the programs that watch Evenkeel: finds the operation that is asked for and sends its answer.
// It runs on the main thread and on node:http; no request of a client passes here.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import { BlockList, isIP } from 'node:net';
import { checkAddresses } from '../../control-plane/supervising/check-addresses.ts';
import type { Log } from '../../control-plane/supervising/log.ts';
import { bindFault } from '../../data-plane/listening/bind-fault.ts';
import type { BindAddress } from '../../data-plane/listening/settings.ts';
import type { AdminView, Answer, Operation } from './operation.ts';
import { jsonAnswer } from './operation.ts';
import * as operations from './operations.ts';

// An import statement would fetch every export of node:http, its WebSocket among them, which loads a whole HTTP client: 14 MiB and
// 50 ms instead of 2 MiB and 6 ms.
const { createServer } = process.getBuiltinModule('node:http');

export interface AdminServerParts extends AdminView {
  readonly bind: BindAddress;
  readonly log: Log;
}

export interface AdminServer extends AsyncDisposable {
  /** `127.0.0.1:9900`, `[::1]:9900`, `unix:/run/admin.sock`: with the real port. */
  readonly address: string;
  close(): Promise<void>;
}

const byPath: ReadonlyMap<string, Operation> = new Map(Object.values(operations).map((operation) => [operation.path, operation]));

/** Operations are small and watchers few: what asks for more than this is broken or hostile. */
const limits = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const;
const mostConnections = 128;
const longestSilence = 30_000;

/** Rejects with a message for the operator when the address cannot be bound, or is one that it must not be bound to. */
export async function startAdminServer({ bind, log, ...view }: AdminServerParts): Promise<AdminServer> {
  if (!isLocal(bind)) {
    throw new Error(
      `The admin server may not listen on ${bind.text}, which other machines can reach: access by token is not built yet in this version. Bind it to 127.0.0.1, to [::1] or to a unix: path.`,
    );
  }
  const server = createServer(limits, (request, response) => void respond(request, response));
  server.maxConnections = mostConnections;
  server.timeout = longestSilence;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = refuse(request) ?? (await run(request));
    send(answer, request, response);
  }

  async function run({ url }: IncomingMessage): Promise<Answer> {
    const operation = byPath.get(pathOf(url));
    try {
      if (operation !== undefined) return await operation.answer(view);
    } catch (error) {
      log.error(`The admin operation ${pathOf(url)} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return jsonAnswer(500, { error: 'The operation failed. The log says why.' });
    }
    return jsonAnswer(404, { error: 'There is no such path.', paths: [...byPath.keys()] });
  }

  await listen(server, bind);
  // Out of descriptors, for one: the next connection may fare better.
  server.on('error', (error) => log.error(`The admin server could not accept a connection: ${error.message}`));
  return {
    address: addressOf(server, bind),
    close: () => close(server),
    [Symbol.asyncDispose]: () => close(server),
  };
}

const pathOf = (url = '/'): string => url.split('?', 1)[0] ?? url;

/** What is wrong with the request itself, whatever it asks for. */
function refuse({ method, headers }: IncomingMessage): Answer | undefined {
  // A page on the web can have its own name resolve to 127.0.0.1 and then read what is here; it cannot choose its Host.
  if (headers.host !== undefined && !isLocalName(headers.host)) {
    return jsonAnswer(421, { error: 'The admin server is asked for by an IP address or as localhost, not by another name.' });
  }
  if (method !== 'GET' && method !== 'HEAD') return jsonAnswer(405, { error: 'Only GET and HEAD are understood here.' });
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  return hasBody ? jsonAnswer(413, { error: 'No request to the admin server has a body.' }) : undefined;
}

function send({ status, type, body }: Answer, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    // A body that nobody reads would be taken for the next request.
    ...(status === 405 || status === 413 ? { Connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLocal(bind: BindAddress): boolean {
  if (bind.kind === 'unix' || bind.host === 'localhost') return true;
  const version = isIP(bind.host ?? '');
  return version !== 0 && loopback.check(bind.host ?? '', version === 6 ? 'ipv6' : 'ipv4');
}

function isLocalName(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return name.toLowerCase() === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

async function listen(server: Server, bind: BindAddress): Promise<void> {
  // Removes a socket file that nobody answers on any more.
  await checkAddresses([bind]);
  const options: ListenOptions = bind.kind === 'unix' ? { path: bind.path } : { port: bind.port };
  if (bind.kind === 'tcp' && bind.host !== undefined) options.host = bind.host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(bindFault(bind, error)));
    server.listen(options, resolve);
  });
}

function addressOf(server: Server, bind: BindAddress): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return bind.text;
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
