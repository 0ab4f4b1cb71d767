import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OrderBook } from './order-book.ts';
import { createShop } from './service.ts';

let folder: string;
let base: string;
let shop: ReturnType<typeof createShop>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-service-'));
  shop = createShop({ name: 'shop-7', orders: new OrderBook(folder) }).listen(0, '127.0.0.1');
  await once(shop, 'listening');
  const address = shop.address();
  assert.ok(address !== null && typeof address === 'object');
  base = `http://127.0.0.1:${address.port}`;
});

after(async () => {
  shop.closeAllConnections();
  await once(shop.close(), 'close');
  await rm(folder, { recursive: true });
});

const post = (path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${base}${path}`, { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) });

test('every answer names its instance', async () => {
  for (const path of ['/catalogue', '/healthz', '/cart', '/nothing-here']) {
    assert.equal((await fetch(base + path)).headers.get('x-instance'), 'shop-7');
  }
});

test('a cart is filled, looked at and ordered', async () => {
  const filled = await post('/cart', { article: 'cup', quantity: 2 });
  assert.equal(filled.status, 201);
  const cookie = filled.headers.get('set-cookie')?.split(';')[0] ?? '';
  const cart = await fetch(`${base}/cart`, { headers: { cookie } });
  assert.deepEqual(await cart.json(), { items: [{ article: 'cup', quantity: 2 }], total: 1800 });

  const key = { cookie, 'Idempotency-Key': 'one' };
  const ordered = await post('/order', undefined, key);
  assert.equal(ordered.status, 201);
  const again = await post('/order', undefined, key);
  assert.equal(again.status, 200);
  assert.deepEqual(await again.json(), await ordered.json());
});

test('mistakes are told', async () => {
  assert.equal((await post('/order')).status, 409);
  assert.equal((await post('/cart', { article: 'moon' })).status, 400);
  assert.equal((await post('/cart', { article: 'cup', quantity: 0.5 })).status, 400);
  assert.equal((await fetch(`${base}/cart`, { method: 'POST', body: 'no json' })).status, 400);
  assert.equal((await fetch(`${base}/elsewhere`)).status, 404);
});
