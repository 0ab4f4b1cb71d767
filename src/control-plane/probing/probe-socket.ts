// A connection for one probe: what is read is bounded, all is over when the time is up, and whatever the other end does can be waited for
// in a line of code. Closed by `using`.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BoundedBytes } from './bounded-bytes.ts';
import type { ProbeContext, ProbeTarget } from './probe.ts';
import { ProbeFailure } from './probe.ts';
import type { ProbeTls } from './probe-tls.ts';
import { tlsOptions } from './probe-tls.ts';

export type { ProbeTls } from './probe-tls.ts';

const lineFeed = 10;
const carriageReturn = 13;

/** Far more than any endpoint needs to say that it is well. */
export const mostBytes = 64 * 1024;

export class ProbeSocket implements Disposable {
  readonly #target: ProbeTarget;
  readonly #context: ProbeContext;
  readonly #most: number;
  #stream: Socket;
  readonly #come: BoundedBytes;
  /** How many of the bytes were taken. */
  #taken = 0;
  #isListening = false;
  #isOver = false;
  #failure: unknown;
  #wake: () => void = nothing;

  private constructor(stream: Socket, target: ProbeTarget, context: ProbeContext, most: number) {
    this.#stream = stream;
    this.#target = target;
    this.#context = context;
    this.#most = most;
    this.#come = new BoundedBytes(most);
    context.signal.addEventListener('abort', this.#abort);
  }

  /** Connected, or thrown. `most` is how many bytes may come in all. */
  static async connect(target: ProbeTarget, context: ProbeContext, most = mostBytes): Promise<ProbeSocket> {
    const { address } = target;
    context.signal.throwIfAborted();
    context.step('connecting');
    const stream = connect(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port });
    await settle(stream, 'connect', context.signal);
    return new ProbeSocket(stream, target, context, most);
  }

  /** For a protocol that reads and writes by itself. Closed as ever. */
  get stream(): Socket {
    this.#ignore();
    return this.#stream;
  }

  /** Goes on with TLS on the same connection, and one of these protocols in it if there are any. */
  async secure(tls: ProbeTls, protocols: readonly string[] = []): Promise<void> {
    // Bytes that came before the handshake would be taken for bytes that were encrypted (CVE-2011-0411).
    if (this.#come.length > this.#taken) throw new ProbeFailure('bytes came before the TLS handshake');
    this.#context.step('shaking hands for TLS');
    const secured = connectTls({ ...tlsOptions(this.#target, tls), ALPNProtocols: [...protocols], socket: this.stream });
    this.#stream = secured;
    await settle(secured, 'secureConnect', this.#context.signal);
    if (protocols.length > 0 && !protocols.includes(secured.alpnProtocol || '')) {
      throw new ProbeFailure(`none of the protocols ${protocols.join(', ')} was agreed on in the TLS handshake`);
    }
  }

  write(bytes: string | Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** Exactly so many bytes. Valid until the next call. */
  async take(count: number): Promise<Buffer> {
    // Asked before anything is waited for: a length that the other end made up may be any.
    if (count > this.#most) throw this.#tooLong();
    while (this.#come.length - this.#taken < count) await this.#more();
    this.#taken += count;
    return this.#come.bytes.subarray(this.#taken - count, this.#taken);
  }

  /** All bytes that have come and were not taken, as soon as this text is among them. Takes nothing. */
  async readUntil(text: Uint8Array): Promise<Buffer> {
    for (let looked = this.#taken; !this.#come.has(text, this.#taken, looked); ) {
      looked = this.#come.length;
      await this.#more();
    }
    return this.#come.bytes.subarray(this.#taken);
  }

  /** The bytes before the first CR or LF, one character for each. Takes the line with the byte that ends it. */
  async takeLine(): Promise<string> {
    for (let looked = this.#taken; ; looked++) {
      while (looked === this.#come.length) await this.#more();
      const byte = this.#come.bytes[looked];
      if (byte !== lineFeed && byte !== carriageReturn) continue;
      const line = this.#come.bytes.toString('latin1', this.#taken, looked);
      this.#taken = looked + 1;
      return line;
    }
  }

  /** Sends what is still to be sent, and that nothing more comes. Without this the other end may take a handshake for a broken one. */
  async finish(): Promise<void> {
    this.#context.step('closing the connection');
    this.stream.end();
    await once(this.#stream, 'finish', { signal: this.#context.signal });
  }

  close(): void {
    this.#context.signal.removeEventListener('abort', this.#abort);
    this.#stream.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  readonly #abort = (): void => {
    this.#fail(this.#context.signal.reason);
    this.close();
  };

  #tooLong(): ProbeFailure {
    return new ProbeFailure(`the answer is longer than ${this.#most} bytes`);
  }

  /** Returns when bytes have come; throws at the end. */
  async #more(): Promise<void> {
    const before = this.#come.length;
    if (this.#failure === undefined && !this.#isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#listen();
      await promise;
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#come.length === before) throw new ProbeFailure('the connection was closed before the answer was whole');
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#stream.on('data', this.#keep).on('end', this.#finish).on('close', this.#finish).on('error', this.#fail);
  }

  #ignore(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.#stream.pause();
    this.#stream.off('data', this.#keep).off('end', this.#finish).off('close', this.#finish).off('error', this.#fail);
  }

  readonly #keep = (chunk: Buffer): void => {
    if (!this.#come.add(chunk)) {
      this.#fail(this.#tooLong());
      this.close();
    }
    this.#wake();
  };

  readonly #finish = (): void => {
    this.#isOver = true;
    this.#wake();
  };

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error;
    this.#wake();
  };
}

/** Waits for the event; the stream is closed where an error, its end or the end of the time comes first. */
async function settle(stream: Socket, event: string, signal: AbortSignal): Promise<void> {
  // Errors after the one that is waited for concern nobody, and would end the process.
  stream.on('error', nothing);
  try {
    await once(stream, event, { signal });
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

function nothing(): void {}
