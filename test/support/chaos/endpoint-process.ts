// An endpoint as a process of its own, which can be killed, frozen and made ill like one.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';

type Told =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'order'; readonly order: string }
  | { readonly kind: 'held'; readonly count: number }
  | { readonly kind: 'most'; readonly count: number }
  | { readonly kind: 'turned'; readonly ill?: Ill };

/** Ways of doing everything wrong; `cold` is merely not as fast as ever. */
export type Ill = 'errors' | 'slow' | 'cold' | 'resets' | 'mute' | 'garbage' | 'half-closes';
/** What the parent says. */
export type Asked = 'release' | 'most' | { readonly ill?: Ill; readonly every?: number };

export class EndpointProcess implements AsyncDisposable {
  /** Every order that reached the endpoint, as often as it did. */
  readonly orders: string[] = [];
  port = 0;
  held = 0;
  #most = -1;
  #ill: Ill | undefined;
  readonly #child: ChildProcess;
  #noticed: () => void = () => {};

  private constructor(port: number) {
    this.#child = fork(new URL('endpoint-main.ts', import.meta.url), [String(port)], { execArgv: [] });
    this.#child.on('message', (told: Told) => {
      this.#hear(told);
      this.#noticed();
    });
  }

  /** On any port, or on one that another had before. */
  static async start(port = 0): Promise<EndpointProcess> {
    const endpoint = new EndpointProcess(port);
    await endpoint.until(() => endpoint.port > 0);
    return endpoint;
  }

  #hear(told: Told): void {
    if (told.kind === 'listening') this.port = told.port;
    else if (told.kind === 'order') this.orders.push(told.order);
    else if (told.kind === 'held') this.held = told.count;
    else if (told.kind === 'most') this.#most = told.count;
    else this.#ill = told.ill;
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
    this.#child.send('release' satisfies Asked);
  }

  /** From here on it does everything wrong in this way, or all well again. */
  async turn(ill?: Ill): Promise<void> {
    this.#child.send((ill === undefined ? {} : { ill }) satisfies Asked);
    await this.until(() => this.#ill === ill);
  }

  /** From here on it is ill for so many milliseconds, well for as many, and so on. */
  async flap(ill: Ill, every: number): Promise<void> {
    this.#child.send({ ill, every } satisfies Asked);
    await this.until(() => this.#ill === ill);
  }

  /** How many requests it had on at once, at most. */
  async mostAtOnce(): Promise<number> {
    this.#most = -1;
    this.#child.send('most' satisfies Asked);
    await this.until(() => this.#most >= 0);
    return this.#most;
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
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
