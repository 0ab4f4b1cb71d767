// Any bytes: beside Node's own hashes, and beside the definitions written down over integers of any size.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { crc32 as crc32OfNode } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from './crc32.ts';
import { Hash64 } from './limbs.ts';
import { md5 } from './md5.ts';
import { murmur3 } from './murmur3.ts';
import { murmur64aInto } from './murmur64a.ts';
import { xxh32 } from './xxh32.ts';
import { xxh64Into } from './xxh64.ts';

const someBytes = fc.uint8Array({ maxLength: 300, size: 'max' }).map((bytes) => Buffer.from(bytes));
const someSeed = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff }));
const options = { seed: 0x5eed, numRuns: 500 };
const textOf = (bytes: Buffer): string => bytes.toString('latin1');

test('CRC-32 is the one of zlib, wherever it is cut', () => {
  fc.assert(
    fc.property(someBytes, fc.nat(300), someSeed, (bytes, cut, state) => {
      assert.equal(crc32(textOf(bytes), state), crc32OfNode(bytes, state));
      assert.equal(crc32(textOf(bytes.subarray(cut)), crc32(textOf(bytes.subarray(0, cut)))), crc32OfNode(bytes));
    }),
    options,
  );
});

test('MD5 is the one of OpenSSL', () => {
  fc.assert(
    fc.property(someBytes, (bytes) => {
      const digest = createHash('md5').update(bytes).digest();
      assert.deepEqual(
        md5(textOf(bytes)),
        [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)),
      );
    }),
    options,
  );
});

test('XXH32 is what its definition says', () => {
  fc.assert(
    fc.property(someBytes, someSeed, (bytes, seed) => {
      assert.equal(BigInt(xxh32(textOf(bytes), seed)), xxh32AsDefined(bytes, BigInt(seed)));
    }),
    options,
  );
});

test('XXH64 is what its definition says', () => {
  const hash = new Hash64();
  fc.assert(
    fc.property(someBytes, someSeed, (bytes, seed) => {
      xxh64Into(textOf(bytes), seed, hash);
      assert.equal(wholeOf(hash), xxh64AsDefined(bytes, BigInt(seed)));
    }),
    options,
  );
});

test('MurmurHash3 is what its definition says', () => {
  fc.assert(
    fc.property(someBytes, someSeed, (bytes, seed) => {
      assert.equal(BigInt(murmur3(textOf(bytes), seed)), murmur3AsDefined(bytes, BigInt(seed)));
    }),
    options,
  );
});

test('MurmurHash64A is what its definition says', () => {
  const hash = new Hash64();
  fc.assert(
    fc.property(someBytes, someSeed, (bytes, seed) => {
      murmur64aInto(textOf(bytes), seed, hash);
      assert.equal(wholeOf(hash), murmur64aAsDefined(bytes, BigInt(seed)));
    }),
    options,
  );
});

const wholeOf = ({ high, low }: Hash64): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

/** The arithmetic of so many bits. */
function arithmeticOf(size: number) {
  const cut = (value: bigint): bigint => BigInt.asUintN(size, value);
  const turn = (value: bigint, bits: number): bigint => cut(value << BigInt(bits)) | (value >> BigInt(size - bits));
  return { cut, turn };
}

function littleEndian(bytes: Buffer, at: number, count: number): bigint {
  let value = 0n;
  for (let index = count - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes.readUInt8(at + index));
  return value;
}

