import { crc32 } from '../src/foundation/hashing/crc32.ts';
import { Hash64 } from '../src/foundation/hashing/limbs.ts';
import { xxh32 } from '../src/foundation/hashing/xxh32.ts';
import { xxh64Into, xxh64WordsInto } from '../src/foundation/hashing/xxh64.ts';
import { wordAt } from '../src/foundation/hashing/byte-string.ts';
import { measure } from './micro.ts';
const hash = new Hash64();
const words = new Int32Array(64).map((_, i) => i * 0x1234567);
const scratch = Buffer.alloc(1024);
for (const length of [8, 32]) {
const texts = Array.from({ length: 64 }, (_, index) => Buffer.from(`${index}/user-4711/shop/basket/items/and/more`.repeat(8)).latin1Slice(0, length));
measure(`direct ${length}`, [
  { name: 'crc', run: (n) => { let s = 0; for (let i = 0; i < n; i++) s ^= crc32(texts[i & 63] as string); return s; } },
  { name: 'xxh32', run: (n) => { let s = 0; for (let i = 0; i < n; i++) s ^= xxh32(texts[i & 63] as string); return s; } },
  { name: 'xxh64', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { xxh64Into(texts[i & 63] as string, 0, hash); s ^= hash.low; } return s; } },
  { name: 'xxh64 words', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { words[0] = i; xxh64WordsInto(words, length, 0, hash); s ^= hash.low; } return s; } },
  { name: 'sum charCode', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { const t = texts[i & 63] as string; for (let k = 0; k < t.length; k++) s = (s + t.charCodeAt(k)) | 0; } return s; } },
  { name: 'sum wordAt', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { const t = texts[i & 63] as string; for (let k = 0; k + 3 < t.length; k+=4) s = (s + wordAt(t, k)) | 0; } return s; } },
  { name: 'latin1Write', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { const t = texts[i & 63] as string; s+= scratch.latin1Write(t, 0); } return s; } },
]);
}
