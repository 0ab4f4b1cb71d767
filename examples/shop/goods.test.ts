import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf, priceOf, readCart, writeCart } from './goods.ts';

const items = [
  { article: 'teapot', quantity: 1 },
  { article: 'cup', quantity: 4 },
];

test('a cart comes out of its cookie as it went in', () => {
  assert.deepEqual(readCart(`theme=dark; cart=${writeCart(items)}`), items);
});

test('what is not sold or not counted is left out of a cart', () => {
  assert.deepEqual(readCart('cart=teapot.1-moon.1-cup.x-cup.-3-cup.0'), [{ article: 'teapot', quantity: 1 }]);
  assert.deepEqual(readCart(undefined), []);
});

test('a cart has a price and names', () => {
  assert.equal(priceOf(items), 3900 + 4 * 900);
  assert.equal(namesOf(items), '1 Teapot, 4 Cup');
});
