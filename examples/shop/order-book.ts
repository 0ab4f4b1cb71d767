// Orders, one file each, in a folder that all instances share as they would share a database.
// An order placed again with the same key is found instead of placed: no order is lost, and none is placed twice.

import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CartItem } from './goods.ts';

export interface Order {
  readonly number: string;
  readonly items: readonly CartItem[];
  /** In cents. */
  readonly total: number;
  /** Who accepted it. */
  readonly instance: string;
}

export class OrderBook {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async place(wish: Omit<Order, 'number'>, key: string = randomUUID()): Promise<{ readonly order: Order; readonly isNew: boolean }> {
    const order: Order = { number: randomUUID().slice(0, 6).toUpperCase(), ...wish };
    const file = join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`);
    const draft = join(this.#folder, `${randomUUID()}.draft`);
    await writeFile(draft, JSON.stringify(order));
    try {
      // A link appears whole or not at all, and only for the first of those who try.
      await link(draft, file);
      return { order, isNew: true };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      // Written by this class, so it has this shape.
      return { order: JSON.parse(await readFile(file, 'utf8')) as Order, isNew: false };
    } finally {
      await rm(draft, { force: true });
    }
  }
}
