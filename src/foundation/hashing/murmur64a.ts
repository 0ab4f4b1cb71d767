// Hot path. MurmurHash64A, in halves of 32 bits: A. Appleby, SMHasher, MurmurHash2.cpp. Envoy offers it for rings as MURMUR_HASH_2.
import { wordAt } from './byte-string.ts';
import { type Hash64, highOfProduct } from './limbs.ts';

const factorHigh = 0xc6a4a793 | 0;
const factorLow = 0x5bd1e995 | 0;

/** What Envoy and the C++ library of GCC begin with. */
export const murmurSeedOfEnvoy = 0xc70f6907;

/** Hashes the text into `target`. The seed has at most 32 bits here. */
export function murmur64aInto(text: string, seed: number, target: Hash64): void {
  const length = text.length;
  const whole = length & ~7;
  target.high = highOfProduct(0, length, factorHigh, factorLow);
  target.low = seed ^ Math.imul(length, factorLow);
  for (let at = 0; at < whole; at += 8) mix(wordAt(text, at + 4), wordAt(text, at), target);
  if (whole < length) {
    target.high ^= bytesAt(text, whole + 4);
    target.low ^= bytesAt(text, whole);
    multiply(target);
  }
  fold(target);
  multiply(target);
  fold(target);
}

function mix(wordHigh: number, wordLow: number, target: Hash64): void {
  const high = highOfProduct(wordHigh, wordLow, factorHigh, factorLow);
  const low = foldedLow(high, Math.imul(wordLow, factorLow));
  target.high ^= highOfProduct(high, low, factorHigh, factorLow);
  target.low ^= Math.imul(low, factorLow);
  multiply(target);
}

function multiply(target: Hash64): void {
  target.high = highOfProduct(target.high, target.low, factorHigh, factorLow);
  target.low = Math.imul(target.low, factorLow);
}

function fold(target: Hash64): void {
  target.low = foldedLow(target.high, target.low);
}

/** The low half of `value ^ (value >>> 47)`; the high half stays. */
const foldedLow = (high: number, low: number): number => low ^ (high >>> 15);

/** Up to four bytes, filled up with zeros where the text ends. */
function bytesAt(text: string, index: number): number {
  let word = 0;
  for (let at = Math.min(index + 4, text.length) - 1; at >= index; at--) word = (word << 8) | text.charCodeAt(at);
  return word;
}
