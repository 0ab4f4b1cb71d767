// Binds an address, accepts connections and closes again. What is accepted becomes a client connection.
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { listenerCounter } from '../../domain/endpoints/scoreboard.ts';
import type { ByteSocket } from '../sockets/byte-socket.ts';
import { HandleSocket } from '../sockets/handle-socket.ts';
import type { NativeStream } from '../sockets/native-stream.ts';
import { acceptedSocket } from '../sockets/node-socket.ts';
import { Wire } from '../sockets/wire.ts';
import { bindFault } from './bind-fault.ts';
import { ClientConnection } from './client-connection.ts';
import type { ListenerContext } from './listener-context.ts';
import type { BindAddress } from './settings.ts';

/** The kernel's queue of connections that are made and not accepted yet. It caps this at its own limit. */
const backlog = 4096;

export class Listener {
  readonly context: ListenerContext;
  readonly #server: Server;
  #closed: Promise<void> = Promise.resolve();

  constructor(context: ListenerContext) {
    this.context = context;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#acceptSocket(socket));
  }

  /** Gives the address with its real port. Rejects with an error that names the address and says what to do. */
  listen(bind: BindAddress, sharesPort: boolean): Promise<BindAddress> {
    return new Promise((resolve, reject) => {
      const server = this.#server;
      server.once('error', (error: NodeJS.ErrnoException) => reject(bindFault(bind, error)));
      server.listen(listenOptions(bind, sharesPort), () => {
        server.removeAllListeners('error');
        // Out of descriptors, say: the connection at hand is lost, the listener goes on.
        server.on('error', () => this.context.count(listenerCounter.rejectedConnections, 1));
        if (this.context.tools.abilities.acceptsHandles) this.#takeHandles();
        const bound = withPort(bind, server);
        if (bound.kind === 'tcp') this.context.port = String(bound.port);
        resolve(bound);
      });
    });
  }

  /** Takes accepted handles before Node makes sockets of them. */
  #takeHandles(): void {
    // `_handle` and its `onconnection` are what Node itself uses; the types leave them out.
    const { _handle: handle } = this.#server as unknown as { _handle: { onconnection: (error: number, accepted: NativeStream) => void } };
    handle.onconnection = (error, accepted) => {
      if (error !== 0) return this.context.count(listenerCounter.rejectedConnections, 1);
      if (this.#isFull()) return accepted.close();
      this.#accept((wire) => new HandleSocket(wire, accepted));
    };
  }

  #acceptSocket(socket: Socket): void {
    if (this.#isFull()) {
      socket.destroy();
      return;
    }
    this.#accept((wire) => acceptedSocket(wire, socket, this.context.tools.abilities.writesDirectly));
  }

  #accept(makeSocket: (wire: Wire) => ByteSocket): void {
    new ClientConnection(this.context, (owner) => new Wire(owner, this.context.tools, makeSocket));
  }

  #isFull(): boolean {
    const { connections, settings } = this.context;
    if (connections.size < settings.limits.connections) return false;
    this.context.count(listenerCounter.rejectedConnections, 1);
    return true;
  }

  /** Accepts no more. Resolves when the last connection is gone. */
  async drain(): Promise<void> {
    const { context } = this;
    context.isDraining = true;
    this.#close();
    const emptied = new Promise<void>((resolve) => {
      context.onEmpty = resolve;
    });
    for (const connection of context.connections) connection.drain();
    if (context.connections.size > 0) await emptied;
    await this.#closed;
  }

  /** Closes everything at once. */
  abort(): void {
    this.context.isDraining = true;
    this.#close();
    for (const connection of [...this.context.connections]) connection.abort();
  }

  #close(): void {
    if (!this.#server.listening) return;
    this.#closed = new Promise((resolve) => {
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
