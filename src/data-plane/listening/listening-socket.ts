// One listening socket: binds, hands over each connection that it accepts, closes.
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { NativeStream } from '../sockets/native-stream.ts';
import { bindFault } from './bind-fault.ts';
import type { BindAddress } from './settings.ts';

/** The kernel's queue of connections that are made and not accepted yet. It caps this at its own limit. */
const backlog = 4096;

/** Who is given what was accepted. */
export interface Acceptor {
  /** Connections are handed over as bare handles. */
  readonly takesHandles: boolean;
  acceptHandle(handle: NativeStream): void;
  acceptSocket(socket: Socket): void;
  /** A connection could not be accepted. */
  acceptFailed(): void;
}

export class ListeningSocket {
  readonly #acceptor: Acceptor;
  readonly #server: Server;

  constructor(acceptor: Acceptor) {
    this.#acceptor = acceptor;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => acceptor.acceptSocket(socket));
  }

  /** Gives the address with its real port. Rejects with an error that names the address and says what to do. */
  listen(bind: BindAddress, sharesPort: boolean): Promise<BindAddress> {
    return new Promise((resolve, reject) => {
      const server = this.#server;
      server.once('error', (error: NodeJS.ErrnoException) => reject(bindFault(bind, error)));
      server.listen(listenOptions(bind, sharesPort), () => {
        server.removeAllListeners('error');
        // The connection at hand is lost, the listener goes on.
        server.on('error', () => this.#acceptor.acceptFailed());
        if (this.#acceptor.takesHandles) this.#takeHandles();
        resolve(withPort(bind, server));
      });
    });
  }

  /** Takes accepted handles before Node makes sockets of them. */
  #takeHandles(): void {
    // `_handle` and its `onconnection` are what Node itself uses; the types leave them out.
    const { _handle: handle } = this.#server as unknown as { _handle: { onconnection: (error: number, accepted: NativeStream) => void } };
    handle.onconnection = (error, accepted) => {
      if (error === 0) this.#acceptor.acceptHandle(accepted);
      else this.#acceptor.acceptFailed();
    };
  }

  /** Resolves when the socket is closed. */
  close(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

function listenOptions(bind: BindAddress, sharesPort: boolean) {
  if (bind.kind === 'unix') return { path: bind.path, backlog };
  const host = bind.host === undefined ? {} : { host: bind.host };
  return { ...host, port: bind.port, backlog, reusePort: sharesPort };
}

function withPort(bind: BindAddress, server: Server): BindAddress {
  const bound = server.address();
  return bind.kind === 'unix' || bound === null || typeof bound === 'string' ? bind : { ...bind, port: bound.port };
}
