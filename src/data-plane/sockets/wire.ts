// Hot path. One connection as bytes in and bytes out, whichever side of the balancer it is on.
// What is sent during one event leaves together at its end. When the kernel does not take all of it, the owner is told to stop the other
// side (`onBlocked`) and when to let it go on (`onDrained`): memory for a connection stays bounded by what one event can bring.
import type { ByteSocket } from './byte-socket.ts';
import { broken, pending } from './byte-socket.ts';
import type { SocketTools } from './socket-tools.ts';

/** What a connection tells whoever it belongs to. */
export interface WireOwner {
  /** Bytes 0 to `end` have come. They are lent for the time of the call, unless the wire has a buffer of its own. */
  onBytes(bytes: Buffer, end: number): void;
  /** The peer will send no more. It may still read. */
  onEnd(): void;
  onBlocked(): void;
  onDrained(): void;
  /** The connection is gone, after which nothing more is told. `code` is the system's name for what went wrong, if anything did. */
  onGone(code: string | undefined): void;
  /** A connection that this side opens is open. */
  onConnected?(): void;
}

/** Pieces up to this size are joined with others as text: cheaper than a write of their own. */
const smallPiece = 4096;
/** Text that waits for the end of the event is sent earlier when it grows beyond this. */
const mostText = 65_536;

const open = 0;
/** Closes when everything has been sent. */
const finishing = 1;
const gone = 2;

export class Wire {
  owner: WireOwner;
  #socket: ByteSocket;
  /** The kernel has not taken everything yet. */
  isBlocked = false;
  readonly #tools: SocketTools;
  #text = '';
  /** What waits behind a write that the kernel has not taken, in order. */
  readonly #queue: (string | Buffer)[] = [];
  /** A borrowed buffer that is being written. */
  #copy: Buffer | undefined = undefined;
  #buffer: Buffer;
  #wantsOwn = false;
  /** The body ended while the other side was still writing it out of the buffer at hand. */
  #isBufferInUse = false;
  #isListed = false;
  /** Nothing is read: what came before is still on its way elsewhere. */
  isPaused = false;
  #halfClosed = false;
  #state: typeof open | typeof finishing | typeof gone = open;
  #writes = 0;

  constructor(owner: WireOwner, tools: SocketTools, makeSocket: (wire: Wire) => ByteSocket) {
    this.owner = owner;
    this.#tools = tools;
    this.#buffer = tools.buffers.shared;
    this.#socket = makeSocket(this);
  }

  /** Called by a socket that another kind of socket takes over from. */
  continueOn(socket: ByteSocket): void {
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#state === open;
  }

  get isGone(): boolean {
    return this.#state === gone;
  }

  /** The address of the peer, undefined on a Unix socket. */
  get peerAddress(): string | undefined {
    return this.#socket.peerAddress;
  }

  /** Bytes that the kernel has not taken yet: whether they grow fewer tells a slow reader from a stuck one. */
  get unsent(): number {
    return this.#socket.unsent;
  }

  /** What is read into now. */
  get readBuffer(): Buffer {
    return this.#buffer;
  }

  /** A long body begins: from the next read on a larger buffer of the wire's own is read into, until `leaveBuffer`. */
  takeBuffer(): void {
    this.#wantsOwn = true;
  }

  /** The body is over. Its last bytes may wait for the other side after this one has gone on to something else. */
  leaveBuffer(): void {
    this.#wantsOwn = false;
    this.#isBufferInUse ||= this.isPaused;
  }