function xxh32AsDefined(bytes: Buffer, seed: bigint): bigint {
  const { cut, turn } = arithmeticOf(32);
  const [p1, p2, p3, p4, p5] = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn, 0x27d4eb2fn, 0x165667b1n] as const;
  let at = 0;
  let hash = cut(seed + p5);
  if (bytes.length >= 16) {
    const lanes = [seed + p1 + p2, seed + p2, seed, seed - p1].map(cut);
    for (; at + 16 <= bytes.length; at += 16) {
      lanes.forEach((lane, index) => {
        lanes[index] = cut(turn(cut(lane + littleEndian(bytes, at + 4 * index, 4) * p2), 13) * p1);
      });
    }
    hash = cut(lanes.reduce((sum, lane, index) => sum + turn(lane, [1, 7, 12, 18][index] ?? 0), 0n));
  }
  hash = cut(hash + BigInt(bytes.length));
  for (; at + 4 <= bytes.length; at += 4) hash = cut(turn(cut(hash + littleEndian(bytes, at, 4) * p3), 17) * p4);
  for (; at < bytes.length; at++) hash = cut(turn(cut(hash + BigInt(bytes.readUInt8(at)) * p5), 11) * p1);
  hash = cut((hash ^ (hash >> 15n)) * p2);
  hash = cut((hash ^ (hash >> 13n)) * p3);
  return hash ^ (hash >> 16n);
}

function xxh64AsDefined(bytes: Buffer, seed: bigint): bigint {
  const { cut, turn } = arithmeticOf(64);
  const [p1, p2, p3] = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n] as const;
  const [p4, p5] = [0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n] as const;
  const round = (lane: bigint, word: bigint): bigint => cut(turn(cut(lane + word * p2), 31) * p1);
  let at = 0;
  let hash = cut(seed + p5);
  if (bytes.length >= 32) {
    const lanes = [seed + p1 + p2, seed + p2, seed, seed - p1].map(cut);
    for (; at + 32 <= bytes.length; at += 32) {
      lanes.forEach((lane, index) => {
        lanes[index] = round(lane, littleEndian(bytes, at + 8 * index, 8));
      });
    }
    hash = cut(lanes.reduce((sum, lane, index) => sum + turn(lane, [1, 7, 12, 18][index] ?? 0), 0n));
    for (const lane of lanes) hash = cut((hash ^ round(0n, lane)) * p1 + p4);
  }
  hash = cut(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) hash = cut(turn(hash ^ round(0n, littleEndian(bytes, at, 8)), 27) * p1 + p4);
  if (at + 4 <= bytes.length) {
    hash = cut(turn(hash ^ cut(littleEndian(bytes, at, 4) * p1), 23) * p2 + p3);
    at += 4;
  }
  for (; at < bytes.length; at++) hash = cut(turn(hash ^ cut(BigInt(bytes.readUInt8(at)) * p5), 11) * p1);
  hash = cut((hash ^ (hash >> 33n)) * p2);
  hash = cut((hash ^ (hash >> 29n)) * p3);
  return hash ^ (hash >> 32n);
}

function murmur3AsDefined(bytes: Buffer, seed: bigint): bigint {
  const { cut, turn } = arithmeticOf(32);
  const scramble = (word: bigint): bigint => cut(turn(cut(word * 0xcc9e2d51n), 15) * 0x1b873593n);
  let at = 0;
  let hash = seed;
  for (; at + 4 <= bytes.length; at += 4) hash = cut(turn(hash ^ scramble(littleEndian(bytes, at, 4)), 13) * 5n + 0xe6546b64n);
  hash ^= scramble(littleEndian(bytes, at, bytes.length - at)) ^ BigInt(bytes.length);
  hash = cut((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = cut((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return hash ^ (hash >> 16n);
}

function murmur64aAsDefined(bytes: Buffer, seed: bigint): bigint {
  const { cut } = arithmeticOf(64);
  const factor = 0xc6a4a7935bd1e995n;
  const fold = (value: bigint): bigint => value ^ (value >> 47n);
  let at = 0;
  let hash = seed ^ cut(BigInt(bytes.length) * factor);
  for (; at + 8 <= bytes.length; at += 8) {
    const word = cut(fold(cut(littleEndian(bytes, at, 8) * factor)) * factor);
    hash = cut((hash ^ word) * factor);
  }
  if (at < bytes.length) hash = cut((hash ^ littleEndian(bytes, at, bytes.length - at)) * factor);
  return fold(cut(fold(hash) * factor));
}
