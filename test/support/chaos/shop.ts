// Evenkeel as a process before endpoints that are processes too, with the settings of one pool as a person would write them.
import { writeFile } from 'node:fs/promises';
import type { StatusReport } from '../../../src/interface/admin/operations/status.ts';
import { EvenkeelProcess } from '../evenkeel-process.ts';
import { EndpointProcess } from './endpoint-process.ts';
import { freshFolder } from './fresh-folder.ts';

export interface ShopParts {
  readonly endpoints: number;
  /** Settings of the pool, each a line of YAML. */
  readonly pool: readonly string[];
  /** Of each endpoint, beside its address, in the same form: `maxConnections: 5`. */
  readonly endpoint?: string;
  /** Whether the pool has a probe, whose first pass is waited for. */
  readonly isProbed: boolean;
}

export interface ShopEvent {
  readonly endpoint: string;
  /** ISO 8601. */
  readonly at: string;
  readonly to: string;
  readonly reason: string;
}

export class Shop implements AsyncDisposable {
  readonly endpoints: readonly EndpointProcess[];
  readonly evenkeel: EvenkeelProcess;
  readonly port: number;
  readonly #admin: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: Pick<Shop, 'endpoints' | 'evenkeel' | 'port'> & { readonly admin: string }, stack: AsyncDisposableStack) {
    this.endpoints = parts.endpoints;
    this.evenkeel = parts.evenkeel;
    this.port = parts.port;
    this.#admin = parts.admin;
    this.#stack = stack;
  }

  /** Resolves when every endpoint gets requests. */
  static async open({ endpoints: count, pool, endpoint = '', isProbed }: ShopParts): Promise<Shop> {
    await using stack = new AsyncDisposableStack();
    const endpoints = await Promise.all(Array.from({ length: count }, async () => stack.use(await EndpointProcess.start())));
    const addresses = endpoints.map(({ port }) => `{ address: "127.0.0.1:${port}"${endpoint === '' ? '' : `, ${endpoint}`} }`);
    const lines = [`endpoints: [${addresses.join(', ')}]`, ...pool].map((line) => `    ${line}\n`).join('');
    const folder = stack.use(await freshFolder());
    await writeFile(
      `${folder.path}/evenkeel.yaml`,
      `workers: 1\noverload: none\nadmin: { bind: "127.0.0.1:0" }\nlisteners: [{ bind: "127.0.0.1:0", pool: shop }]\npools:\n  shop:\n${lines}`,
    );
    const evenkeel = stack.use(new EvenkeelProcess(['run'], folder.path));
    const port = Number(await evenkeel.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/));
    const admin = await evenkeel.line(/admin on (http:\S+)/);
    if (isProbed) await evenkeel.said(/ is well: /, count);
    const shop = new Shop({ endpoints, evenkeel, port, admin }, stack.move());
    await shop.allAnswer();
    return shop;
  }

  /** What Evenkeel says when it takes the endpoint out, and when it lets it in, for the first time or again. */
  isOut = ({ port }: EndpointProcess): RegExp => new RegExp(`:${port} of pool shop gets nothing for `);
  isBack = ({ port }: EndpointProcess): RegExp => new RegExp(`:${port} of pool shop is well( again)?: `);

  async status(): Promise<StatusReport> {
    return (await (await fetch(`${this.#admin}/api/v1/status`)).json()) as StatusReport;
  }

  /** What happened to an endpoint since the start, the newest last. */
  async eventsOf({ port }: EndpointProcess): Promise<readonly ShopEvent[]> {
    // The operation is tested where it is.
    const { events } = (await (await fetch(`${this.#admin}/api/v1/events`)).json()) as { events: readonly ShopEvent[] };
    return events.filter(({ endpoint }) => endpoint === `127.0.0.1:${port}`);
  }

  /** Resolves when each has answered: who is said to be well gets requests a moment later. */
  async allAnswer(): Promise<void> {
    const names = new Set<string>();
    while (names.size < this.endpoints.length) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/`);
      const name = await answer.text();
      if (answer.ok) names.add(name);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
