// With many balancers before many endpoints, each sends to a part of them only, and keeps fewer connections. Which part follows from the
// balancer's name and the endpoints' ids alone; an endpoint that comes or goes changes one place of it at most. Parts are even on average.
// Random subsetting by rendezvous: gRPC proposal A68.
import { toByteString } from '../../foundation/hashing/byte-string.ts';
import { Hash64 } from '../../foundation/hashing/limbs.ts';
import { xxh64Into } from '../../foundation/hashing/xxh64.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';

/** Of the first tier `size` endpoints, in the order in which they were given; of the others all. */
export function subsetOf<Some extends Pick<Endpoint, 'id' | 'tier'>>(
  endpoints: readonly Some[],
  size: number,
  identity: string,
): readonly Some[] {
  const ranked = endpoints
    .filter(({ tier }) => tier === 0)
    .map((endpoint) => ({ endpoint, rank: rankOf(endpoint.id, identity) }))
    .sort((one, other) => one.rank - other.rank || (one.endpoint.id < other.endpoint.id ? -1 : 1));
  const chosen = new Set(ranked.slice(0, size).map(({ endpoint }) => endpoint));
  return endpoints.filter((endpoint) => endpoint.tier > 0 || chosen.has(endpoint));
}

/** The upper 53 bits of the hash. */
function rankOf(id: string, identity: string): number {
  const hash = new Hash64();
  xxh64Into(`${toByteString(identity)}\0${toByteString(id)}`, 0, hash);
  return (hash.high >>> 0) * 2 ** 21 + (hash.low >>> 11);
}
