// A MariaDB server on a socket file, with a user for each kind of password. It needs `mariadb-server-core` alone, whose package starts no service.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate, key } from '../probing/certificate.ts';
import { findProgram, ServerFolder, ServerProcess } from './server-process.ts';

const program = findProgram(['mariadbd']);

// What `mariadb-install-db` would feed to the server; it comes with a package that is not needed otherwise.
const share = ['/usr/share/mysql', '/usr/share/mariadb'].find((path) => existsSync(join(path, 'mysql_system_tables.sql')));

/** Why no such server can be started here; false when it can. */
export const noMariadb: string | false = program !== undefined && share !== undefined ? false : 'MariaDB is not installed';

export const password = 'a secret, with blanks';

// Small files and no InnoDB, so that it starts in a moment.
const frugal = [
  '--no-defaults',
  '--innodb=OFF',
  '--default-storage-engine=Aria',
  '--skip-log-bin',
  '--aria-log-file-size=8M',
  '--key-buffer-size=1M',
];

export class MariadbServer implements AsyncDisposable {
  readonly #folder: ServerFolder;
  readonly #process: ServerProcess;
  readonly #all: AsyncDisposableStack;

  private constructor(folder: ServerFolder, process: ServerProcess, all: AsyncDisposableStack) {
    this.#folder = folder;
    this.#process = process;
    this.#all = all;
  }

  /** `most` connections at once. */
  static async start({
    most = 10,
    speaksTls = false,
  }: {
    readonly most?: number;
    readonly speaksTls?: boolean;
  } = {}): Promise<MariadbServer> {
    await using all = new AsyncDisposableStack();
    const folder = all.use(await ServerFolder.make());
    const data = await folder.folder('data');
    await folder.run(`${program}`, [...frugal, `--datadir=${data}`, '--bootstrap'], tables());
    const socket = folder.file('mysql.sock');
    const tls = speaksTls
      ? [`--ssl-cert=${await folder.write('cert.pem', certificate)}`, `--ssl-key=${await folder.write('key.pem', key)}`]
      : ['--ssl=OFF'];
    const places = [...tls, `--datadir=${data}`, `--socket=${socket}`, '--skip-networking', `--pid-file=${folder.file('pid')}`];
    // One connection more than that is kept for administrators.
    const process = await ServerProcess.start(
      folder,
      [`${program}`, ...frugal, ...places, `--max-connections=${most}`, '--log-warnings=2'],
      {
        ready: /ready for connections/,
      },
    );
    all.use(process);
    return new MariadbServer(folder, process, all.move());
  }

  /** As a document writes it. */
  get address(): string {
    return `unix:${this.#folder.file('mysql.sock')}`;
  }

  get log(): readonly string[] {
    return this.#process.lines;
  }

  says(pattern: RegExp): Promise<void> {
    return this.#process.says(pattern);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }
}

/** One statement may stand on several lines, and each has to end its line. */
function tables(): string {
  const files = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'];
  return [
    'CREATE DATABASE mysql;',
    'USE mysql;',
    'SET @auth_root_socket=NULL;',
    ...files.map((name) => readFileSync(join(`${share}`, name), 'utf8')),
    'FLUSH PRIVILEGES;',
    `CREATE USER probe IDENTIFIED BY '${password}';`,
    `CREATE USER open IDENTIFIED BY '';`,
    '',
  ].join('\n');
}
