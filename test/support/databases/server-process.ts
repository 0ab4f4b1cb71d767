// A database server of this machine, in a folder of its own that goes with it. Nothing that was there before is touched: what is started here
// is ended here, by its process. Servers refuse to run as root, so root starts them as somebody with fewer rights.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Far above what the slowest machine needs. */
const patience = 60_000;

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whom servers run as: whoever runs the tests, unless that is root. */
const account: Account | undefined = process.getuid?.() === 0 ? (accountOf('postgres') ?? accountOf('nobody')) : undefined;

function accountOf(name: string): Account | undefined {
  const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
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

/** The first program of these names in the path, in the folders of administrators, or in further folders. */
export function findProgram(names: readonly string[], folders: readonly string[] = []): string | undefined {
  const all = [...folders, ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return all.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** Folders inside, the last version first. */
export function foldersIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort((one, other) => Number(other) - Number(one))
    .map((name) => join(path, name));
}

export class ServerFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<ServerFolder> {
    const path = await mkdtemp(join(tmpdir(), 'evenkeel-'));
    if (account !== undefined) await chown(path, account.uid, account.gid);
    return new ServerFolder(path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** A folder in it, which belongs to the server. */
  async folder(name: string): Promise<string> {
    const path = this.file(name);
    await mkdir(path, { mode: 0o700 });
    if (account !== undefined) await chown(path, account.uid, account.gid);
    return path;
  }

  /** A file in it that only the server may read. */
  async write(name: string, text: string): Promise<string> {
    const path = this.file(name);
    await writeFile(path, text, { mode: 0o600 });
    if (account !== undefined) await chown(path, account.uid, account.gid);
    return path;
  }

  /** Runs a program to its end. Rejects with what it said when it fails. */
  async run(program: string, words: readonly string[], input = ''): Promise<void> {
    const done = run(program, [...words], { ...account, cwd: this.path, timeout: patience, maxBuffer: 16 * 1024 * 1024 });
    // A program that ends before it has read all says why by its end.
    done.child.stdin?.on('error', () => {}).end(input);
    await done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #endBy: NodeJS.Signals;
  /** Lines of output and of errors, as they came. */
  readonly lines: string[] = [];
  #changed = Promise.withResolvers<void>();
  #isOver = false;

  private constructor(child: ChildProcess, endBy: NodeJS.Signals) {
    this.#child = child;
    this.#endBy = endBy;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.#change();
      });
    }
    this.#ended = once(child, 'close').then(() => {
      this.#isOver = true;
      this.#change();
    });
  }

  /** Resolves when a line says that the server is ready. `endBy` ends it at once, with all of its processes. */
  static async start(
    folder: ServerFolder,
    command: readonly [program: string, ...words: string[]],
    { ready, endBy = 'SIGKILL' }: { readonly ready: RegExp; readonly endBy?: NodeJS.Signals },
  ): Promise<ServerProcess> {
    const [program, ...words] = command;
    const child = spawn(program, words, { ...account, cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new ServerProcess(child, endBy);
    try {
      await server.says(ready);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Resolves once a line matches, now or later. */
  async says(pattern: RegExp): Promise<void> {
    let isLate = false;
    const alarm = setTimeout(() => {
      isLate = true;
      this.#change();
    }, patience);
    while (!this.lines.some((line) => pattern.test(line)) && !this.#isOver && !isLate) await this.#changed.promise;
    clearTimeout(alarm);
    if (this.lines.some((line) => pattern.test(line))) return;
    throw new Error(`The server did not say ${pattern} but:\n${this.lines.slice(-30).join('\n')}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#child.kill(this.#endBy);
    await this.#ended;
  }
}
