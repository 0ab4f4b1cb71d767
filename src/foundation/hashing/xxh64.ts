// Hot path. XXH64, by which Envoy and gRPC place endpoints and keys on rings and in tables.
// Y. Collet, "xxHash fast digest algorithm", specification 0.1.1, in halves of 32 bits.
import { readWords } from './byte-string.ts';
import { Hash64, highOfProduct, highOfSum } from './limbs.ts';

const prime1High = 0x9e3779b1 | 0;
const prime1Low = 0x85ebca87 | 0;
const prime2High = 0xc2b2ae3d | 0;
const prime2Low = 0x27d4eb4f | 0;
const prime3High = 0x165667b1 | 0;
const prime3Low = 0x9e3779f9 | 0;
const prime4High = 0x85ebca77 | 0;
const prime4Low = 0xc2b2ae63 | 0;
const prime5High = 0x27d4eb2f | 0;
const prime5Low = 0x165667c5 | 0;

/** What is hashed now, as little-endian words. Grows with the longest text seen. */
let scratch = new Int32Array(64);

/** Four lanes, each its low half and then its high half, and by how many bits each is turned in the end. */
const lanes = new Int32Array(8);
const laneTurns = Int32Array.of(1, 7, 12, 18);

/** What `turn31` gave last. */
const turned = new Hash64();

/** Hashes the text into `target`. The seed has at most 32 bits here. */
export function xxh64Into(text: string, seed: number, target: Hash64): void {
  const length = text.length;
  if (length >= 4 * scratch.length) scratch = new Int32Array(length >> 1);
  readWords(text, scratch);
  xxh64WordsInto(scratch, length, seed, target);
}

/** The same over `length` bytes that stand in little-endian words already. */
export function xxh64WordsInto(words: Int32Array, length: number, seed: number, target: Hash64): void {
  const striped = (length & ~31) >> 2;
  if (striped > 0) {
    hashStripes(words, striped, seed);
    mergeLanes(target);
  } else {
    target.high = highOfSum(prime5High, prime5Low, 0, seed);
    target.low = (prime5Low + seed) | 0;
  }
  target.high = highOfSum(target.high, target.low, 0, length);
  target.low = (target.low + length) | 0;
  hashRest(words, striped, length, target);
  avalanche(target);
}

function hashStripes(words: Int32Array, end: number, seed: number): void {
  beginLane(0, highOfSum(prime1High, prime1Low, prime2High, prime2Low), (prime1Low + prime2Low) | 0, seed);
  beginLane(2, prime2High, prime2Low, seed);
  beginLane(4, 0, 0, seed);
  // Minus the first prime.
  beginLane(6, ~prime1High, -prime1Low, seed);
  for (let at = 0; at < end; at += 2) {
    const lane = at & 6;
    // The words and lanes are there, which the compiler cannot see; so below.
    const low = words[at] as number;
    const high = highOfProduct(words[at + 1] as number, low, prime2High, prime2Low);
    const productLow = Math.imul(low, prime2Low);
    const laneLow = lanes[lane] as number;
    turn31(highOfSum(lanes[lane + 1] as number, laneLow, high, productLow), (laneLow + productLow) | 0);
    lanes[lane] = turned.low;
    lanes[lane + 1] = turned.high;
  }
}

function beginLane(lane: number, high: number, low: number, seed: number): void {
  lanes[lane] = low + seed;
  lanes[lane + 1] = highOfSum(high, low, 0, seed);
}

/** Adds up the lanes, each turned by its own number of bits, and then mixes in each of them once more. */
function mergeLanes(target: Hash64): void {
  let high = 0;
  let low = 0;
  for (let lane = 0; lane < 4; lane++) {
    const bits = laneTurns[lane] as number;
    const laneLow = lanes[2 * lane] as number;
    const laneHigh = lanes[2 * lane + 1] as number;
    const addedLow = (laneLow << bits) | (laneHigh >>> (32 - bits));
    high = highOfSum(high, low, (laneHigh << bits) | (laneLow >>> (32 - bits)), addedLow);
    low = (low + addedLow) | 0;
  }
  for (let lane = 0; lane < 8; lane += 2) {
    mix(lanes[lane + 1] as number, lanes[lane] as number);
    high ^= turned.high;
    low ^= turned.low;
    const productLow = Math.imul(low, prime1Low);
    high = highOfSum(highOfProduct(high, low, prime1High, prime1Low), productLow, prime4High, prime4Low);
    low = (productLow + prime4Low) | 0;
  }
  target.high = high;
  target.low = low;
}

/** What no stripe holds: pairs of words, one word, and bytes. */
function hashRest(words: Int32Array, from: number, length: number, target: Hash64): void {
  let { high, low } = target;
  let at = from;
  for (const end = (length >> 2) - 1; at < end; at += 2) {
    mix(words[at + 1] as number, words[at] as number);
    high ^= turned.high;
    low ^= turned.low;
    const turnedLow = (low << 27) | (high >>> 5);
    const productLow = Math.imul(turnedLow, prime1Low);
    high = highOfSum(highOfProduct((high << 27) | (low >>> 5), turnedLow, prime1High, prime1Low), productLow, prime4High, prime4Low);
    low = (productLow + prime4Low) | 0;
  }
  target.high = high;
  target.low = low;
  if ((length & 4) !== 0) hashWord(words[at++] as number, target);
  if ((length & 3) !== 0) hashBytes(words[at] as number, length & 3, target);
}

function hashWord(word: number, target: Hash64): void {
  const high = target.high ^ highOfProduct(0, word, prime1High, prime1Low);
  const low = target.low ^ Math.imul(word, prime1Low);
  const turnedLow = (low << 23) | (high >>> 9);
  const productLow = Math.imul(turnedLow, prime2Low);
  const productHigh = highOfProduct((high << 23) | (low >>> 9), turnedLow, prime2High, prime2Low);
  target.high = highOfSum(productHigh, productLow, prime3High, prime3Low);
  target.low = (productLow + prime3Low) | 0;
}

/** One to three bytes, the lowest of the word first. */
function hashBytes(word: number, count: number, target: Hash64): void {
  let { high, low } = target;
  for (let shift = 0; shift < 8 * count; shift += 8) {
    const byte = (word >>> shift) & 0xff;
    high ^= highOfProduct(0, byte, prime5High, prime5Low);
    low ^= Math.imul(byte, prime5Low);
    const turnedLow = (low << 11) | (high >>> 21);
    high = highOfProduct((high << 11) | (low >>> 21), turnedLow, prime1High, prime1Low);
    low = Math.imul(turnedLow, prime1Low);
  }
  target.high = high;
  target.low = low;
}

function avalanche(target: Hash64): void {
  let { high, low } = target;
  low ^= high >>> 1;
  high = highOfProduct(high, low, prime2High, prime2Low);
  low = Math.imul(low, prime2Low);
  low ^= (low >>> 29) | (high << 3);
  high ^= high >>> 29;
  high = highOfProduct(high, low, prime3High, prime3Low);
  low = Math.imul(low, prime3Low);
  target.high = high;
  target.low = low ^ high;
}

/** What a pair of words becomes before it is mixed in. */
function mix(high: number, low: number): void {
  turn31(highOfProduct(high, low, prime2High, prime2Low), Math.imul(low, prime2Low));
}

/** Turns by 31 bits and multiplies. */
function turn31(high: number, low: number): void {
  const turnedLow = (low << 31) | (high >>> 1);
  turned.high = highOfProduct((high << 31) | (low >>> 1), turnedLow, prime1High, prime1Low);
  turned.low = Math.imul(turnedLow, prime1Low);
}
