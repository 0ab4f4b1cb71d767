// HTTP for operators and for the programs that watch Evenkeel: where it listens, whom it asks for a token, and how much it takes.
// It runs on the main thread and on node:http; no request of a client passes here.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import type { AdminSettings, AdminTls } from '../../control-plane/configuration/admin-settings.ts';
import { isLocal } from '../../control-plane/configuration/admin-settings.ts';
import { Guard } from '../../control-plane/planning/guard.ts';
import { checkAddresses } from '../../control-plane/supervising/check-addresses.ts';
import type { Log } from '../../control-plane/supervising/log.ts';
import { bindFault } from '../../data-plane/listening/bind-fault.ts';
import type { BindAddress } from '../../data-plane/listening/settings.ts';
import { Access } from './access.ts';
import { Answering } from './answering.ts';
import type { AdminView } from './operation.ts';

// An import statement would fetch every export of node:http, its WebSocket among them, which loads a whole HTTP client: 14 MiB and
// 50 ms instead of 2 MiB and 6 ms.
const { createServer } = process.getBuiltinModule('node:http');

export interface AdminServerParts extends Omit<AdminView, 'guard'>, AdminSettings {
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
export async function startAdminServer({ bind, tokens, tls, log, ...parts }: AdminServerParts): Promise<AdminServer> {
  if (!isLocal(bind) && tokens === undefined) {
    throw new Error(
      `The admin server may not listen on ${bind.text}, which other machines can reach, without a token. Give it one, or bind it to 127.0.0.1, to [::1] or to a unix: path.`,
    );
  }
  const access = new Access(tokens);
  const guard = new Guard({ ...parts, log });
  const view = { ...parts, guard };
  const answering = new Answering({ view, access, isLocal: isLocal(bind), isSocketFile: bind.kind === 'unix', log });
  const respond = (request: IncomingMessage, response: ServerResponse): void => void answering.respond(request, response);
  const server = tls === undefined ? createServer(limits, respond) : secureServer(tls, respond);
  server.maxConnections = mostConnections;
  server.timeout = longestSilence;

  await listen(server, bind);
  if (!isLocal(bind) && tls === undefined) {
    log.warn(`The admin server on ${bind.text} has no TLS: whoever can listen on the way sees tokens, and can use them. Add admin.tls.`);
  }
  // Out of descriptors, for one: the next connection may fare better.
  server.on('error', (error) => log.error(`The admin server could not accept a connection: ${error.message}`));
  const close = (): Promise<void> => {
    answering.stop();
    guard.stop();
    return closed(server);
  };
  return { address: addressOf(server, bind), close, [Symbol.asyncDispose]: close };
}

/** Loaded where it is asked for: TLS takes megabytes. */
function secureServer(tls: AdminTls, respond: RequestListener): Server {
  const { createServer: createSecureServer } = process.getBuiltinModule('node:https');
  return createSecureServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, respond);
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

/** What a stream was given at last goes out before its connection ends. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
