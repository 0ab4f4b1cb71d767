// What libketama takes from a digest. That the digest itself is right is proven beside Node's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { md5 } from './md5.ts';

test('the digest of the k-th name of a server is four points of the ring of libketama', () => {
  assert.deepEqual(md5('10.0.1.1:11211-0'), [2431485715, 4123933443, 100894374, 2720740989]);
});

test('the first word of a digest is where libketama looks for a key', () => {
  assert.deepEqual(
    ['foo', 'bar', 'test'].map((key) => md5(key)[0]),
    [3675831724, 421377335, 3446378249],
  );
});
