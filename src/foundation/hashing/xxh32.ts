// Hot path. XXH32, for where 32 bits are enough and no other program has to agree on the hash.
// Y. Collet, "xxHash fast digest algorithm", specification 0.1.1.
import { wordAt } from './byte-string.ts';

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

/** Unsigned. */
export function xxh32(text: string, seed = 0): number {
  return signedXxh32(text, seed | 0) >>> 0;
}

/** Signed, because V8 boxes a number above 2^31 that a function returns, unless it is compiled into its caller. */
function signedXxh32(text: string, seed: number): number {
  const length = text.length;
  const stripes = length & ~15;
  let hash = (stripes > 0 ? hashStripes(text, stripes, seed) : seed + prime5) + length;
  let at = stripes;
  for (const end = length - 3; at < end; at += 4) {
    hash = Math.imul(rotate(hash + Math.imul(wordAt(text, at), prime3), 17), prime4);
  }
  for (; at < length; at++) {
    hash = Math.imul(rotate(hash + Math.imul(text.charCodeAt(at), prime5), 11), prime1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return hash ^ (hash >>> 16);
}

/** Four lanes side by side, each over every fourth word, and then one of all four. */
function hashStripes(text: string, end: number, seed: number): number {
  let lane1 = seed + prime1 + prime2;
  let lane2 = seed + prime2;
  let lane3 = seed;
  let lane4 = seed - prime1;
  for (let at = 0; at < end; at += 16) {
    lane1 = advance(lane1, wordAt(text, at));
    lane2 = advance(lane2, wordAt(text, at + 4));
    lane3 = advance(lane3, wordAt(text, at + 8));
    lane4 = advance(lane4, wordAt(text, at + 12));
  }
  return (rotate(lane1, 1) + rotate(lane2, 7) + rotate(lane3, 12) + rotate(lane4, 18)) | 0;
}

const advance = (lane: number, word: number): number => Math.imul(rotate(lane + Math.imul(word, prime2), 13), prime1);

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
