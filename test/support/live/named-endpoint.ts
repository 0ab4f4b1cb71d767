// An endpoint that answers with its name, at once or when a test lets it, and counts how many requests it has at the same time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** Answers `/held` when it is told to, and all else at once, with its name. Probes ask for `/healthz`. */
export class NamedEndpoint implements AsyncDisposable {
  readonly name: string;
  /** Requests that it had at once, at most. */
  mostAtOnce = 0;
  /** What it answers with, and what it answers probes with. */
  status = 200;
  health = 200;
  /** Breaks off connections in place of answers, but those of probes. */
  resets = false;
  /** Requests that came, probes aside. */
  asked = 0;
  readonly #held = new Set<ServerResponse>();
  #present = 0;
  // A connection that it closed because it was idle would make an exchange go elsewhere.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (request.url === '/healthz') return void response.writeHead(this.health).end();
    this.asked++;
    if (this.resets) return void request.socket.resetAndDestroy();
    this.#present++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#present);
    if (request.url !== '/held') return this.#answer(response);
    this.#held.add(response);
    this.#server.emit('held');
  });

  private constructor(name: string) {
    this.name = name;
  }

  static async open(name: string): Promise<NamedEndpoint> {
    const endpoint = new NamedEndpoint(name);
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get address(): string {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === 'object');
    return `127.0.0.1:${address.port}`;
  }

  /** Resolves when so many requests are held. */
  async holding(count: number): Promise<void> {
    while (this.#held.size < count) await once(this.#server, 'held');
  }

  /** Answers what is held. */
  release(): void {
    for (const response of this.#held) this.#answer(response);
    this.#held.clear();
  }

  /** Counted down before the answer leaves: whatever the answer makes come is not there at the same time. */
  #answer(response: ServerResponse): void {
    this.#present--;
    response.writeHead(this.status).end(this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
