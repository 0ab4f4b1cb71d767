// Hot path. What a Host header may look like: a name or an address, and a port (RFC 9110 section 7.2, RFC 3986 section 3.2).
import { hostCharacters } from './characters.ts';
import { byteAt, colon } from './head-bytes.ts';

const leftBracket = 0x5b;
const rightBracket = 0x5d;
const largestPort = 65_535;

/** True when the bytes from `start` to `end` are a host with or without a port. An empty host names nothing and is none. */
export function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  let at = start;
  if (byteAt(bytes, at) === leftBracket) {
    at = endOfBrackets(bytes, at + 1, end);
    if (at < 0) return false;
  } else {
    while (at < end && hostCharacters[byteAt(bytes, at)] === 1) at++;
    if (at === start) return false;
  }
  return at === end || (byteAt(bytes, at) === colon && isPort(bytes, at + 1, end));
}

/** The place behind the closing bracket of an IPv6 address, or -1. */
function endOfBrackets(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte === rightBracket) return at > start + 1 ? at + 1 : -1;
    const isHexadecimal = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
    // A dot stands in addresses that end like IPv4.
    if (!isHexadecimal && byte !== colon && byte !== 0x2e) return -1;
  }
  return -1;
}

function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || end - start > 5) return false;
  let port = 0;
  for (let at = start; at < end; at++) {
    const digit = byteAt(bytes, at) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= largestPort;
}
