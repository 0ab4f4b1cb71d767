// Hot path. MD5 as in RFC 1321, for placing points and finding keys the way libketama does; never to protect anything.
import { readWords } from './byte-string.ts';

/** The four words of the digest, unsigned: each little-endian, in the order of its bytes. */
export type Md5Digest = readonly [number, number, number, number];

/** RFC 1321 section 3.4: the whole part of 2^32 times the sine of 1 to 64. */
const sines = Int32Array.from({ length: 64 }, (_zero, index) => Math.floor(0x1_0000_0000 * Math.abs(Math.sin(index + 1))));

/** By how many bits each step turns: four for each round, over and over. */
const turns = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);

/** The padded text, as little-endian words. Grows with the longest text seen. */
let scratch = new Int32Array(64);

export function md5(text: string): Md5Digest {
  const words = new Int32Array(4);
  md5Into(text, words);
  // There are four words, which the compiler cannot see; so below.
  const [a, b, c, d] = new Uint32Array(words) as unknown as Md5Digest;
  return [a, b, c, d];
}

/** Writes the four words of the digest, signed. */
export function md5Into(text: string, digest: Int32Array): void {
  const end = pad(text);
  digest[0] = 0x67452301;
  digest[1] = 0xefcdab89;
  digest[2] = 0x98badcfe;
  digest[3] = 0x10325476;
  for (let block = 0; block < end; block += 16) digestBlock(block, digest);
}

/** One bit that is set, zeros, and the length in bits fill up the last block. Says how many words there are. */
function pad(text: string): number {
  const { length } = text;
  const end = (((length + 8) >> 6) + 1) << 4;
  if (end >= scratch.length) scratch = new Int32Array(2 * end);
  scratch.fill(0, length >> 2, end);
  readWords(text, scratch);
  scratch[length >> 2] = (scratch[length >> 2] as number) | (0x80 << (8 * (length & 3)));
  scratch[end - 2] = length << 3;
  scratch[end - 1] = length >>> 29;
  return end;
}

function digestBlock(block: number, state: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const word = scratch[block + wordOf(round, step)] as number;
    // Cut to 32 bits at once, so that all sums stay whole numbers for the processor.
    const sum = (a + choose(round, b, c, d) + word + (sines[step] as number)) | 0;
    const bits = turns[4 * round + (step & 3)] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << bits) | (sum >>> (32 - bits)))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
}

/** Which word of the block a step takes. */
function wordOf(round: number, step: number): number {
  if (round === 0) return step & 15;
  if (round === 1) return (5 * step + 1) & 15;
  if (round === 2) return (3 * step + 5) & 15;
  return (7 * step) & 15;
}

/** The functions F, G, H and I of the RFC. */
function choose(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (b & d) | (c & ~d);
  if (round === 2) return b ^ c ^ d;
  return c ^ (b | ~d);
}
