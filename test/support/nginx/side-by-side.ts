// A real nginx and Evenkeel with one configuration file: the same port on two addresses of loopback, so that what they write of it is the same.
import { request } from 'node:http';
import { freePort, ServerFolder } from '../databases/server-process.ts';
import { EvenkeelProcess } from '../evenkeel-process.ts';
import type { Echo } from './echo-endpoints.ts';
import { EchoEndpoints } from './echo-endpoints.ts';
import { ownFolder, ownPaths, startNginx } from './nginx-server.ts';

export interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What clients see, as far as the two are to agree. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What an endpoint says that it got, or a fixed body; undefined for pages about errors, which are everybody's own. */
  readonly body: Echo | string | undefined;
}

const addresses = { nginx: '127.0.0.1', evenkeel: '127.0.0.2' } as const;
export type Side = keyof typeof addresses;

export class SideBySide implements AsyncDisposable {
  readonly #ports: readonly number[];
  readonly #all: AsyncDisposableStack;

  private constructor(ports: readonly number[], all: AsyncDisposableStack) {
    this.#ports = ports;
    this.#all = all;
  }

  /**
   * `http` is what stands in the block of that name. In it LISTEN stands for an address and port (LISTEN2 for another port), and a name of an
   * endpoint in capitals for its address. `words` are told to Evenkeel.
   */
  static async start(http: string, endpoints: readonly string[], words: readonly string[] = []): Promise<SideBySide> {
    await using all = new AsyncDisposableStack();
    const echoes = all.use(await EchoEndpoints.open(endpoints));
    const folder = all.use(await ServerFolder.make());
    const ports = [await freePort(), await freePort()];
    const write = (side: Side): Promise<string> =>
      folder.write(`${side}.conf`, `${ownFolder(folder)}\nhttp {${ownPaths(folder)}\n${filled(http, side, ports, echoes)}\n}\n`);
    all.use(await startNginx(folder, await write('nginx')));
    await write('evenkeel');
    const evenkeel = all.use(new EvenkeelProcess(['run', ...words, 'evenkeel.conf'], folder.path));
    await evenkeel.line(/listening on (.*)/);
    return new SideBySide(ports, all.move());
  }

  /** Where a side listens. */
  place(side: Side, listener = 0): { readonly host: string; readonly port: number } {
    return { host: addresses[side], port: this.#ports[listener] ?? 0 };
  }

  async ask(side: Side, { path, method = 'GET', headers = {}, body = '' }: Asked, listener = 0): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...this.place(side, listener),
          path,
          method,
          headers: { host: 'www.example.com', ...headers },
          agent: false,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece) => (text += String(piece)));
          response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, text)));
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }
}

function filled(http: string, side: Side, ports: readonly number[], { addresses: known }: EchoEndpoints): string {
  const text = http.replaceAll(/\bLISTEN(2?)\b/g, (_, second) => `${addresses[side]}:${ports[second === '' ? 0 : 1]}`);
  return [...known].reduce((whole, [name, address]) => whole.replaceAll(new RegExp(`\\b${name.toUpperCase()}\\b`, 'g'), address), text);
}

/** Headers of answers that directives may change. */
const watched = ['x-added', 'x-endpoint', 'x-hidden', 'content-type', 'cache-control'];

function answerOf(status: number, headers: Readonly<Record<string, unknown>>, text: string): Answer {
  const { location } = headers;
  const isEcho = headers['x-endpoint'] !== undefined;
  const isOwnPage = !isEcho && status >= 300;
  return {
    status,
    location: typeof location === 'string' ? location : undefined,
    headers: isOwnPage
      ? {}
      : Object.fromEntries(watched.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]))),
    // Only endpoints have that header, and this is what they say.
    body: isEcho ? (JSON.parse(text) as Echo) : isOwnPage ? undefined : text,
  };
}
