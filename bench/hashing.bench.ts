// What one hash costs, by length of the text.
import { crc32 } from '../src/foundation/hashing/crc32.ts';
import { Hash64 } from '../src/foundation/hashing/limbs.ts';
import { md5 } from '../src/foundation/hashing/md5.ts';
import { xxh32 } from '../src/foundation/hashing/xxh32.ts';
import { xxh64Into } from '../src/foundation/hashing/xxh64.ts';
import { measure } from './micro.ts';

const hash = new Hash64();

/** Texts as a parser cuts them out of what was read, all of one length. */
const textsOf = (length: number): readonly string[] =>
  Array.from({ length: 64 }, (_, index) => Buffer.from(`${index}/user-4711/shop/basket/items/and/more`.repeat(8)).latin1Slice(0, length));

const functions: readonly (readonly [name: string, hashed: (text: string) => number])[] = [
  ['CRC-32', (text) => crc32(text)],
  ['XXH32', (text) => xxh32(text)],
  [
    'XXH64',
    (text) => {
      xxh64Into(text, 0, hash);
      return hash.low;
    },
  ],
];

for (const length of [8, 16, 32, 100]) {
  const texts = textsOf(length);
  const cases = functions.map(([name, hashed]) => ({
    name,
    run: (calls: number) => {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum ^= hashed(texts[call & 63] as string); // The mask keeps it in range.
      return sum;
    },
  }));
  measure(`One hash of ${length} bytes`, cases);
}
