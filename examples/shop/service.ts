// One instance of a small online shop: a plain Node server that knows nothing of the balancer in front of it.
// Any instance can answer any request: the cart travels in a cookie, and orders go to a folder that all instances share.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalogue, priceOf, readCart, writeCart } from './goods.ts';
import { OrderBook } from './order-book.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Shop {
  readonly name: string;
  readonly orders: OrderBook;
}

type Handler = (request: IncomingMessage, shop: Shop) => Answer | Promise<Answer>;

const handlers: Readonly<Record<string, Handler>> = {
  'GET /healthz': () => ({ status: 200, body: { healthy: true } }),
  'GET /catalogue': async () => {
    await work(2, 8);
    return { status: 200, body: { articles: catalogue } };
  },
  'GET /cart': async (request) => {
    await work(1, 5);
    const items = readCart(request.headers.cookie);
    return { status: 200, body: { items, total: priceOf(items) } };
  },
  'POST /cart': addToCart,
  'POST /order': placeOrder,
};

async function addToCart(request: IncomingMessage): Promise<Answer> {
  const wish = await readJson(request);
  await work(2, 8);
  const article = catalogue.find(({ id }) => id === wish?.['article']);
  const quantity = Number(wish?.['quantity'] ?? 1);
  if (!article || !Number.isInteger(quantity) || quantity < 1 || quantity > 99) {
    return refuse(400, 'send {"article": "…", "quantity": 1} with an article of GET /catalogue');
  }
  const items = [...readCart(request.headers.cookie), { article: article.id, quantity }];
  const headers = { 'Set-Cookie': `cart=${writeCart(items)}; Path=/; HttpOnly; SameSite=Lax` };
  return { status: 201, body: { items, total: priceOf(items) }, headers };
}

async function placeOrder(request: IncomingMessage, { orders, name }: Shop): Promise<Answer> {
  const items = readCart(request.headers.cookie);
  if (items.length === 0) return refuse(409, 'the cart is empty; fill it with POST /cart');
  await work(15, 40);
  // The same key gives the same order, whichever instance is asked: a client that heard no answer may safely ask again.
  const key = request.headers['idempotency-key'];
  const { order, isNew } = await orders.place({ items, total: priceOf(items), instance: name }, typeof key === 'string' ? key : undefined);
  return { status: isNew ? 201 : 200, body: order, headers: { 'Set-Cookie': 'cart=; Path=/; Max-Age=0' } };
}

/** The server of one instance. Every answer names the instance in `X-Instance`. */
export function createShop(shop: Shop): Server {
  const server = createServer((request, response) => {
    void answer(request, shop).then((given) => send(response, shop, given, !server.listening));
  });
  return server;
}

async function answer(request: IncomingMessage, shop: Shop): Promise<Answer> {
  const path = request.url?.split('?')[0] ?? '/';
  const handler = handlers[`${request.method} ${path}`];
  if (!handler) return refuse(404, `there is ${Object.keys(handlers).join(', ')}`);
  try {
    return await handler(request, shop);
  } catch (error) {
    return refuse(500, error instanceof Error ? error.message : String(error));
  }
}

function send(response: ServerResponse, { name }: Shop, { status, body, headers }: Answer, isLeaving: boolean): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'X-Instance': name,
    // An instance that is told to stop says so with its last answers, so that nobody sends more over the same connection.
    ...(isLeaving ? { Connection: 'close' } : {}),
    ...headers,
  });
  response.end(text);
}

const refuse = (status: number, reason: string): Answer => ({ status, body: { error: reason } });

/** Takes as long as such work might. */
const work = (least: number, most: number): Promise<void> => pause(least + Math.random() * (most - least));

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 16_384) return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    // Any object will do: each field is looked at before it is used.
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'shop-1' },
      port: { type: 'string', default: '3001' },
      orders: { type: 'string', default: '.' },
    },
  });
  const server = createShop({ name: values.name, orders: new OrderBook(values.orders) });
  server.listen(Number(values.port), '127.0.0.1', () => console.log(`${values.name} listening on 127.0.0.1:${values.port}`));
  // Finishes what it has begun, then leaves.
  process.once('SIGTERM', () => server.close(() => process.exit()));
  // Leaves together with whoever started it, even when that one is killed.
  process.once('disconnect', () => process.exit());
}

if (import.meta.main) main();
