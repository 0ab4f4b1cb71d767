// A Redis server on a socket file, and on a port where others have to reach it.

import { certificate, key } from '../probing/certificate.ts';
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

  /** Speaks TLS on this port, and without it on the socket file. */
  static withTls(port: number): Promise<RedisServer> {
    return RedisServer.#start([`tls-port ${port}`, 'tls-auth-clients no'], true);
  }

  /** With lines of its configuration file, and on no port unless one is among them. */
  static start(...lines: readonly string[]): Promise<RedisServer> {
    return RedisServer.#start(lines, false);
  }

  static async #start(lines: readonly string[], speaksTls: boolean): Promise<RedisServer> {
    await using all = new AsyncDisposableStack();
    const folder = all.use(await ServerFolder.make());
    const files = speaksTls
      ? [`tls-cert-file ${await folder.write('cert.pem', certificate)}`, `tls-key-file ${await folder.write('key.pem', key)}`]
      : [];
    const settings = [
      'port 0',
      `unixsocket ${folder.file('redis.sock')}`,
      `dir ${folder.path}`,
      'save ""',
      'bind 127.0.0.1',
      ...files,
      ...lines,
    ];
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
