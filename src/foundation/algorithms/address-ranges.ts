// Is this address in one of these networks? Networks are written as in RFC 4632 and RFC 4291: `10.0.0.0/8`, `fd00::/8`, or one address.
// An IPv4 address that comes as IPv6 (`::ffff:10.0.0.1`, as sockets for both give it) is the IPv4 address. Asked once for each connection.
import type { Result } from '../basics/result.ts';
import { fault, success } from '../basics/result.ts';
import { addressBytes } from './address-bytes.ts';

export interface NetworkFault {
  readonly kind: 'not-an-address' | 'prefix-out-of-range';
  /** As it was written. */
  readonly network: string;
}

/** From the first to the last address of a network, as keys. */
interface Range {
  readonly first: string;
  readonly last: string;
}

export class AddressRanges {
  /** In order, and none overlaps another. */
  readonly #ranges: readonly Range[];

  constructor(ranges: readonly Range[]) {
    this.#ranges = joined(ranges);
  }

  /** False for what is no address at all, such as the empty address of a client on a Unix socket. A zone (`fe80::1%eth0`) is not looked at. */
  contains(address: string): boolean {
    const key = keyOf(address);
    if (key === undefined) return false;

    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // The middle is in range, which the compiler cannot see.
      const range = this.#ranges[middle] as Range;
      if (key < range.first) high = middle;
      else if (key > range.last) low = middle + 1;
      else return true;
    }
    return false;
  }
}

/** Bits behind the prefix do not count: `10.1.2.3/8` is `10.0.0.0/8`. */
export function parseAddressRanges(networks: readonly string[]): Result<AddressRanges, NetworkFault> {
  const ranges: Range[] = [];
  for (const network of networks) {
    const range = parseNetwork(network);
    if (!range.ok) return range;
    ranges.push(range.value);
  }
  return success(new AddressRanges(ranges));
}

function parseNetwork(network: string): Result<Range, NetworkFault> {
  const slash = network.indexOf('/');
  const address = slash < 0 ? network : network.slice(0, slash);
  // An address may have a zone, but there is no network of one.
  const key = address.includes('%') ? undefined : keyOf(address);
  if (key === undefined) return fault({ kind: 'not-an-address', network });

  const bits = 4 * (key.length - 1);
  // For an IPv4 address written as IPv6 the 96 bits before it count in the prefix.
  const before = address.includes(':') && bits === 32 ? 96 : 0;
  const written = slash < 0 ? `${before + bits}` : network.slice(slash + 1);
  const prefix = /^\d{1,3}$/.test(written) ? Number(written) - before : Number.NaN;
  if (!(prefix >= 0 && prefix <= bits)) return fault({ kind: 'prefix-out-of-range', network });
  return success(rangeOf(key, prefix));
}

/** The key of an address cut off behind its prefix, filled up with zeros and with ones. */
function rangeOf(key: string, prefix: number): Range {
  const whole = 1 + Math.floor(prefix / 4);
  const kept = key.slice(0, whole);
  if (whole === key.length) return { first: key, last: key };

  const ones = 0xf >> (prefix % 4);
  const digit = Number.parseInt(key.charAt(whole), 16);
  const fill = (partial: number, rest: string): string => `${kept}${partial.toString(16)}`.padEnd(key.length, rest);
  return { first: fill(digit & ~ones, '0'), last: fill(digit | ones, 'f') };
}

function joined(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1));
  const result: Range[] = [];
  for (const range of sorted) {
    const previous = result.at(-1);
    if (previous === undefined || range.first > previous.last) {
      result.push(range);
    } else if (range.last > previous.last) {
      result[result.length - 1] = { first: previous.first, last: range.last };
    }
  }
  return result;
}

/** An address as text that sorts like the number: its version, then all of its hexadecimal digits. Undefined for anything else. */
function keyOf(address: string): string | undefined {
  const count = addressBytes(address, bytes);
  if (count === 0) return undefined;
  return `${count === 4 ? 4 : 6}${bytes.subarray(0, count).toHex()}`;
}

/** Of the address that is looked at now. */
const bytes = new Uint8Array(16);
