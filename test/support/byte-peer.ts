// The other end of a connection to Evenkeel, client or endpoint, byte by byte: a test says what it sends and waits for what it gets.
import { once } from 'node:events';
import type { NetConnectOpts, Socket } from 'node:net';
import { connect } from 'node:net';

/** A wait that takes longer than this has failed, and says what came instead. Far above what the slowest machine needs. */
const patience = 20_000;

export interface PeerMessage {
  /** The start line and the fields, without the empty line. */
  readonly head: string;
  readonly startLine: string;
  /** Lines as they came, in order. */
  readonly lines: readonly string[];
  /** The decoded body. */
  readonly body: string;
  /** The lines behind the last chunk. */
  readonly trailers: readonly string[];
}

export class BytePeer implements AsyncDisposable {
  readonly socket: Socket;
  #received = '';
  /** How the other side ended: by FIN, or by a reset. */
  #ending: 'end' | 'reset' | undefined = undefined;
  #isClosed = false;
  #changed: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#received += bytes.latin1Slice();
      this.#changed();
    });
    socket.on('end', () => this.#end('end'));
    socket.on('error', () => this.#end('reset'));
    socket.on('close', () => {
      this.#isClosed = true;
      this.#end('reset');
    });
  }

  static async connect(target: NetConnectOpts): Promise<BytePeer> {
    const socket = connect({ allowHalfOpen: true, ...target });
    await once(socket, 'connect');
    return new BytePeer(socket);
  }

  #end(ending: 'end' | 'reset'): void {
    this.#ending ??= ending;
    this.#changed();
  }

  /** What has come and was not taken yet. */
  get received(): string {
    return this.#received;
  }

  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  /** Sends text, one byte for each character. True when it is not held back by a peer that does not read. */
  send(text: string | Buffer): boolean {
    return typeof text === 'string' ? this.socket.write(text, 'latin1') : this.socket.write(text);
  }

  /** Ends sending, and goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Breaks the connection off. One that has ended sending is closed instead: Node.js 26 would leave its descriptor open. */
  reset(): void {
    if (this.socket.writableEnded) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  /** Takes what has come up to and with `wanted`. Rejects when the connection ends before. */
  async until(wanted: string | RegExp): Promise<string> {
    await this.#wait(() => placeBehind(this.#received, wanted) >= 0, `${wanted}`);
    return this.#cut(placeBehind(this.#received, wanted));
  }

  /** Takes so many bytes. */
  async bytes(count: number): Promise<string> {
    await this.#wait(() => this.#received.length >= count, `${count} bytes`);
    return this.#cut(count);
  }

  /** Waits for the other side to end, in whatever way. Gives all that was not taken before. */
  async over(): Promise<{ readonly ending: 'end' | 'reset'; readonly rest: string }> {
    while (this.#ending === undefined) await this.#change('the end of the connection');
    return { ending: this.#ending, rest: this.#cut(this.#received.length) };
  }

  /** Waits until the connection is gone both ways: destroyed by the other side, and not only half-closed. */
  async closed(): Promise<void> {
    this.socket.resume();
    while (!this.#isClosed) {
      // A closed connection shows when something is sent on it; an end does not tell a close from a half-close.
      if (this.#ending === 'end' && !this.socket.writableEnded) this.socket.end();
      await this.#change('the close of the connection');
    }
  }

  /** Takes a whole request. */
  request(): Promise<PeerMessage> {
    return this.#message((head) => lengthOf(head) ?? 0);
  }

  /** Takes a whole answer. `toHead` says that it has no body whatever its head says. */
  answer(toHead = false): Promise<PeerMessage> {
    return this.#message((head) => {
      const isBodiless = toHead || /^HTTP\/1\.1 (1..|204|304)/.test(head);
      return isBodiless ? 0 : (lengthOf(head) ?? 'close');
    });
  }

  async #message(length: (head: string) => number | 'chunks' | 'close'): Promise<PeerMessage> {
    const head = (await this.until('\r\n\r\n')).slice(0, -4);
    const [startLine = '', ...lines] = head.split('\r\n');
    const size = length(head);
    if (size === 'chunks') return { head, startLine, lines, ...(await this.#chunks()) };
    const body = size === 'close' ? (await this.over()).rest : await this.bytes(size);
    return { head, startLine, lines, body, trailers: [] };
  }

  async #chunks(): Promise<{ body: string; trailers: readonly string[] }> {
    let body = '';
    for (;;) {
      const size = Number.parseInt(await this.until('\r\n'), 16);
      if (size === 0) break;
      body += await this.bytes(size);
      await this.until('\r\n');
    }
    const trailers: string[] = [];
    for (let line = await this.until('\r\n'); line !== '\r\n'; line = await this.until('\r\n')) trailers.push(line.slice(0, -2));
    return { body, trailers };
  }

  async #wait(isThere: () => boolean, wanted: string): Promise<void> {
    while (!isThere()) {
      if (this.isOver) throw new Error(`The connection ended (${this.#ending}) before ${wanted}; it had sent ${shown(this.#received)}`);
      await this.#change(wanted);
    }
  }

  async #change(wanted: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const alarm = setTimeout(() => reject(new Error(`Waited in vain for ${wanted}; got ${shown(this.#received)}`)), patience).unref();
    this.#changed = resolve;
    await promise;
    clearTimeout(alarm);
  }

  #cut(count: number): string {
    const taken = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.socket.destroy();
    await once(this.socket, 'close');
  }
}

function placeBehind(text: string, wanted: string | RegExp): number {
  if (typeof wanted === 'string') {
    const place = text.indexOf(wanted);
    return place < 0 ? -1 : place + wanted.length;
  }
  const match = wanted.exec(text);
  return match === null ? -1 : match.index + match[0].length;
}

function lengthOf(head: string): number | 'chunks' | undefined {
  if (/^transfer-encoding: *chunked/im.test(head)) return 'chunks';
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length === undefined ? undefined : Number(length);
}

const shown = (text: string): string => JSON.stringify(text.length > 500 ? `${text.slice(0, 250)} … ${text.slice(-250)}` : text);
