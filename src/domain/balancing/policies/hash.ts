// Hot path. The hash of the key, divided over all endpoints by weight. Whenever the endpoints change nearly all keys move, so this is for
// taking over from nginx and HAProxy, and for lists that never change.
import { turnsOf } from '../../../foundation/algorithms/static-turns.ts';
import { crc32 } from '../../../foundation/hashing/crc32.ts';
import { avalanche, djb2, sdbm, wt6 } from '../../../foundation/hashing/haproxy-hashes.ts';
import { jumpHash } from '../../../foundation/hashing/jump.ts';
import { Hash64 } from '../../../foundation/hashing/limbs.ts';
import { murmur3 } from '../../../foundation/hashing/murmur3.ts';
import { xxh32 } from '../../../foundation/hashing/xxh32.ts';
import { xxh64Into } from '../../../foundation/hashing/xxh64.ts';
import type { KeyOrder } from '../keyed/key-order.ts';
import { KeyedPicker } from '../keyed/keyed-picker.ts';
import { weightedSlots } from '../keyed/weighted-slots.ts';
import { keyedOn, keyedOptions } from '../keyed-options.ts';
import type { OptionValues } from '../options.ts';
import { flag, word } from '../options.ts';
import { definePolicy } from '../policy.ts';

const options = {
  ...keyedOptions,
  method: word({
    words: ['nginx', 'xxh32', 'murmur3', 'sdbm', 'djb2', 'wt6', 'jump'],
    default: 'nginx',
    about:
      'The hash, and how it is divided: nginx as in its `hash` without `consistent`; sdbm, djb2 and wt6 as in HAProxy with `hash-type map-based`, over ' +
      'the same map as xxh32 and murmur3. jump divides by place in the list and heeds no weights: it moves the fewest keys possible, as long as only the ' +
      'last endpoint of the list comes or goes.',
  }),
  avalanche: flag({ default: false, about: "With sdbm, djb2 and wt6: whether HAProxy's `hash-type` has `avalanche`." }),
};
type Settings = Pick<OptionValues<typeof options>, 'method' | 'avalanche'>;

export const hash = definePolicy({
  name: 'hash',
  summary:
    'Sends the same key to the same endpoint, by the remainder of a hash and the order of the list; when endpoints come or go nearly all keys move.',
  choose: 'Taking over from `hash` of nginx or `hash-type map-based` of HAProxy; otherwise consistent-hash, maglev or rendezvous.',
  cost: 'O(1) for a pick, O(n) to build; building a map takes O(n W) for weights that add up to W.',
  source: 'nginx (hash), HAProxy (hash-type map-based), J. Lamping and E. Veach, arXiv 1406.2294 (jump).',
  honoursWeights: true,
  keyedOn,
  options,
  build: (candidates, settings) =>
    new KeyedPicker(
      candidates,
      hashOrder(
        candidates.map(({ weight }) => weight),
        settings,
      ),
    ),
});

/** The order of places in a list with these weights. */
export function hashOrder(weights: readonly number[], { method, avalanche: isMixed }: Settings): KeyOrder {
  switch (method) {
    case 'nginx':
      return new NginxHashOrder(weights);
    case 'jump':
      return new JumpOrder(weights.length);
    default: {
      const hashOf = hashes[method];
      return new MapOrder(weights, isMixed && method in haproxyHashes ? (key) => avalanche(hashOf(key)) | 0 : hashOf);
    }
  }
}

// Signed, because V8 boxes a number above 2^31 when it is returned.
const haproxyHashes = {
  sdbm: (key: string) => sdbm(key) | 0,
  djb2: (key: string) => djb2(key) | 0,
  wt6: (key: string) => wt6(key) | 0,
};
const hashes = { ...haproxyHashes, xxh32: (key: string) => xxh32(key) | 0, murmur3: (key: string) => murmur3(key) | 0 };

/** So often a hash is changed for one more endpoint, before the others follow in the order of the list. As in nginx. */
const mostRehashes = 20;

/** nginx takes fifteen bits of a hash. */
const nginxHashes = 32_768;
/** The number of the rehash stands before the key. */
const nginxPrefixes = Uint32Array.from({ length: mostRehashes + 1 }, (_, rehash) => crc32(rehash === 0 ? '' : String(rehash)));

/** Each hash is added to the ones before. */
class NginxHashOrder implements KeyOrder {
  readonly #slots: Uint16Array;
  #key = '';
  #hash = 0;
  #rehash = 0;

  constructor(weights: readonly number[]) {
    this.#slots = weightedSlots(weights, nginxHashes);
  }

  first(key: string): number {
    this.#key = key;
    this.#hash = 0;
    this.#rehash = -1;
    return this.next();
  }

  next(): number {
    if (this.#rehash === mostRehashes) return -1;
    this.#rehash++;
    // Indices are in range, which the compiler cannot see; so below.
    this.#hash += (crc32(this.#key, nginxPrefixes[this.#rehash] as number) >>> 16) & 0x7fff;
    return this.#slots[this.#hash % this.#slots.length] as number;
  }
}

/** HAProxy looks up the remainder in a map of turns; which servers come after the first is our own choice. */
class MapOrder implements KeyOrder {
  readonly #turns: Uint16Array;
  /** Signed. */
  readonly #hashOf: (key: string) => number;
  #hash = 0;
  #rehash = 0;

  constructor(weights: readonly number[], hashOf: (key: string) => number) {
    this.#turns = turnsOf(weights);
    this.#hashOf = hashOf;
  }

  first(key: string): number {
    this.#hash = this.#hashOf(key);
    this.#rehash = 0;
    return this.#turns[(this.#hash >>> 0) % this.#turns.length] as number;
  }

  next(): number {
    if (this.#rehash === mostRehashes) return -1;
    this.#rehash++;
    return this.#turns[avalanche((this.#hash + this.#rehash) | 0) % this.#turns.length] as number;
  }
}

class JumpOrder implements KeyOrder {
  readonly #count: number;
  readonly #hash = new Hash64();
  #rehash = 0;

  constructor(count: number) {
    this.#count = count;
  }

  first(key: string): number {
    xxh64Into(key, 0, this.#hash);
    this.#rehash = 0;
    return jumpHash(this.#hash.high, this.#hash.low, this.#count);
  }

  next(): number {
    if (this.#rehash === mostRehashes) return -1;
    this.#rehash++;
    // Mixed, because keys that differ by one jump to buckets that lie side by side.
    return jumpHash(avalanche((this.#hash.high + this.#rehash) | 0), this.#hash.low, this.#count);
  }
}
