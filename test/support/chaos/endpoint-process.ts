// An endpoint as a process of its own, which can be killed like one.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';

type Told =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'order'; readonly order: string }
  | { readonly kind: 'held'; readonly count: number };

export class EndpointProcess implements AsyncDisposable {
  /** Every order that reached the endpoint, as often as it did. */
  readonly orders: string[] = [];
  port = 0;
  held = 0;
  readonly #child: ChildProcess;
  #noticed: () => void = () => {};

  private constructor() {
    this.#child = fork(new URL('endpoint-main.ts', import.meta.url), { execArgv: [] });
    this.#child.on('message', (told: Told) => {
      if (told.kind === 'listening') this.port = told.port;
      else if (told.kind === 'order') this.orders.push(told.order);
      else this.held = told.count;
      this.#noticed();
    });
  }

  static async start(): Promise<EndpointProcess> {
    const endpoint = new EndpointProcess();
    await endpoint.until(() => endpoint.port > 0);
    return endpoint;
  }

  /** Resolves when what the endpoint told makes it so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    }
  }

  /** Answers everything that was held. */
  release(): void {
    this.#child.send('release');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
