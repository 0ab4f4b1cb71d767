// Many bytes whose order and number can be told from a hash, sent and received at the pace of the connection and with flat memory.
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** A piece that is unlike itself everywhere, so that bytes that are lost, repeated or mixed up change the hash. */
const pieceSize = 2 ** 20 + 7;
const piece = Buffer.from(
  Uint32Array.from({ length: Math.ceil(pieceSize / 4) }, (_, index) => Math.imul(index, 2_654_435_761)).buffer,
).subarray(0, pieceSize);

/** The first `size` bytes of the flow, piece by piece. */
function* flow(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= pieceSize) yield left < pieceSize ? piece.subarray(0, left) : piece;
}

/** Sends so many bytes as fast as the other side takes them. Resolves when the last was handed to the socket. */
export async function sendFlow(socket: Socket, size: number): Promise<void> {
  for (const bytes of flow(size)) if (!socket.write(bytes)) await once(socket, 'drain');
}

/** What a receiver of so many bytes has to come to. */
export function flowHash(size: number): string {
  const hash = createHash('sha1');
  for (const bytes of flow(size)) hash.update(bytes);
  return hash.digest('hex');
}

/** Takes over a connection, behind what was read of it, and hashes what comes. */
export class FlowReader {
  received = 0;
  readonly #hash: Hash = createHash('sha1');
  readonly #size: number;
  readonly #done = Promise.withResolvers<string>();

  /** `begun` is what was read before. */
  constructor(socket: Socket, size: number, begun = '') {
    this.#size = size;
    socket.removeAllListeners('data');
    this.#take(Buffer.from(begun, 'latin1'));
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('close', () => this.#done.reject(new Error(`The connection ended after ${this.received} of ${size} bytes`)));
  }

  #take(bytes: Buffer): void {
    this.received += bytes.length;
    this.#hash.update(bytes);
    if (this.received >= this.#size) this.#done.resolve(this.#hash.digest('hex'));
  }

  /** Resolves with the hash when all has come. */
  get hash(): Promise<string> {
    return this.#done.promise;
  }
}