  /** Called by the socket before each read, which is the one moment when nothing is being read into the buffer at hand. */
  nextBuffer(): Buffer {
    const { buffers } = this.#tools;
    const isShared = this.#buffer === buffers.shared;
    if (this.#wantsOwn === !isShared && !this.#isBufferInUse) return this.#buffer;
    this.#returnBuffer();
    this.#buffer = this.#wantsOwn ? buffers.borrow() : buffers.shared;
    return this.#buffer;
  }

  /** A buffer from which the other side may still be writing is left to the garbage collector. */
  #returnBuffer(): void {
    const { buffers } = this.#tools;
    if (this.#buffer !== buffers.shared && !this.isPaused && !this.#isBufferInUse) buffers.giveBack(this.#buffer);
    this.#buffer = buffers.shared;
    this.#isBufferInUse = false;
  }

  /** Called by the socket. False stops reading. */
  take(bytes: Buffer, end: number): boolean {
    // What comes while the rest is being sent belongs to nobody.
    if (this.#state !== open) return this.#state === finishing;
    this.owner.onBytes(bytes, end);
    this.#tools.outbox.flush();
    return !this.isPaused;
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.#state === open) this.#socket.resume();
  }

  /** Sends text, one byte for each character, at the end of this event. */
  send(text: string): void {
    this.#text = this.#text === '' ? text : this.#text + text;
    if (!this.#isListed) {
      this.#isListed = true;
      this.#tools.outbox.add(this);
    }
    if (this.#text.length > mostText) this.#sendText();
  }

  /** Sends bytes. `stays` says that they stay untouched until the sender is resumed, so that they need no copy. */
  sendBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    if (end - start <= smallPiece) return this.send(bytes.latin1Slice(start, end));
    if (stays || this.isBlocked) {
      this.#sendText();
      // Behind a pending write the order of events is not ours: a copy is the only thing that surely stays.
      this.#write(this.isBlocked ? Buffer.from(bytes.subarray(start, end)) : bytes.subarray(start, end));
      return;
    }
    this.#sendCopy(bytes, start, end);
  }

  /** One write for the text that waits and a copy of the bytes behind it. */
  #sendCopy(bytes: Buffer, start: number, end: number): void {
    const { buffers } = this.#tools;
    if (this.#text.length + end - start > buffers.lentSize) this.#sendText();
    if (this.isBlocked) return this.#write(Buffer.from(bytes.subarray(start, end)));
    const copy = buffers.borrow();
    const textLength = this.#text.length === 0 ? 0 : copy.latin1Write(this.#text, 0);
    this.#text = '';
    bytes.copy(copy, textLength, start, end);
    this.#write(copy.subarray(0, textLength + end - start));
    if (this.isBlocked) this.#copy = copy;
    else buffers.giveBack(copy);
  }

  /** Called at the end of the event. */
  flush(): void {
    this.#isListed = false;
    this.#sendText();
    if (this.#state === finishing && !this.isBlocked) this.#finished();
  }

  #sendText(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#write(text);
  }

  #write(piece: string | Buffer): void {
    if (this.#state === gone) return;
    if (this.isBlocked) {
      this.#queue.push(piece);
      return;
    }
    // The first write is never held back by the kernel, and many connections see only one: the system call is for the others.
    if (++this.#writes === 2) this.#socket.sendAtOnce();
    const outcome = this.#socket.write(piece);
    if (outcome === pending) this.#block();
    else if (outcome === broken) this.socketLost('EPIPE');
  }

  #block(): void {
    this.isBlocked = true;
    this.owner.onBlocked();
  }

  /** Called by the socket: the kernel has taken the write that was pending, or `status` is below 0. */
  socketDrained(status: number): void {
    if (!this.isBlocked || this.#state === gone) return;
    if (status < 0) return this.socketLost('EPIPE');
    this.isBlocked = false;
    if (this.#copy !== undefined) {
      this.#tools.buffers.giveBack(this.#copy);
      this.#copy = undefined;
    }
    while (this.#queue.length > 0 && !this.isBlocked) this.#write(this.#queue.shift() ?? '');
    if (this.isBlocked) return;
    this.#sendText();
    if (this.isBlocked) return;
    if (this.#state === finishing) return this.#finished();
    if (this.#halfClosed) this.#socket.endSending();
    this.owner.onDrained();
    this.#tools.outbox.flush();
  }

  /** Says that no more will be sent, once all has been; goes on reading. */
  endSending(): void {
    this.#sendText();
    this.#halfClosed = true;
    if (!this.isBlocked && this.#state === open) this.#socket.endSending();
  }

  /** Sends what is left, then closes: at once, or later, and then the owner is told that it is gone. Whatever the peer still sends is dropped. */
  finish(): void {
    if (this.#state !== open) return;
    this.#state = finishing;
    this.#sendText();
    if (!this.isBlocked) this.destroy();
  }

  #finished(): void {
    this.destroy();
    this.owner.onGone(undefined);
  }

  /** Ends the connection so that the peer sees that it was broken off, and drops what was not sent. */
  reset(): void {
    if (this.#state === gone) return;
    this.#forget();
    // Node.js leaves the descriptor of a connection open that is reset while its end is being sent.
    if (this.#halfClosed) this.#socket.destroy();
    else this.#socket.reset();
  }

  /** Ends the connection at once. The owner is not told: it is who asks. */
  destroy(): void {
    if (this.#state === gone) return;
    this.#forget();
    this.#socket.destroy();
  }

  #forget(): void {
    this.#state = gone;
    this.#text = '';
    this.#queue.length = 0;
    this.#copy = undefined;
    this.#returnBuffer();
  }

  /** Called by the socket. */
  socketConnected(): void {
    if (this.#state !== open) return;
    this.owner.onConnected?.();
    this.#tools.outbox.flush();
  }

  /** Called by the socket. */
  socketEnded(): void {
    if (this.#state !== open) return;
    this.owner.onEnd();
    this.#tools.outbox.flush();
  }

  /** Called by the socket. */
  socketLost(code: string | undefined): void {
    if (this.#state === gone) return;
    const { owner } = this;
    this.destroy();
    owner.onGone(code);
    this.#tools.outbox.flush();
  }
}
