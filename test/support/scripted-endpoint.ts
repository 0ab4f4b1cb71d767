// An endpoint that does what a test says, connection by connection and byte by byte.
import { once } from 'node:events';
import type { ListenOptions, Server } from 'node:net';
import { createServer } from 'node:net';
import { BytePeer } from './byte-peer.ts';

/** Serves one connection. */
export type Script = (peer: BytePeer) => Promise<void> | void;

export class ScriptedEndpoint implements AsyncDisposable {
  readonly #server: Server;
  #peers: BytePeer[] = [];
  /** Connections that no test has asked for yet. */
  readonly #waiting: BytePeer[] = [];
  /** Tests that wait for a connection. */
  readonly #askers: ((peer: BytePeer) => void)[] = [];

  private constructor(script: Script | undefined) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const peer = new BytePeer(socket);
      this.#peers.push(peer);
      // A connection that ends in the middle of its script is what many tests are about.
      if (script !== undefined) Promise.resolve(script(peer)).catch(() => peer.close());
      else this.#arrive(peer);
    });
  }

  /** Without a script, the test takes each connection itself. */
  static async open(script?: Script, where: ListenOptions = { port: 0, host: '127.0.0.1' }): Promise<ScriptedEndpoint> {
    const endpoint = new ScriptedEndpoint(script);
    endpoint.#server.listen(where);
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  /** Where it listens, as a document writes it. */
  get address(): string {
    const address = this.#server.address();
    if (address === null) throw new Error('The endpoint is closed.');
    return typeof address === 'string' ? `unix:${address}` : `127.0.0.1:${address.port}`;
  }

  /** Every connection since the start. */
  get peers(): readonly BytePeer[] {
    return this.#peers;
  }

  /** Lets go of connections that are closed, for tests that make very many. */
  dropClosed(): void {
    this.#peers = this.#peers.filter((peer) => !peer.socket.closed);
  }

  /** The next connection, once it is there. */
  connection(): Promise<BytePeer> {
    const peer = this.#waiting.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => this.#askers.push(resolve));
  }

  #arrive(peer: BytePeer): void {
    const asker = this.#askers.shift();
    if (asker === undefined) this.#waiting.push(peer);
    else asker(peer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const peer of this.#peers) await peer[Symbol.asyncDispose]();
  }
}

/** Answers each request with the same text, for as long as the connection lasts. */
export const always =
  (answer: string): Script =>
  async (peer) => {
    for (;;) {
      await peer.request();
      peer.send(answer);
    }
  };

/** An answer with a length and a body. */
export const answerOf = (body: string, lines = ''): string => `HTTP/1.1 200 OK\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;

/** Answers each request with its own start line as the body. */
export const echoTarget: Script = async (peer) => {
  for (;;) {
    const { startLine } = await peer.request();
    peer.send(answerOf(startLine));
  }
};

/** Answers each request with its head as the body. */
export const echoHead: Script = async (peer) => {
  for (;;) {
    const { head } = await peer.request();
    peer.send(answerOf(head));
  }
};
