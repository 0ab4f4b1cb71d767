// Shares by weight, and what a key and a change of weights do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../../foundation/basics/random.ts';
import type { ExchangeFacts } from '../../balancing/affinity-key.ts';
import { compileSplit } from './split.ts';

function userOf(session: string): ExchangeFacts {
  const rest = { minor: 1, length: 0, keepAlive: true, upgrade: '', expectsContinue: false, acceptsTrailers: false, hopByHop: [] };
  const head = { method: 'GET', target: '/', path: '/', host: 'a', ...rest, forwarded: undefined };
  return { request: { ...head, fields: session === '' ? '' : `Cookie: session=${session}\r\n` }, client: 'unknown', peer: 'unknown' };
}

const users = Array.from({ length: 10_000 }, (_, index) => userOf(`s${index}`));
const never = (): number => assert.fail('no chance is asked');

/** How many of ten thousand each place gets. */
function counts(places: readonly number[]): readonly number[] {
  const result = [0, 0, 0];
  for (const place of places) result[place] = (result[place] ?? 0) + 1;
  return result;
}

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? 0) - expected) < 200, `${actual} is near ${expected}`);

test('chance shares by weight', () => {
  const split = compileSplit({ a: 6, b: 3, c: 1 }, undefined);
  const random = seeded(1);
  const [a, b, c] = counts(users.map((user) => split(user, random)));
  near(a, 6000);
  near(b, 3000);
  near(c, 1000);
});

test('a key shares by weight, always the same way, wherever a pool is written', () => {
  const split = compileSplit({ a: 6, b: 3, c: 1 }, ['cookie:session']);
  const places = users.map((user) => split(user, never));
  const [a, b, c] = counts(places);
  near(a, 6000);
  near(b, 3000);
  near(c, 1000);
  const turned = compileSplit({ c: 1, b: 3, a: 6 }, ['cookie:session']);
  assert.deepEqual(
    users.map((user) => 2 - turned(user, never)),
    places,
  );
});

test('when weights change, only keys move that must', () => {
  const before = compileSplit({ stable: 90, canary: 10 }, ['cookie:session']);
  const after = compileSplit({ stable: 80, canary: 20 }, ['cookie:session']);
  const moves = users.map((user) => `${before(user, never)}${after(user, never)}`);
  assert.ok(!moves.includes('10'), 'none goes back');
  near(moves.filter((move) => move === '01').length, 1000);
});

test('what has no key is shared by chance, and a weight of 0 gets nothing', () => {
  const split = compileSplit({ a: 0, b: 1 }, ['cookie:session']);
  for (const draw of [0, 0.5, 0.999_999])
    assert.equal(
      split(userOf(''), () => draw),
      1,
    );
  assert.ok(users.slice(0, 1000).every((user) => split(user, never) === 1));
});
