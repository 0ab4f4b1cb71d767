// PostgreSQL servers on socket files: a primary with users for each way of login, and replicas of it.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificate, key } from '../probing/certificate.ts';
import { findProgram, foldersIn, ServerFolder, ServerProcess } from './server-process.ts';

// Debian keeps versions beside one another and outside of the path.
const versions = foldersIn('/usr/lib/postgresql').map((path) => join(path, 'bin'));
const program = (name: string): string | undefined => findProgram([name], versions);

/** Why no such server can be started here; false when it can. */
export const noPostgres: string | false = ['postgres', 'initdb', 'pg_basebackup', 'psql'].every((name) => program(name) !== undefined)
  ? false
  : 'PostgreSQL is not installed';

export const password = 'a secret, with blanks';

/** Users, by the way of login that the server asks them for. */
const logins = { by_scram: 'scram-sha-256', by_md5: 'md5', in_clear: 'password', trusted: 'trust', postgres: 'trust' };

export class PostgresServer implements AsyncDisposable {
  readonly #folder: ServerFolder;
  readonly #process: ServerProcess;
  readonly #port: number;
  readonly #all: AsyncDisposableStack;

  /** `all` is what goes with the server. */
  private constructor(place: Place, process: ServerProcess, all: AsyncDisposableStack) {
    this.#folder = place.folder;
    this.#port = place.port;
    this.#process = process;
    this.#all = all;
  }

  static async #start(place: Place, all: AsyncDisposableStack): Promise<PostgresServer> {
    // SIGQUIT ends all of its processes at once.
    const ready = { ready: /ready to accept (?:read.only )?connections/, endBy: 'SIGQUIT' } as const;
    const process = all.use(await ServerProcess.start(place.folder, command(place), ready));
    return new PostgresServer(place, process, all.move());
  }

  /** With a port it also listens on 127.0.0.1, with TLS alone. */
  static async primary(tlsPort?: number): Promise<PostgresServer> {
    await using all = new AsyncDisposableStack();
    const folder = all.use(await ServerFolder.make());
    const data = folder.file('primary');
    await folder.run(`${program('initdb')}`, ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '--no-locale', '-E', 'UTF8']);
    await writeFile(join(data, 'pg_hba.conf'), hostRules());
    const server = await PostgresServer.#start(
      { folder, data, port: tlsPort ?? primaryPort, more: tlsPort === undefined ? {} : await tlsSettings(folder) },
      all,
    );
    const quotedPassword = `'${password}'`;
    await server.#sql(`
      CREATE ROLE by_scram LOGIN PASSWORD ${quotedPassword};
      CREATE ROLE in_clear LOGIN PASSWORD ${quotedPassword};
      CREATE ROLE trusted LOGIN;
      SET password_encryption = 'md5';
      CREATE ROLE by_md5 LOGIN PASSWORD ${quotedPassword};`);
    return server;
  }

  /** Streams from this one. In the same folder, so it has to be ended before. */
  async replica(): Promise<PostgresServer> {
    const data = this.#folder.file('replica');
    const from = ['-h', this.#folder.path, '-p', `${this.#port}`, '-U', 'postgres'];
    await this.#folder.run(`${program('pg_basebackup')}`, [...from, '-D', data, '-R', '-X', 'stream', '-c', 'fast', '-N']);
    await chmod(data, 0o700);
    await using all = new AsyncDisposableStack();
    return await PostgresServer.#start({ folder: this.#folder, data, port: replicaPort, more: {} }, all);
  }

  /** As a document writes it. */
  get address(): string {
    return `unix:${this.#folder.file(`.s.PGSQL.${this.#port}`)}`;
  }

  get log(): readonly string[] {
    return this.#process.lines;
  }

  /** Stops when its last session has ended, and takes no more until then. */
  async stopWhenIdle(): Promise<void> {
    this.#process.signal('SIGTERM');
    await this.#process.says(/received smart shutdown request/);
  }

  says(pattern: RegExp): Promise<void> {
    return this.#process.says(pattern);
  }

  async #sql(text: string): Promise<void> {
    const to = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', this.#folder.path, '-p', `${this.#port}`, '-U', 'postgres', '-d', 'postgres'];
    await this.#folder.run(`${program('psql')}`, to, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }
}

// Names of socket files: no port is taken.
const primaryPort = 5432;
const replicaPort = 5433;

const hostRules = (): string =>
  [
    'local replication postgres trust',
    ...Object.entries(logins).map(([user, way]) => `local all ${user} ${way}`),
    'local all all scram-sha-256',
    'hostssl all all 127.0.0.1/32 scram-sha-256',
    '',
  ].join('\n');

interface Place {
  readonly folder: ServerFolder;
  readonly data: string;
  readonly port: number;
  readonly more: Readonly<Record<string, string>>;
}

const tlsSettings = async (folder: ServerFolder): Promise<Place['more']> => ({
  listen_addresses: '127.0.0.1',
  ssl: 'on',
  ssl_cert_file: await folder.write('cert.pem', certificate),
  ssl_key_file: await folder.write('key.pem', key),
});

function command({ folder, data, port, more }: Place): [program: string, ...words: string[]] {
  const settings = {
    port,
    listen_addresses: '',
    unix_socket_directories: folder.path,
    wal_level: 'replica',
    fsync: 'off',
    shared_buffers: '16MB',
    log_connections: 'on',
    log_destination: 'stderr',
    logging_collector: 'off',
    lc_messages: 'C',
    ...more,
  };
  return [`${program('postgres')}`, '-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
