// A wire on Node's own socket. It reads into a buffer that the wire names (`onread`) where it can, which saves a buffer and a stream
// event for every read.
import type { OnReadOpts, SocketConstructorOpts } from 'node:net';
import { Socket } from 'node:net';
import type { ByteSocket, WriteOutcome } from './byte-socket.ts';
import { broken, pending, taken } from './byte-socket.ts';
import type { NativeStream } from './native-stream.ts';
import { nativeStream, writeDirectly } from './native-stream.ts';
import type { Wire } from './wire.ts';

/** Both sides may finish at different times: a half-closed connection is closed by who owns it, never by Node. */
export const halfOpen = { allowHalfOpen: true } as const;

/** A socket knows its wire, so that all sockets share their handlers. */
export type WiredSocket = Socket & { wire: Wire };

export class NodeSocket implements ByteSocket {
  readonly #socket: Socket;
  readonly #wire: Wire;
  readonly #writesDirectly: boolean;

  constructor(wire: Wire, socket: Socket, writesDirectly: boolean) {
    this.#socket = socket;
    this.#wire = wire;
    this.#writesDirectly = writesDirectly;
    const wired = socket as WiredSocket; // It becomes one in the next line.
    wired.wire = wire;
    wired.on('end', tellEnd);
    wired.on('error', tellError);
    wired.on('close', tellClose);
  }

  get peerAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get unsent(): number {
    return nativeStream(this.#socket)?.writeQueueSize ?? this.#socket.writableLength;
  }

  write(piece: string | Buffer): WriteOutcome {
    if (!this.#writesDirectly) return this.#writeByStream(piece);
    const handle = nativeStream(this.#socket);
    return handle === undefined ? broken : writeDirectly(handle, piece, this.#wire);
  }

  #writeByStream(piece: string | Buffer): WriteOutcome {
    const socket = this.#socket;
    let isPending = false;
    const done = (): void => {
      if (isPending) this.#wire.socketDrained(0);
    };
    if (typeof piece === 'string') socket.write(piece, 'latin1', done);
    else socket.write(piece, done);
    isPending = socket.writableLength > 0;
    return isPending ? pending : taken;
  }

  sendAtOnce(): void {
    this.#socket.setNoDelay(true);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  endSending(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    // Unix sockets know no reset.
    if (this.#socket.remoteAddress === undefined) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}

function tellEnd(this: WiredSocket): void {
  this.wire.socketEnded();
}

function tellError(this: WiredSocket, error: NodeJS.ErrnoException): void {
  this.wire.socketLost(error.code ?? 'EIO');
}

function tellClose(this: WiredSocket): void {
  this.wire.socketLost(undefined);
}

/** Asks the wire for a buffer after every read, since a long body moves it to one of its own. */
export function readsInto(wire: Wire): OnReadOpts {
  return {
    buffer: () => wire.nextBuffer(),
    // The bytes are always in a Buffer, since that is what the wire gives.
    callback: (length, bytes) => wire.take(bytes as Buffer, length),
  };
}

/** Wraps the handle of an open connection. */
export function adoptedSocket(wire: Wire, handle: NativeStream): NodeSocket {
  // `handle` and `onread` are options that the types leave out of this constructor.
  const options = { handle, onread: readsInto(wire), ...halfOpen } as unknown as SocketConstructorOpts;
  return new NodeSocket(wire, new Socket(options), true);
}

/** The documented way to serve an accepted connection: the socket that Node made, with its `data` events. */
export function acceptedSocket(wire: Wire, socket: Socket, writesDirectly: boolean): NodeSocket {
  socket.on('data', (bytes: Buffer) => {
    if (!wire.take(bytes, bytes.length)) socket.pause();
  });
  return new NodeSocket(wire, socket, writesDirectly);
}
