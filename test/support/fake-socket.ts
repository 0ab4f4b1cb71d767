// A socket for wires without a system under it: a test says what comes in and when the kernel takes no more.
import type { ByteSocket, WriteOutcome } from '../../src/data-plane/sockets/byte-socket.ts';
import { pending, taken } from '../../src/data-plane/sockets/byte-socket.ts';
import type { Wire } from '../../src/data-plane/sockets/wire.ts';

export class FakeSocket implements ByteSocket {
  readonly peerAddress = '192.0.2.1';
  readonly wire: Wire;
  unsent = 0;
  written = '';
  isFull = false;
  isPaused = false;
  hasEnded = false;
  ending: 'destroyed' | 'reset' | undefined = undefined;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Brings bytes in, as far as they are read. */
  comeIn(text: string): void {
    if (this.isPaused) throw new Error('Nothing is read at the moment.');
    const bytes = Buffer.from(text, 'latin1');
    if (!this.wire.take(bytes, bytes.length)) this.isPaused = true;
  }

  /** The kernel takes what it had not, and from here on whatever comes. */
  drain(): void {
    this.isFull = false;
    this.unsent = 0;
    this.wire.socketDrained(0);
  }

  write(piece: string | Buffer): WriteOutcome {
    this.written += typeof piece === 'string' ? piece : piece.latin1Slice();
    if (!this.isFull) return taken;
    this.unsent = piece.length;
    return pending;
  }

  sendAtOnce(): void {}

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  endSending(): void {
    this.hasEnded = true;
  }

  destroy(): void {
    this.ending ??= 'destroyed';
  }

  reset(): void {
    this.ending ??= 'reset';
  }
}
