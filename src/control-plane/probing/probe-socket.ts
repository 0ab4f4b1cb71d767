// A connection for one probe: what is read is bounded, all is over when the time is up, and whatever the other end does can be waited for
// in a line of code. Closed by `using`.
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProbeContext, ProbeTarget } from './probe.ts';
import { ProbeFailure } from './probe.ts';

export interface ProbeTls {
  /** Whether the certificate must be valid for the name and come from an authority that is trusted. */
  readonly verify: boolean;
  /** The name asked for; the endpoint's host where it is absent. */
  readonly serverName?: string | undefined;
  /** Authorities to trust in the place of the system's, as PEM. */
  readonly authorities?: string | undefined;
}

/** Far more than any endpoint needs to say that it is well. */
export const mostBytes = 64 * 1024;

export class ProbeSocket implements Disposable {
  readonly #target: ProbeTarget;
  readonly #context: ProbeContext;
  readonly #most: number;
  #stream: Socket;
  /** What has come and was not taken: from `#start` to `#end`. Grows by doubling, so that drops of single bytes cost no copies. */
  #bytes = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #isListening = false;
  #isOver = false;
  #failure: unknown;
  #wake: () => void = nothing;

  private constructor(stream: Socket, target: ProbeTarget, context: ProbeContext, most: number) {
    this.#stream = stream;
    this.#target = target;
    this.#context = context;
    this.#most = most;
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

  /** Goes on with TLS on the same connection. */
  async secure(tls: ProbeTls): Promise<void> {
    // Bytes that came before the handshake would be taken for bytes that were encrypted (CVE-2011-0411).
    if (this.#end > this.#start) throw new ProbeFailure('bytes came before the TLS handshake');
    this.#context.step('shaking hands for TLS');
    const socket = this.#stream;
    this.#ignore();
    this.#stream = connectTls({ ...tlsOptions(this.#target, tls), socket });
    await settle(this.#stream, 'secureConnect', this.#context.signal);
  }

  write(bytes: string | Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** Exactly so many bytes. Valid until the next call. */
  async take(count: number): Promise<Buffer> {
    // Asked before anything is waited for: a length that the other end made up may be any.
    if (count > this.#most) throw new ProbeFailure(`the answer is longer than ${this.#most} bytes`);
    while (this.#end - this.#start < count) await this.#more();
    this.#start += count;
    return this.#bytes.subarray(this.#start - count, this.#start);
  }

  /** All bytes that have come, as soon as this text is among them. Nothing is taken. */
  async readUntil(text: Uint8Array): Promise<Buffer> {
    for (let looked = this.#start; ; ) {
      const seen = this.#bytes.subarray(0, this.#end);
      if (seen.indexOf(text, looked) !== -1) return seen.subarray(this.#start);
      // The text may have begun in the bytes at the end.
      looked = Math.max(this.#start, this.#end - text.length + 1);
      await this.#more();
    }
  }

  /** The bytes before the first CR or LF, or all that came before the end. Takes the line and its end. */
  async takeLine(): Promise<string> {
    for (let looked = this.#start; ; looked++) {
      while (looked === this.#end) {
        if (!(await this.#hasMore())) return this.#takeTo(looked, looked);
      }
      const byte = this.#bytes[looked];
      if (byte === 10 || byte === 13) return this.#takeTo(looked, looked + 1);
    }
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

  #takeTo(end: number, next: number): string {
    const line = this.#bytes.toString('latin1', this.#start, end);
    this.#start = next;
    return line;
  }

  /** Returns when bytes have come; throws at the end. */
  async #more(): Promise<void> {
    if (!(await this.#hasMore())) throw new ProbeFailure('the connection was closed before the answer was whole');
  }

  async #hasMore(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#end;
    this.#wake = resolve;
    if (this.#failure === undefined && !this.#isOver) {
      this.#listen();
      await promise;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#end > before;
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
    const end = this.#end + chunk.length;
    if (end > this.#most) {
      this.#fail(new ProbeFailure(`the answer is longer than ${this.#most} bytes`));
      this.close();
      return;
    }
    if (end > this.#bytes.length) {
      const grown = Buffer.alloc(Math.min(this.#most, Math.max(1024, 2 * end)));
      this.#bytes.copy(grown, 0, 0, this.#end);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.#end);
    this.#end = end;
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

/** What TLS in Node.js is to be told, for every probe that speaks it. */
export function tlsOptions({ address }: ProbeTarget, tls: ProbeTls): TlsOptions {
  const host = address.kind === 'tcp' ? address.host : 'localhost';
  const name = tls.serverName ?? host;
  return {
    host: name,
    // A name of a server is never an address (RFC 6066 section 3); an address is checked against the certificate as `host`.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    rejectUnauthorized: tls.verify,
    ...(tls.authorities === undefined ? {} : { ca: tls.authorities }),
  };
}

interface TlsOptions {
  readonly host: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
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
