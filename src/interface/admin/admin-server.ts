// HTTP for operators and for the programs that watch Evenkeel: where it listens, and how much it takes.
// It runs on the main thread and on node:http; no request of a client passes here.
import type { Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import { BlockList, isIP } from 'node:net';
import { checkAddresses } from '../../control-plane/supervising/check-addresses.ts';
import type { Log } from '../../control-plane/supervising/log.ts';
import { bindFault } from '../../data-plane/listening/bind-fault.ts';
import type { BindAddress } from '../../data-plane/listening/settings.ts';
import { Answering } from './answering.ts';
import type { AdminView } from './operation.ts';

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
  const answering = new Answering(view, log);
  const server = createServer(limits, (request, response) => void answering.respond(request, response));
  server.maxConnections = mostConnections;
  server.timeout = longestSilence;

  await listen(server, bind);
  // Out of descriptors, for one: the next connection may fare better.
  server.on('error', (error) => log.error(`The admin server could not accept a connection: ${error.message}`));
  return {
    address: addressOf(server, bind),
    close: () => close(server),
    [Symbol.asyncDispose]: () => close(server),
  };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLocal(bind: BindAddress): boolean {
  if (bind.kind === 'unix' || bind.host === 'localhost') return true;
  const version = isIP(bind.host ?? '');
  return version !== 0 && loopback.check(bind.host ?? '', version === 6 ? 'ipv6' : 'ipv4');
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
