// Hot path. What a Host header may look like: a name or an address, and a port (RFC 9110 section 7.2, RFC 3986 section 3.2).
import { hostCharacters } from './characters.ts';
import type { HeadBytes } from './head-bytes.ts';
import { byteAt, colon } from './head-bytes.ts';

const leftBracket = 0x5b;
const rightBracket = 0x5d;
const largestPort = 65_535;
/** Eight groups, the last two written as IPv4: no address of version 6 is longer. */
const longestAddress = 45;

/** True when the bytes from `start` to `end` are a host with or without a port. An empty host names nothing and is none. */
export function isHost(bytes: HeadBytes, start: number, end: number): boolean {
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
function endOfBrackets(bytes: HeadBytes, start: number, end: number): number {
  const last = Math.min(end, start + longestAddress + 1);
  for (let at = start; at < last; at++) {
    if (byteAt(bytes, at) === rightBracket) return isVersionSix(bytes.latin1Slice(start, at)) ? at + 1 : -1;
  }
  return -1;
}

/** `IPv6address` of RFC 3986: eight groups of four hexadecimal digits; `::` stands for one or more groups of zeros. */
function isVersionSix(text: string): boolean {
  const halves = text.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const endsLikeVersionFour = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(tail) && text.endsWith(tail);
  const plain = endsLikeVersionFour ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = plain.length + (endsLikeVersionFour ? 2 : 0);
  return halves.length === 1 ? count === 8 : halves.length === 2 && count < 8;
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
