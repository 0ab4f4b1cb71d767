// Hot path. MurmurHash3 for x86, 32 bits: A. Appleby, SMHasher, MurmurHash3_x86_32.
import { wordAt } from './byte-string.ts';

/** Unsigned. */
export function murmur3(text: string, seed = 0): number {
  return signedMurmur3(text, seed | 0) >>> 0;
}

/** Signed, because V8 boxes a number above 2^31 that a function returns, unless it is compiled into its caller. */
function signedMurmur3(text: string, seed: number): number {
  const length = text.length;
  const whole = length & ~3;
  let hash = seed | 0;
  for (let at = 0; at < whole; at += 4) {
    hash = (Math.imul(turn(hash ^ scramble(wordAt(text, at)), 13), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = length - 1; at >= whole; at--) rest = (rest << 8) | text.charCodeAt(at);
  // What no byte is left for scrambles to nothing.
  hash ^= scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const scramble = (word: number): number => Math.imul(turn(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);

const turn = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
