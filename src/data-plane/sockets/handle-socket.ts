// A wire on the bare handle of an open connection: no net.Socket, no streams, a few hundred bytes instead of a few thousand.
// The handle tells how many bytes it has read in all and nothing else, so whatever is not a read of some bytes (the end, an error, a read
// that found nothing) and whatever a handle cannot do by itself turns it into a socket of Node's, which can tell and do it all.
import type { ByteSocket, WriteOutcome } from './byte-socket.ts';
import type { NativeStream } from './native-stream.ts';
import { writeDirectly } from './native-stream.ts';
import { adoptedSocket } from './node-socket.ts';
import type { Wire } from './wire.ts';

/** A handle knows who reads from it, so that all handles share one function. */
type ReadHandle = NativeStream & { reader: HandleSocket };

export class HandleSocket implements ByteSocket {
  readonly #handle: NativeStream;
  readonly #wire: Wire;
  #bytesRead = 0;
  #isReading = true;
  /** Closed, or a socket of Node's by now. */
  #isOver = false;

  constructor(wire: Wire, handle: NativeStream) {
    this.#handle = handle;
    this.#wire = wire;
    const read = handle as ReadHandle; // It becomes one in the next line.
    read.reader = this;
    read.onread = tellRead;
    handle.useUserBuffer(wire.nextBuffer());
    handle.readStart();
  }

  /** Called by the handle. Gives the buffer for the next read. */
  read(): Buffer | undefined {
    const { bytesRead } = this.#handle;
    const length = bytesRead - this.#bytesRead;
    if (length === 0) {
      this.#adopt();
      return undefined;
    }
    this.#bytesRead = bytesRead;
    const goesOn = this.#wire.take(this.#wire.readBuffer, length);
    if (this.#isOver) return undefined;
    if (!goesOn) this.pause();
    return this.#wire.nextBuffer();
  }

  get peerAddress(): string | undefined {
    const peer: { address?: string } = {};
    this.#handle.getpeername?.(peer);
    return peer.address;
  }

  get unsent(): number {
    return this.#handle.writeQueueSize;
  }

  write(piece: string | Buffer): WriteOutcome {
    return writeDirectly(this.#handle, piece, this.#wire);
  }

  sendAtOnce(): void {
    // Pipes have no such setting and need none.
    this.#handle.setNoDelay?.(true);
  }

  pause(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#handle.readStop();
  }

  resume(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#handle.readStart();
  }

  endSending(): void {
    this.#adopt().endSending();
  }

  destroy(): void {
    this.#isOver = true;
    this.#handle.onread = ignoreRead;
    this.#handle.close();
  }

  reset(): void {
    this.#isOver = true;
    this.#handle.onread = ignoreRead;
    if (this.#handle.reset === undefined) this.#handle.close();
    else this.#handle.reset(() => {});
  }

  /** Goes on as a socket of Node's. What the handle could not tell is read again by it: the end comes again, and so does an error. */
  #adopt(): ByteSocket {
    this.#isOver = true;
    // Node starts the reading of what it is given, and takes a handle that reads already for broken.
    this.#handle.readStop();
    const socket = adoptedSocket(this.#wire, this.#handle);
    if (!this.#isReading) socket.pause();
    this.#wire.continueOn(socket);
    return socket;
  }
}

function tellRead(this: NativeStream): Buffer | undefined {
  // Handles have this function for `onread` only from the constructor above.
  return (this as ReadHandle).reader.read();
}

function ignoreRead(): undefined {}
