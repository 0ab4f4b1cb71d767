// Clients who ask one thing after another, over kept connections and over new ones, safe and unsafe, small and with a body. None may fail.
import { Agent, request } from 'node:http';

const kinds = [
  { method: 'GET', path: '/', body: '' },
  { method: 'POST', path: '/order', body: 'one order' },
  { method: 'GET', path: '/api/things', body: '' },
  { method: 'POST', path: '/api/orders', body: 'x'.repeat(20_000) },
] as const;

export class ChangeLoad implements AsyncDisposable {
  answered = 0;
  readonly failures: string[] = [];
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clients: readonly Promise<void>[];
  #isStopped = false;
  #noticed: () => void = () => {};

  constructor(port: number, clients: number) {
    this.#port = port;
    this.#clients = Array.from({ length: clients }, (_, client) => this.#run(client));
  }

  /** Resolves when so many more were answered, or one failed. */
  async more(count: number): Promise<void> {
    const goal = this.answered + count;
    while (this.answered < goal && this.failures.length === 0) {
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(client: number): Promise<void> {
    for (let turn = client; !this.#isStopped; turn++) {
      // Every other client comes anew each time.
      const failure = await this.#ask(turn % kinds.length, client % 2 === 0);
      if (failure === undefined) this.answered++;
      else this.failures.push(failure);
      this.#noticed();
    }
  }

  /** What went wrong. */
  #ask(kind: number, isKept: boolean): Promise<string | undefined> {
    const { method, path, body } = kinds[kind] ?? kinds[0];
    return new Promise((resolve) => {
      const agent = isKept ? { agent: this.#agent } : { agent: false as const };
      const headers = body === '' ? {} : { 'Content-Length': String(body.length) };
      const asked = request({ host: '127.0.0.1', port: this.#port, path, method, headers, ...agent }, (answer) => {
        let text = '';
        answer.on('data', (bytes) => {
          text += bytes;
        });
        answer.on('error', (error) => resolve(`${method} ${path}: ${error.message}`));
        answer.on('end', () =>
          resolve(answer.statusCode === 200 && text === 'answered' ? undefined : `${method} ${path}: ${answer.statusCode} ${text}`),
        );
      });
      asked.on('error', (error) => resolve(`${method} ${path}: ${error.message}`));
      asked.end(body);
    });
  }
}
