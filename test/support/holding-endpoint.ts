// An endpoint that answers at once, with its name as the body, but for requests that a test answers itself.
import type { BytePeer } from './byte-peer.ts';
import { answerOf, ScriptedEndpoint } from './scripted-endpoint.ts';

export class HoldingEndpoint implements AsyncDisposable {
  readonly name: string;
  /** Start lines, in the order in which they came. */
  readonly requests: string[] = [];
  /** Given to requests that do not wait for the test. */
  status = 200;
  #endpoint: ScriptedEndpoint | undefined = undefined;
  readonly #held: BytePeer[] = [];
  readonly #askers: ((peer: BytePeer) => void)[] = [];

  private constructor(name: string) {
    this.name = name;
  }

  /** Paths that begin with `/held` wait for the test. */
  static async open(name: string): Promise<HoldingEndpoint> {
    const holding = new HoldingEndpoint(name);
    holding.#endpoint = await ScriptedEndpoint.open((peer) => holding.#serve(peer));
    return holding;
  }

  get address(): string {
    return this.#endpoint?.address ?? '';
  }

  /** The connection of the next request that waits, once it is there. */
  held(): Promise<BytePeer> {
    const peer = this.#held.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => this.#askers.push(resolve));
  }

  /** Requests that wait, and were not asked for yet. */
  get holds(): number {
    return this.#held.length;
  }

  /** A whole answer with the name of the endpoint. */
  answer(peer: BytePeer, status = 200): void {
    peer.send(answerOf(this.name).replace('200 OK', `${status} Whatever`));
  }

  async #serve(peer: BytePeer): Promise<void> {
    for (;;) {
      const { startLine } = await peer.request();
      this.requests.push(startLine);
      if (!/ \/held/.test(startLine)) this.answer(peer, this.status);
      else this.#hold(peer);
    }
  }

  #hold(peer: BytePeer): void {
    const asker = this.#askers.shift();
    if (asker === undefined) this.#held.push(peer);
    else asker(peer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint?.[Symbol.asyncDispose]();
  }
}
