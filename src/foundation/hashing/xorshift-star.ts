// Hot path. Scatters 64 bits with a single product, for where every endpoint needs a number of its own for each key.
// S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016: xorshift64*, shifts 12, 25 and 27.
// Envoy scores its endpoints so: the hash of the key, exclusive or that of the endpoint, one step.
import { type Hash64, highOfProduct } from './limbs.ts';

// 2685821657736338717
const factorHigh = 0x2545f491;
const factorLow = 0x4f6cdd1d;

/** One step from the halves given, written into `target`. Zero stays zero. */
export function xorshiftStarInto(high: number, low: number, target: Hash64): void {
  const firstHigh = high ^ (high >>> 12);
  const firstLow = low ^ ((low >>> 12) | (high << 20));
  const secondHigh = firstHigh ^ ((firstHigh << 25) | (firstLow >>> 7));
  const secondLow = firstLow ^ (firstLow << 25);
  const thirdHigh = secondHigh ^ (secondHigh >>> 27);
  const thirdLow = secondLow ^ ((secondLow >>> 27) | (secondHigh << 5));
  target.high = highOfProduct(thirdHigh, thirdLow, factorHigh, factorLow);
  target.low = Math.imul(thirdLow, factorLow);
}
