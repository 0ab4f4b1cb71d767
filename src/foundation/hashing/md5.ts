// MD5 as in RFC 1321, for placing points the way libketama does. Used while tables are built, never on the way of a request,
// and never to protect anything.
import { wordAt } from './byte-string.ts';

/** The four words of the digest, unsigned: each little-endian, in the order of its bytes. */
export type Md5Digest = readonly [number, number, number, number];

/** RFC 1321 section 3.4: the whole part of 2^32 times the sine of 1 to 64. */
const sines = Int32Array.from({ length: 64 }, (_zero, index) => Math.floor(0x1_0000_0000 * Math.abs(Math.sin(index + 1))));

/** By how many bits each step turns: four for each round, over and over. */
const turns = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);

export function md5(text: string): Md5Digest {
  const padded = pad(text);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < padded.length; block += 64) digestBlock(padded, block, state);
  // The state has four words, which the compiler cannot see; so below.
  const [a, b, c, d] = new Uint32Array(state) as unknown as Md5Digest;
  return [a, b, c, d];
}

/** One bit that is set, zeros, and the length in bits fill up the last block. */
function pad(text: string): string {
  const zeros = (119 - (text.length % 64)) % 64;
  const bits = 8 * text.length;
  const length = [0, 8, 16, 24].map((shift) => String.fromCharCode((bits >>> shift) & 0xff)).join('');
  const rest = String.fromCharCode(Math.floor(bits / 0x1_0000_0000));
  return `${text}\x80${'\0'.repeat(zeros)}${length}${rest}\0\0\0`;
}

function digestBlock(text: string, block: number, state: Int32Array): void {
  let [a, b, c, d] = state as unknown as Md5Digest;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const word = wordAt(text, block + 4 * wordOf(round, step));
    const sum = a + choose(round, b, c, d) + word + (sines[step] as number);
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
