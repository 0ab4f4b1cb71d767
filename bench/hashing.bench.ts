// What one hash costs, by length of the text, and what rendezvous hashing costs over 100 endpoints, in both of its ways.
import { crc32 } from '../src/foundation/hashing/crc32.ts';
import { sdbm, wt6 } from '../src/foundation/hashing/haproxy-hashes.ts';
import { Hash64 } from '../src/foundation/hashing/limbs.ts';
import { murmur3 } from '../src/foundation/hashing/murmur3.ts';
import { murmur64aInto, murmurSeedOfEnvoy } from '../src/foundation/hashing/murmur64a.ts';
import { PrefixedXxh64 } from '../src/foundation/hashing/prefixed-xxh64.ts';
import { xorshiftStarInto } from '../src/foundation/hashing/xorshift-star.ts';
import { xxh32 } from '../src/foundation/hashing/xxh32.ts';
import { xxh64Into } from '../src/foundation/hashing/xxh64.ts';
import { measure } from './micro.ts';

const hash = new Hash64();

/** Texts as a parser cuts them out of what was read, all of one length. */
const textsOf = (length: number): readonly string[] =>
  Array.from({ length: 64 }, (_, index) => Buffer.from(`${index}/user-4711/shop/basket/items/and/more`.repeat(8)).latin1Slice(0, length));

const functions: readonly (readonly [name: string, hashed: (text: string) => number])[] = [
  ['CRC-32', crc32],
  ['XXH32', xxh32],
  ['MurmurHash3', murmur3],
  ['sdbm', sdbm],
  ['wt6', wt6],
  ['XXH64', lowOf((text) => xxh64Into(text, 0, hash))],
  ['MurmurHash64A', lowOf((text) => murmur64aInto(text, murmurSeedOfEnvoy, hash))],
];

function lowOf(write: (text: string) => void): (text: string) => number {
  return (text) => {
    write(text);
    return hash.low;
  };
}

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

const names = Array.from({ length: 100 }, (_, index) => `10.0.${index >> 3}.${index}:8080\0`);
const prefixed = new PrefixedXxh64(names);
const nameHighs = new Int32Array(100);
const nameLows = new Int32Array(100);
names.forEach((name, index) => {
  xxh64Into(name, 0, hash);
  nameHighs[index] = hash.high;
  nameLows[index] = hash.low;
});
const keyHash = new Hash64();

for (const length of [7, 20]) {
  const keys = textsOf(length);
  measure(`A number of each of 100 endpoints for a key of ${length} bytes`, [
    {
      name: 'XXH64 of name and key',
      run: (calls) => {
        let sum = 0;
        for (let call = 0; call < calls; call++) {
          prefixed.begin(keys[call & 63] as string); // The mask keeps it in range.
          for (let index = 0; index < 100; index++) {
            prefixed.hashInto(index, hash);
            sum ^= hash.high;
          }
        }
        return sum;
      },
    },
    {
      name: 'XXH64 of the key, one step of xorshift64* for each name',
      run: (calls) => {
        let sum = 0;
        for (let call = 0; call < calls; call++) {
          xxh64Into(keys[call & 63] as string, 0, keyHash);
          for (let index = 0; index < 100; index++) {
            // There are as many halves as names.
            xorshiftStarInto(keyHash.high ^ (nameHighs[index] as number), keyHash.low ^ (nameLows[index] as number), hash);
            sum ^= hash.high;
          }
        }
        return sum;
      },
    },
  ]);
}
