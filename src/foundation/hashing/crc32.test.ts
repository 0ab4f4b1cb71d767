// Known values, and the two ways to go on from one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32, crc32Word } from './crc32.ts';

describe('CRC-32', () => {
  const known: readonly (readonly [text: string, expected: number])[] = [
    ['', 0],
    ['123456789', 0xcbf43926],
    ['/some/path', 0x46e02226],
    ['user-42', 0x7d06b873],
    ['foo', 0x8c736521],
    ['bar', 0x76ff8caa],
  ];
  for (const [text, expected] of known) {
    test(`of "${text}" is ${expected.toString(16)}`, () => assert.equal(crc32(text), expected));
  }

  test('goes on where it stopped', () => {
    for (let cut = 0; cut <= 10; cut++) assert.equal(crc32('/some/path'.slice(cut), crc32('/some/path'.slice(0, cut))), 0x46e02226);
  });

  test('goes on over the bytes of a number, the lowest first', () => {
    for (const word of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x04030201]) {
      const bytes = String.fromCharCode(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
      assert.equal(crc32Word(word, crc32('host')), crc32(bytes, crc32('host')));
      assert.equal(crc32Word(word), crc32(bytes));
    }
  });

  test('gives the points that nginx places on its ring for a server', () => {
    assert.deepEqual(points('127.0.0.1', '7777', 5), [842782624, 66278312, 1921422695, 3166719452, 802613243]);
    assert.deepEqual(points('127.0.0.1', '7778', 5), [2959818865, 1578765224, 136255570, 14414652, 3755529781]);
    assert.deepEqual(points('backend1', '', 3), [1364708562, 2888398869, 4149486271]);
  });

  test('gives the hashes that nginx adds up from try to try', () => {
    assert.deepEqual(sums('/some/path'), [18144, 28137, 44244, 76857]);
    assert.deepEqual(sums('user-42'), [32006, 51509, 68565, 72159]);
    assert.deepEqual(sums('foo'), [3187, 10068, 12200, 24720]);
    assert.deepEqual(sums('bar'), [30463, 55148, 84548, 103592]);
  });
});

/** ngx_http_upstream_init_chash: each point goes into the next. */
function points(host: string, port: string, count: number): number[] {
  const base = crc32(`${host}\0${port}`);
  const result: number[] = [];
  for (let index = 0; index < count; index++) result.push(crc32Word(result.at(-1) ?? 0, base));
  return result;
}

/** ngx_http_upstream_get_hash_peer: the number of the try goes before the key. */
function sums(key: string): number[] {
  let sum = 0;
  return ['', '1', '2', '3'].map((rehash) => {
    sum += (crc32(rehash + key) >>> 16) & 0x7fff;
    return sum;
  });
}
