// Hot path. Jump consistent hash: buckets 0 to n - 1, of which only the last may come or go without moving other keys.
// J. Lamping and E. Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", arXiv 1406.2294.
import { highOfProduct } from './limbs.ts';

// The generator of the paper: 2862933555777941757 times the key, plus one.
const factorHigh = 0x27bb2ee6;
const factorLow = 0x87b0b0fd | 0;

/** The bucket of a key of 64 bits. Needs at least one bucket. */
export function jumpHash(keyHigh: number, keyLow: number, buckets: number): number {
  let high = keyHigh;
  let low = keyLow;
  let bucket = 0;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    high = highOfProduct(high, low, factorHigh, factorLow);
    low = (Math.imul(low, factorLow) + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    // Divided first, as in the paper: doubles round in this order on every machine.
    next = Math.floor((bucket + 1) * (0x8000_0000 / ((high >>> 1) + 1)));
  }
  return bucket;
}
