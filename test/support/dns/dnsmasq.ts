// A real resolver on a port of loopback: dnsmasq, with names out of a file that a test may write anew while it runs.
import { findProgram, freePort, ServerFolder, ServerProcess } from '../databases/server-process.ts';

const program = findProgram(['dnsmasq']);

/** Why none can be started here; false when it can. */
export const noDnsmasq: string | false = program !== undefined ? false : 'dnsmasq is not installed (Debian: dnsmasq-base)';

/** It has read its names, with which it is done at the start. */
const ready = /read .*hosts/;

export interface DnsmasqParts {
  /** Addresses by name. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** Of their records, in seconds. */
  readonly ttl?: number;
  /** As its configuration writes them: `srv-host=_http._tcp.web.test,a.test,8080,0,10`. */
  readonly lines?: readonly string[];
}

export class Dnsmasq implements AsyncDisposable {
  readonly #folder: ServerFolder;
  readonly #port: number;
  readonly #words: readonly string[];
  #process: ServerProcess | undefined;

  private constructor(folder: ServerFolder, port: number, { ttl = 1, lines = [] }: DnsmasqParts) {
    this.#folder = folder;
    this.#port = port;
    this.#words = [
      ...['keep-in-foreground', 'log-facility=-', 'conf-file=', `pid-file=${folder.file('pid')}`, 'no-resolv', 'no-hosts'],
      ...['bind-interfaces', 'listen-address=127.0.0.1', `port=${port}`, 'local=/test/', `local-ttl=${ttl}`],
      ...[`addn-hosts=${folder.file('hosts')}`, ...lines],
    ].map((word) => `--${word}`);
  }

  static async start(parts: DnsmasqParts): Promise<Dnsmasq> {
    const server = new Dnsmasq(await ServerFolder.make(), await freePort(), parts);
    await server.#folder.write('hosts', hostsText(parts.hosts ?? {}));
    await server.start();
    return server;
  }

  /** As a document names it. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** These names and no others from now on. Resolves when it answers so. */
  async become(hosts: Readonly<Record<string, readonly string[]>>): Promise<void> {
    await this.#folder.write('hosts', hostsText(hosts));
    const running = this.#process;
    if (running === undefined) return;
    // What it said before says nothing of now.
    running.lines.length = 0;
    running.signal('SIGHUP');
    await running.says(ready);
  }

  /** On the same port, with the names that it had last. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start(this.#folder, [`${program}`, ...this.#words], { ready });
  }

  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#folder[Symbol.asyncDispose]();
  }
}

const hostsText = (hosts: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(hosts)
    .flatMap(([name, addresses]) => addresses.map((address) => `${address} ${name}\n`))
    .join('');
