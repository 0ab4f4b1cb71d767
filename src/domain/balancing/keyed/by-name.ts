// Tables that must not depend on the order of the list are built over endpoints sorted by their ids, as bytes.
import { toByteString } from '../../../foundation/hashing/byte-string.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Candidates } from '../policy.ts';

/** What rings, tables and scores know of an endpoint. */
export interface NamedMember {
  /** The endpoint's id as a byte string. */
  readonly name: string;
  readonly weight: number;
}

export const memberOf = ({ id, weight }: Endpoint): NamedMember => ({ name: toByteString(id), weight });

/** The candidates in the order of their ids, whatever the order of the list. */
export function sortedById([first, ...others]: Candidates): Candidates {
  const [least, ...rest] = [first, ...others].map((endpoint) => ({ endpoint, name: toByteString(endpoint.id) })).sort(compareNames);
  // There is a first one, which the compiler cannot see.
  return [least?.endpoint ?? first, ...rest.map(({ endpoint }) => endpoint)];
}

function compareNames(one: { readonly name: string }, other: { readonly name: string }): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}
