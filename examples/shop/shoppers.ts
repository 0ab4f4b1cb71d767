// A little traffic: shoppers who look around, fill a cart and order, about so many requests a second in all.
// A shopper who hears no answer to an order asks again with the same key, so that no order is lost and none is placed twice.

import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { catalogue, namesOf } from './goods.ts';
import type { Order } from './order-book.ts';

export interface OrderNews {
  readonly at: number;
  readonly number: string;
  readonly instance: string;
  readonly what: string;
  readonly milliseconds: number;
}

export interface ShopperCounts {
  readonly sent: number;
  readonly answered: number;
  /** Requests that got no answer, or one that says that the balancer or the shop failed. */
  readonly failed: number;
  readonly orders: number;
  /** Orders that were asked for again. */
  readonly repeated: number;
}

interface Reply {
  readonly status: number;
  readonly instance: string | undefined;
  readonly cookie: string | undefined;
  readonly body: string;
  readonly milliseconds: number;
}

interface Wish {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Shopper {
  cookie: string;
  step: number;
}

export interface ShoppersSettings {
  readonly port: number;
  readonly perSecond: number;
  readonly onOrder: (order: OrderNews) => void;
  readonly onFailure: (what: string) => void;
}

const shopperCount = 10;
/** Requests under way at once. Beyond it shoppers wait, or a balancer that is down would gather them without end. */
const mostAtOnce = 50;
const patience = 10_000;

export class Shoppers {
  readonly #settings: ShoppersSettings;
  readonly #agent: Agent;
  readonly #shoppers: readonly Shopper[];
  #isLeaving: boolean;
  #counts: ShopperCounts;
  #underWay: number;
  #turn: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: ShoppersSettings) {
    this.#settings = settings;
    this.#agent = new Agent({ keepAlive: true, maxSockets: shopperCount });
    this.#shoppers = Array.from({ length: shopperCount }, (_, index) => ({ cookie: '', step: index }));
    this.#isLeaving = false;
    this.#counts = { sent: 0, answered: 0, failed: 0, orders: 0, repeated: 0 };
    this.#underWay = 0;
    this.#turn = 0;
    this.#timer = undefined;
  }

  get counts(): ShopperCounts {
    return this.#counts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#next(), 1000 / this.#settings.perSecond);
  }

  /** Sends nothing more; resolves when what was under way is answered, or after `wait` milliseconds. */
  async stop(wait: number): Promise<void> {
    clearInterval(this.#timer);
    const end = Date.now() + wait;
    while (this.#underWay > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    this.#isLeaving = true;
    this.#agent.destroy();
  }

  #next(): void {
    const shopper = this.#shoppers[this.#turn++ % this.#shoppers.length];
    if (!shopper || this.#underWay >= mostAtOnce) return;
    this.#underWay++;
    void this.#takeStep(shopper).finally(() => this.#underWay--);
  }

  /** Looks twice, puts something into the cart, looks at the cart, orders, and begins anew. */
  async #takeStep(shopper: Shopper): Promise<void> {
    const step = shopper.step++ % 5;
    if (step < 2) return void (await this.#send({ method: 'GET', path: '/catalogue' }));
    if (step === 2) return this.#fillCart(shopper);
    if (step === 3) return void (await this.#send({ method: 'GET', path: '/cart', headers: { Cookie: shopper.cookie } }));
    return this.#order(shopper);
  }

  async #fillCart(shopper: Shopper): Promise<void> {
    const article = catalogue[Math.floor(Math.random() * catalogue.length)];
    const quantity = 1 + Math.floor(Math.random() * 3);
    const reply = await this.#send({ method: 'POST', path: '/cart', body: { article: article?.id, quantity } });
    shopper.cookie = reply?.cookie ?? '';
  }

  async #order(shopper: Shopper): Promise<void> {
    if (shopper.cookie === '') return;
    const wish: Wish = { method: 'POST', path: '/order', headers: { Cookie: shopper.cookie, 'Idempotency-Key': randomUUID() } };
    shopper.cookie = '';
    let reply = await this.#send(wish);
    if (!reply || reply.status >= 500) {
      this.#count('repeated');
      reply = await this.#send(wish);
    }
    if (!reply || reply.status >= 300) return;
    this.#count('orders');
    // The shop answers with an order; its shape is the service's own.
    const order = JSON.parse(reply.body) as Order;
    const { milliseconds, instance = '?' } = reply;
    this.#settings.onOrder({ at: Date.now(), number: order.number, instance, what: namesOf(order.items), milliseconds });
  }

  async #send(wish: Wish): Promise<Reply | undefined> {
    this.#count('sent');
    try {
      const reply = await ask(wish, { port: this.#settings.port, agent: this.#agent });
      this.#count('answered');
      if (reply.status >= 500) this.#fail(`${reply.status} ${reasonOf(reply.body)} for ${wish.method} ${wish.path}`);
      return reply;
    } catch (error) {
      if (this.#isLeaving) return undefined;
      this.#fail(`no answer: ${error instanceof Error ? error.message || error.name : String(error)}`);
      return undefined;
    }
  }

  #fail(what: string): void {
    this.#count('failed');
    this.#settings.onFailure(what);
  }

  #count(what: keyof ShopperCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}

/** The kind of failure that an answer names, or its first words. */
const reasonOf = (body: string): string => /"error": ?"([^"]*)"/.exec(body)?.[1] ?? body.replaceAll(/\s+/g, ' ').slice(0, 60).trim();

function ask(wish: Wish, way: { readonly port: number; readonly agent: Agent }): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const body = wish.body === undefined ? undefined : JSON.stringify(wish.body);
  const headers = {
    ...wish.headers,
    ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
  };
  const began = performance.now();
  const { method, path } = wish;
  const outgoing = httpRequest({ host: '127.0.0.1', method, path, headers, timeout: patience, ...way }, (incoming) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    incoming.once('error', reject);
    incoming.once('end', () => {
      const instance = incoming.headers['x-instance'];
      resolve({
        status: incoming.statusCode ?? 0,
        instance: typeof instance === 'string' ? instance : undefined,
        cookie: incoming.headers['set-cookie']?.[0]?.split(';')[0],
        body: text,
        milliseconds: performance.now() - began,
      });
    });
  });
  outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer in ${patience / 1000} s`)));
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}
