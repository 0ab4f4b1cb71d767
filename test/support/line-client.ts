// A client that speaks lines, for the data plane of echo-data-plane.ts.
import { once } from 'node:events';
import type { NetConnectOpts, Socket } from 'node:net';
import { connect } from 'node:net';
import type { BoundListener } from '../../src/data-plane/serving/data-plane.ts';

export class LineClient implements AsyncDisposable {
  readonly #socket: Socket;
  /** Resolves when the connection is over, in whatever way. */
  readonly closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    // How the connection ends is told by `closed`.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
  }

  static async open(listener: BoundListener | undefined): Promise<LineClient> {
    if (listener === undefined) throw new Error('There is no such listener.');
    const { bind } = listener;
    const options: NetConnectOpts = bind.kind === 'unix' ? { path: bind.path } : { port: bind.port, host: bind.host ?? '127.0.0.1' };
    const socket = connect(options);
    await once(socket, 'connect');
    return new LineClient(socket);
  }

  /** Sends a line and gives back the one that answers it. One at a time. */
  async ask(line: string): Promise<string> {
    this.#socket.write(`${line}\n`);
    const [answer] = await once(this.#socket, 'data');
    return String(answer).trim();
  }

  /** Sends a line that may have no answer. */
  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }
}
