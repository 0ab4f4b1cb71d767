// A pool whose only place somebody has, so that whoever comes waits; and its endpoint, which answers one request at a time, when a test says so.
import assert from 'node:assert/strict';
import type { WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import type { PoolTotals } from '../../../src/control-plane/supervising/totals.ts';
import { eventually } from '../balanced.ts';
import type { BytePeer, PeerMessage } from '../byte-peer.ts';
import { HoldingEndpoint } from '../holding-endpoint.ts';
import type { PlanesParts } from '../planes.ts';
import { Planes } from '../planes.ts';

type PoolParts = Partial<WrittenDocument['pools'][string]>;

export interface Coming {
  /** Behind `/held/`: endpoints tell requests by it. */
  readonly name?: string;
  readonly method?: string;
  /** Whole lines of the head. */
  readonly lines?: readonly string[];
  readonly body?: string;
  readonly worker?: number;
}

export class BusyPool implements AsyncDisposable {
  readonly here: Planes;
  readonly endpoint: HoldingEndpoint;
  #stack: AsyncDisposableStack;
  /** Where the endpoint has a request that it was not told to answer. */
  #held: BytePeer | undefined = undefined;

  private constructor(here: Planes, endpoint: HoldingEndpoint, stack: AsyncDisposableStack) {
    this.here = here;
    this.endpoint = endpoint;
    this.#stack = stack;
  }

  /** One endpoint that takes one exchange at a time, unless the settings say otherwise of its address. */
  static async open(settings: PoolParts | ((address: string) => PoolParts), more: Partial<PlanesParts> = {}): Promise<BusyPool> {
    await using stack = new AsyncDisposableStack();
    const endpoint = stack.use(await HoldingEndpoint.open('e'));
    const web = {
      endpoints: [{ address: endpoint.address, maxConnections: 1 }],
      ...(typeof settings === 'function' ? settings(endpoint.address) : settings),
    };
    const here = stack.use(await Planes.start({ ...more, pools: { web, ...more.pools } }));
    const pool = new BusyPool(here, endpoint, stack);
    // Whatever a test did, nobody is left in the queue or with a place.
    stack.defer(() => eventually(() => pool.totals.waiting === 0 && pool.totals.serving === 0, 'all places are free'));
    pool.#stack = stack.move();
    return pool;
  }

  get totals(): PoolTotals {
    return this.here.totals.pools[0] ?? assert.fail();
  }

  /** A client whose request is sent. */
  async come({ name = 'a', method = 'GET', lines = [], body = '', worker = 0 }: Coming = {}): Promise<BytePeer> {
    const client = this.#stack.use(await this.here.connect(worker));
    client.send(`${[`${method} /held/${name} HTTP/1.1`, 'Host: a.test', ...lines].join('\r\n')}\r\n\r\n${body}`);
    return client;
  }

  /** A client that takes the place. */
  async take(coming: Coming = {}): Promise<BytePeer> {
    const client = await this.come(coming);
    await this.atEndpoint();
    return client;
  }

  /** A client that waits by now. */
  async wait(coming: Coming): Promise<BytePeer> {
    const { queued } = this.totals;
    const client = await this.come(coming);
    await eventually(() => this.totals.queued > queued, `${coming.name} waits`);
    return client;
  }

  /** A client that is answered at once, and what it is told. */
  async told(coming: Coming): Promise<Told> {
    return toldBy(await (await this.come(coming)).answer());
  }

  /** Resolves when the endpoint has a request. */
  async atEndpoint(): Promise<void> {
    this.#held = await this.endpoint.held();
  }

  /** Has the endpoint answer what it has. */
  answer(status = 200): void {
    const held = this.#held ?? assert.fail('The endpoint has nothing to answer.');
    this.#held = undefined;
    this.endpoint.answer(held, status);
  }

  /** The endpoint answers what it has, and so many that come after that, one after the other. Their names, in the order in which they came. */
  async serve(count: number): Promise<readonly string[]> {
    const before = this.endpoint.requests.length;
    for (let served = 0; served < count; served++) {
      this.answer();
      await this.atEndpoint();
    }
    this.answer();
    return this.endpoint.requests.slice(before).map((line) => /\/held\/(\S+)/.exec(line)?.[1] ?? line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#held !== undefined) this.answer();
    await this.#stack.disposeAsync();
  }
}

export interface Told {
  readonly status: number;
  /** The kind of a failure, or the body. */
  readonly what: string;
  /** NaN without the field. */
  readonly retryAfter: number;
}

export function toldBy({ startLine, head, body }: PeerMessage): Told {
  const what = /"error":"([^"]+)"/.exec(body)?.[1] ?? body;
  return { status: Number(startLine.split(' ')[1]), what, retryAfter: Number(/^retry-after: (\d+)/im.exec(head)?.[1]) };
}
