// Hot path. A hash ring: a key belongs to the endpoint whose point follows its hash, and when endpoints come or go only their own keys move.
// D. Karger et al., "Consistent Hashing and Random Trees", STOC 1997; each ring with the points and the hash of the program that it is named for.
import { HashRing } from '../../../foundation/algorithms/hash-ring.ts';
import { envoyPoints, haproxyPoints, ketamaPoints, nginxPoints } from '../../../foundation/algorithms/ring-points.ts';
import { crc32 } from '../../../foundation/hashing/crc32.ts';
import { avalanche, djb2, sdbm, wt6 } from '../../../foundation/hashing/haproxy-hashes.ts';
import { Hash64 } from '../../../foundation/hashing/limbs.ts';
import { md5Into } from '../../../foundation/hashing/md5.ts';
import { xxh64Into } from '../../../foundation/hashing/xxh64.ts';
import { memberOf, sortedById } from '../keyed/by-name.ts';
import type { KeyOrder } from '../keyed/key-order.ts';
import { KeyedPicker } from '../keyed/keyed-picker.ts';
import { keyedOn, keyedOptions } from '../keyed-options.ts';
import type { OptionValues } from '../options.ts';
import { flag, word } from '../options.ts';
import type { Candidates } from '../policy.ts';
import { definePolicy } from '../policy.ts';

const options = {
  ...keyedOptions,
  ring: word({
    words: ['nginx', 'libketama', 'envoy', 'haproxy'],
    default: 'nginx',
    about:
      'Whose ring: where the points stand and how keys are hashed. nginx and haproxy give an endpoint of weight 1 160 and 16 points, libketama 160 on ' +
      'average, envoy at least 1,024 to all together, so that some keys of others move too when an endpoint comes or goes. With haproxy endpoints go by their place in the list: only the last one comes and goes well. ' +
      'A ring has up to a million points; beyond, all endpoints have fewer, in proportion.',
  }),
  haproxyHash: word({
    words: ['sdbm', 'djb2', 'wt6', 'crc32'],
    default: 'sdbm',
    about: "With HAProxy's ring: the hash of its `hash-type`.",
  }),
  avalanche: flag({ default: true, about: "With HAProxy's ring: whether its `hash-type` has `avalanche`." }),
};
type Settings = OptionValues<typeof options>;

export const consistentHash = definePolicy({
  name: 'consistent-hash',
  summary: 'Sends the same key to the same endpoint, by a hash ring; when endpoints come or go only their own keys move.',
  choose: 'Caches and other state at the endpoints, above all in place of nginx, libketama, Envoy or HAProxy, whose keys it finds again.',
  cost: 'O(log p) for a pick, O(p log p) to build, with p points, about 160 for an endpoint of weight 1.',
  source: 'nginx (hash ... consistent), libketama, Envoy (ring_hash), HAProxy (hash-type consistent).',
  honoursWeights: true,
  keyedOn,
  options,
  build: (candidates, settings) => {
    // HAProxy knows servers by number; every other ring must not depend on the order of the list.
    const members = settings.ring === 'haproxy' ? candidates : sortedById(candidates);
    return new KeyedPicker(members, ringOrder(members, settings));
  },
});

export function ringOrder(candidates: Candidates, settings: Pick<Settings, 'ring' | 'haproxyHash' | 'avalanche'>): KeyOrder {
  const members = candidates.map(memberOf);
  switch (settings.ring) {
    case 'nginx': {
      const ring = new HashRing(nginxPoints(members));
      return new RingOrder(ring.owners, (key) => ring.pointAt(crc32(key) | 0));
    }
    case 'libketama': {
      const ring = new HashRing(ketamaPoints(members));
      const digest = new Int32Array(4);
      return new RingOrder(ring.owners, (key) => {
        md5Into(key, digest);
        // There are four words, which the compiler cannot see.
        return ring.pointAt(digest[0] as number);
      });
    }
    case 'envoy': {
      const ring = new HashRing(envoyPoints(members));
      const hash = new Hash64();
      return new RingOrder(ring.owners, (key) => {
        xxh64Into(key, 0, hash);
        return ring.pointAt(hash.high, hash.low);
      });
    }
    case 'haproxy': {
      const ring = new HashRing(haproxyPoints(members));
      const hash = haproxyHashes[settings.haproxyHash];
      return new RingOrder(ring.owners, (key) => ring.nearestPoint(settings.avalanche ? avalanche(hash(key)) | 0 : hash(key)));
    }
  }
}

// Signed, because V8 boxes a number above 2^31 when it is returned.
const haproxyHashes: Readonly<Record<Settings['haproxyHash'], (key: string) => number>> = {
  sdbm: (key) => sdbm(key) | 0,
  djb2: (key) => djb2(key) | 0,
  wt6: (key) => wt6(key) | 0,
  crc32: (key) => crc32(key) | 0,
};

/** From the key's point clockwise, once around. */
class RingOrder implements KeyOrder {
  readonly #owners: HashRing['owners'];
  readonly #pointOf: (key: string) => number;
  #point = 0;
  #left = 0;

  constructor(owners: HashRing['owners'], pointOf: (key: string) => number) {
    this.#owners = owners;
    this.#pointOf = pointOf;
  }

  first(key: string): number {
    this.#point = this.#pointOf(key);
    this.#left = this.#owners.length - 1;
    return this.#owner();
  }

  next(): number {
    if (this.#left === 0) return -1;
    this.#left--;
    this.#point = this.#point + 1 === this.#owners.length ? 0 : this.#point + 1;
    return this.#owner();
  }

  #owner(): number {
    // The point is one of the ring, which the compiler cannot see.
    return this.#owners[this.#point] as number;
  }
}
