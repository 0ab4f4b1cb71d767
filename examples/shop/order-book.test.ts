import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OrderBook } from './order-book.ts';

const wish = { items: [{ article: 'cup', quantity: 2 }], total: 1800, instance: 'shop-1' };

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-orders-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('an order asked for again with its key is the same order, at another instance as well', () =>
  withFolder(async (folder) => {
    const first = await new OrderBook(folder).place(wish, 'key');
    const again = await new OrderBook(folder).place({ ...wish, instance: 'shop-2' }, 'key');
    assert.equal(first.isNew, true);
    assert.deepEqual(again, { order: first.order, isNew: false });
  }));

test('of many who place an order with one key at once, one does', () =>
  withFolder(async (folder) => {
    const placed = await Promise.all(Array.from({ length: 20 }, () => new OrderBook(folder).place(wish, 'key')));
    assert.equal(placed.filter(({ isNew }) => isNew).length, 1);
    assert.equal(new Set(placed.map(({ order }) => order.number)).size, 1);
    assert.equal((await readdir(folder)).length, 1);
  }));

test('orders without a key are orders of their own', () =>
  withFolder(async (folder) => {
    const book = new OrderBook(folder);
    assert.equal((await book.place(wish)).isNew, true);
    assert.equal((await book.place(wish)).isNew, true);
  }));
