// A Redis server on a socket file, and on a port where others have to reach it.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { findProgram, ServerFolder, ServerProcess } from './server-process.ts';

const program = findProgram(['redis-server', 'valkey-server']);

/** Why no such server can be started here; false when it can. */
export const noRedis: string | false = program !== undefined ? false : 'Redis is not installed';

export class RedisServer implements AsyncDisposable {
  readonly #folder: ServerFolder;
  readonly #process: ServerProcess;
  readonly #all: AsyncDisposableStack;

  private constructor(folder: ServerFolder, process: ServerProcess, all: AsyncDisposableStack) {
    this.#folder = folder;
    this.#process = process;
    this.#all = all;
  }

  /** With lines of its configuration file, and on no port unless one is among them. */
  static async start(...lines: readonly string[]): Promise<RedisServer> {
    await using all = new AsyncDisposableStack();
    const folder = all.use(await ServerFolder.make());
    const settings = ['port 0', `unixsocket ${folder.file('redis.sock')}`, `dir ${folder.path}`, 'save ""', 'bind 127.0.0.1', ...lines];
    // A port with a later line of its own is the one that holds.
    const words = settings.flatMap((line) => {
      const [name = '', ...values] = line.split(' ');
      return [`--${name}`, ...values.map((value) => (value === '""' ? '' : value))];
    });
    const process = await ServerProcess.start(folder, [`${program}`, ...words], { ready: /[Rr]eady to accept connections/ });
    all.use(process);
    return new RedisServer(folder, process, all.move());
  }

  /** As a document writes it. */
  get address(): string {
    return `unix:${this.#folder.file('redis.sock')}`;
  }

  says(pattern: RegExp): Promise<void> {
    return this.#process.says(pattern);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }
}

/** One that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
