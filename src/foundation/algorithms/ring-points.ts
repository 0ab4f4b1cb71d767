// Where other programs put the points of their rings, so that a key finds the same server there and here: nginx (ngx_http_upstream_hash_module.c,
// `hash KEY consistent`), libketama (R. Jones, 2007), Envoy and gRPC (ring_hash_lb.cc; proposal A42), HAProxy (lb_chash.c).
// All keep within `mostRingPoints`: weights that want more get fewer points in the same proportion, and then differ from those programs.
import { crc32, crc32Word } from '../hashing/crc32.ts';
import { avalanche } from '../hashing/haproxy-hashes.ts';
import { Hash64 } from '../hashing/limbs.ts';
import { md5 } from '../hashing/md5.ts';
import { xxh64Into } from '../hashing/xxh64.ts';
import type { RingPoints } from './hash-ring.ts';
import { mostRingPoints } from './hash-ring.ts';

export interface RingMember {
  /** A byte string. */
  readonly name: string;
  /** Above 0. */
  readonly weight: number;
}

type Members = readonly RingMember[];

/** 160 points for one of weight 1. Each is the CRC of host, port and the point before, so a heavier one has all points of a lighter one. */
export function nginxPoints(members: Members): RingPoints {
  const counts = countsOf(members.map(({ weight }) => 160 * weight));
  return pointsOf(counts, (owner, count, into) => {
    const base = nginxBase((members[owner] as RingMember).name);
    let point = 0;
    for (let index = 0; index < count; index++) {
      point = crc32Word(point, base);
      into(point, 0);
    }
  });
}

/** What stands behind the last colon is a port if it is a number; a Unix socket has none. */
function nginxBase(name: string): number {
  if (/^unix:/i.test(name)) return crc32('\0', crc32(name.slice(5)));
  const [, host = name, port = ''] = /^(.*):(\d*)$/s.exec(name) ?? [];
  return crc32(port, crc32('\0', crc32(host)));
}

/** 160 points on average, four from each MD5 digest, by the share of all weights. In single precision where libketama is. */
export function ketamaPoints(members: Members): RingPoints {
  const { fround } = Math;
  const total = fround(members.reduce((sum, { weight }) => sum + weight, 0));
  const digests = members.map(({ weight }) => Math.floor(fround(fround(fround(weight) / total) * 40 * members.length)));
  const counts = countsOf(digests, mostRingPoints / 4).map((count) => 4 * count);
  return pointsOf(counts, (owner, count, into) => {
    const { name } = members[owner] as RingMember;
    for (let index = 0; 4 * index < count; index++) for (const point of md5(`${name}-${index}`)) into(point, 0);
  });
}

/** Points of 64 bits: at least `least` in all, and as many as it takes for the lightest to have a whole number of them. */
export function envoyPoints(members: Members, least = 1024): RingPoints {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const lightest = members.reduce((least, { weight }) => Math.min(least, weight), Number.POSITIVE_INFINITY) / total;
  const size = Math.min(Math.ceil(lightest * least) / lightest, mostRingPoints);
  // Fractions are carried on from one to the next, so that the sum comes out.
  let placed = 0;
  let target = 0;
  const counts = members.map(({ weight }) => {
    target += size * (weight / total);
    const count = Math.max(0, Math.ceil(target) - placed);
    placed += count;
    return count;
  });
  const hash = new Hash64();
  return pointsOf(
    counts,
    (owner, count, into) => {
      const { name } = members[owner] as RingMember;
      for (let index = 0; index < count; index++) {
        xxh64Into(`${name}_${index}`, 0, hash);
        into(hash.high, hash.low);
      }
    },
    64,
  );
}

/** So many of HAProxy's numbers belong to each server: weights up to 256, times 16. */
const haproxyRange = 4096;

/** 16 points for one of weight 1. Servers go by their number, which is their place in the list, not by name. */
export function haproxyPoints(members: Members): RingPoints {
  const heaviest = members.reduce((most, { weight }) => Math.max(most, weight), 0);
  const perWeight = Math.min(16, haproxyRange / heaviest);
  const counts = countsOf(members.map(({ weight }) => perWeight * weight));
  return pointsOf(counts, (owner, count, into) => {
    for (let index = 0; index < count; index++) into(avalanche(((owner + 1) * haproxyRange + index) >>> 0), 0);
  });
}

/** Whole numbers in this proportion, none below 1 and not more than `most` in all. */
function countsOf(wanted: readonly number[], most: number = mostRingPoints): readonly number[] {
  const total = wanted.reduce((sum, count) => sum + count, 0);
  // Rounding may add one for each.
  const scale = total > most ? (most - wanted.length) / total : 1;
  return wanted.map((count) => Math.max(1, Math.round(count * scale)));
}

type PlacePoints = (owner: number, count: number, into: (high: number, low: number) => void) => void;

/** Collects the points of all owners. Without 64 bits the low halves are left out. */
function pointsOf(counts: readonly number[], place: PlacePoints, bits: 32 | 64 = 32): RingPoints {
  const size = counts.reduce((sum, count) => sum + count, 0);
  const highs = new Uint32Array(size);
  const lows = new Uint32Array(bits === 64 ? size : 0);
  const owners = new Uint32Array(size);
  let at = 0;
  counts.forEach((count, owner) => {
    place(owner, count, (high, low) => {
      highs[at] = high;
      // Written beyond its end, an array of this kind stays what it is.
      lows[at] = low;
      owners[at] = owner;
      at++;
    });
  });
  return bits === 64 ? { highs, lows, owners } : { highs, owners };
}
