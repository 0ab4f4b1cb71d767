// Known values; those of "", "a", "abc" and the fox are found with every implementation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { xxh32 } from './xxh32.ts';

describe('XXH32', () => {
  const known: readonly (readonly [text: string, seed: number, expected: number])[] = [
    ['', 0, 0x02cc5d05],
    ['a', 0, 0x550d7456],
    ['abc', 0, 0x32d153ff],
    ['test', 0, 0x3e2023cf],
    ['user-42', 0, 0x61819a7e],
    ['The quick brown fox jumps over the lazy dog', 0, 0xe85ea4de],
    ['test', 1, 0xf782311e],
  ];
  for (const [text, seed, expected] of known) {
    test(`of "${text}" with seed ${seed} is ${expected.toString(16)}`, () => assert.equal(xxh32(text, seed), expected));
  }

  test('has the seed 0 unless told', () => assert.equal(xxh32('test'), 0x3e2023cf));
});
