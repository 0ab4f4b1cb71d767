// Who sent a request first, as far as the balancers that it came through are believed: what a pool may be keyed on.
// Read from the nearest hop outwards (X-Forwarded-For, or Forwarded of RFC 7239): each address was written by the hop before it, so the first
// one that is not trusted is the client, and whatever it claims itself is not looked at.
import { addressBytes } from '../../foundation/algorithms/address-bytes.ts';
import type { ForwardedFields } from './forwarding-headers.ts';

const scratch = new Uint8Array(16);

/** `peer` is the address of the connection, which is trusted already. An entry that is no address ends the search: the hop that wrote it counts. */
export function originalClient(told: ForwardedFields, peer: string, isTrusted: (address: string) => boolean): string {
  const list = told.for === '' ? told.forwarded : told.for;
  const isNode = told.for !== '';
  let client = peer;
  let end = list.length;
  while (end > 0) {
    const comma = list.lastIndexOf(',', end - 1);
    const entry = list.slice(comma + 1, end).trim();
    const address = bareAddress(isNode ? entry : forParameter(entry));
    if (addressBytes(address, scratch) === 0) return client;
    client = address;
    if (!isTrusted(address)) return client;
    end = comma;
  }
  return client;
}

/** The `for` of one element of Forwarded. */
function forParameter(element: string): string {
  for (const pair of element.split(';')) {
    const [name = '', value = ''] = pair.split('=', 2);
    if (name.trim().toLowerCase() === 'for') return value.trim();
  }
  return '';
}

/** Without quotes, brackets and port. */
function bareAddress(node: string): string {
  const plain = node.startsWith('"') && node.endsWith('"') && node.length > 1 ? node.slice(1, -1) : node;
  if (plain.startsWith('[')) return plain.slice(1, plain.indexOf(']'));
  const colon = plain.indexOf(':');
  // One colon sets a port apart; several are an address of version 6.
  return colon > 0 && plain.indexOf(':', colon + 1) < 0 ? plain.slice(0, colon) : plain;
}
