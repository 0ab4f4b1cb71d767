// One address that clients connect to: opens it, makes client connections of what is accepted, and closes it again.
import type { Socket } from 'node:net';
import { listenerCounter } from '../../domain/endpoints/scoreboard.ts';
import type { ByteSocket } from '../sockets/byte-socket.ts';
import { HandleSocket } from '../sockets/handle-socket.ts';
import type { NativeStream } from '../sockets/native-stream.ts';
import { acceptedSocket } from '../sockets/node-socket.ts';
import { Wire } from '../sockets/wire.ts';
import { ClientConnection } from './client-connection.ts';
import type { ListenerContext } from './listener-context.ts';
import type { Acceptor } from './listening-socket.ts';
import { ListeningSocket } from './listening-socket.ts';
import type { BindAddress } from './settings.ts';

/**
 * Sockets that share the port of a listener in one worker. The event loop accepts one connection from each in a turn, and a turn is long
 * when many clients are busy: with one socket, the thousandth new client of a flash sale would wait a thousand turns.
 */
const lanes = 32;

export class Listener implements Acceptor {
  readonly context: ListenerContext;
  readonly takesHandles: boolean;
  readonly #sockets: ListeningSocket[] = [];

  constructor(context: ListenerContext) {
    this.context = context;
    this.takesHandles = context.tools.abilities.servesHandles;
  }

  /** Gives the address with its real port. Rejects with an error that names the address and says what to do. */
  async listen(bind: BindAddress): Promise<BindAddress> {
    // Only Linux spreads connections over sockets that share a port, and a socket file cannot be shared at all.
    const sharesPort = bind.kind === 'tcp' && process.platform === 'linux';
    const bound = await this.#open(bind, sharesPort);
    for (let lane = 1; sharesPort && lane < lanes; lane++) await this.#open(bound, sharesPort);
    if (bound.kind === 'tcp') this.context.port = String(bound.port);
    return bound;
  }

  #open(bind: BindAddress, sharesPort: boolean): Promise<BindAddress> {
    const socket = new ListeningSocket(this);
    this.#sockets.push(socket);
    return socket.listen(bind, sharesPort);
  }

  acceptHandle(handle: NativeStream): void {
    if (this.#isFull()) handle.close();
    else this.#accept((wire) => new HandleSocket(wire, handle));
  }

  acceptSocket(socket: Socket): void {
    if (this.#isFull()) socket.destroy();
    else this.#accept((wire) => acceptedSocket(wire, socket, this.context.tools.abilities.writesDirectly));
  }

  acceptFailed(): void {
    this.context.count(listenerCounter.rejectedConnections, 1);
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

  /** Accepts no more; what was accepted goes on as it was. */
  stopAccepting(): void {
    void this.#close();
  }

  /** Accepts no more. Resolves when the last connection is gone. */
  async drain(): Promise<void> {
    const { context } = this;
    context.isDraining = true;
    const closed = this.#close();
    const emptied = new Promise<void>((resolve) => {
      context.onEmpty = resolve;
    });
    for (const connection of context.connections) connection.drain();
    if (context.connections.size > 0) await emptied;
    await closed;
  }

  /** Closes everything at once. */
  abort(): void {
    this.context.isDraining = true;
    void this.#close();
    for (const connection of [...this.context.connections]) connection.abort();
  }

  async #close(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()));
  }
}
