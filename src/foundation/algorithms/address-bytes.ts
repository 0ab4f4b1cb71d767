// Hot path. An IP address as its bytes, read without an object or a part of the text: dotted IPv4, and IPv6 as in RFC 4291 section 2.2.
// An IPv4 address that comes as IPv6 (`::ffff:10.0.0.1`, as sockets for both give it) is the IPv4 address.

/**
 * Writes the bytes to the front of `into`, which holds at least 16, and says how many: 4, 16, or 0 for what is no address.
 * A zone (`fe80::1%eth0`) is not looked at. Where the answer is 0, what stands in `into` means nothing.
 */
export function addressBytes(text: string, into: Uint8Array): number {
  const zone = text.indexOf('%');
  const end = zone < 0 ? text.length : zone;
  const colon = text.indexOf(':');
  if (colon >= 0 && colon < end) return writeVersion6(text, end, into) ? withoutMapping(into) : 0;
  return writeVersion4(version4Of(text, 0, end), into, 0) ? 4 : 0;
}

/** Group after group from the left; what stands behind two colons moves to the right end afterwards. */
function writeVersion6(text: string, end: number, into: Uint8Array): boolean {
  // How many bytes are written, and how many of them stand before the two colons.
  let filled = 0;
  let gap = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  }
  while (at < end) {
    const stop = endOfGroup(text, at, end);
    if (stop === end && isDotted(text, at, end)) {
      if (filled > 12 || !writeVersion4(version4Of(text, at, end), into, filled)) return false;
      filled += 4;
      break;
    }
    const group = groupOf(text, at, stop);
    if (group < 0 || filled > 14) return false;
    into[filled++] = group >>> 8;
    into[filled++] = group & 0xff;
    if (stop === end) break;
    at = stop + 1;
    // A colon is followed by a group, or once by another colon.
    if (at === end) return false;
    if (text.charCodeAt(at) !== colonCode) continue;
    if (gap >= 0) return false;
    gap = filled;
    at++;
  }
  return gap < 0 ? filled === 16 : openGap(into, gap, filled);
}

/** Two colons stand for one group of zeros or more. */
function openGap(into: Uint8Array, gap: number, filled: number): boolean {
  if (filled > 14) return false;
  const behind = filled - gap;
  into.copyWithin(16 - behind, gap, filled);
  into.fill(0, gap, 16 - behind);
  return true;
}

/** RFC 4291 section 2.5.5.2: ten zeros and two bytes of ones stand before an IPv4 address in its IPv6 form. */
function withoutMapping(into: Uint8Array): number {
  for (let at = 0; at < 10; at++) if (into[at] !== 0) return 16;
  if (into[10] !== 0xff || into[11] !== 0xff) return 16;
  into.copyWithin(0, 12, 16);
  return 4;
}

function writeVersion4(address: number, into: Uint8Array, at: number): boolean {
  if (address < 0) return false;
  into[at] = address >>> 24;
  into[at + 1] = address >>> 16;
  into[at + 2] = address >>> 8;
  into[at + 3] = address;
  return true;
}

/** Four decimal numbers as one, unsigned; -1 for anything else. A leading zero means octal to some readers, so it is refused. */
function version4Of(text: string, from: number, end: number): number {
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === dotCode) {
      if (part < 0) return -1;
      address = address * 256 + part;
      part = -1;
      dots++;
      continue;
    }
    const digit = code - zeroCode;
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = part < 0 ? digit : 10 * part + digit;
    if (part > 255) return -1;
  }
  return dots === 3 && part >= 0 ? address * 256 + part : -1;
}

/** One to four hexadecimal digits as a number; -1 for anything else. */
function groupOf(text: string, from: number, end: number): number {
  if (end === from || end > from + 4) return -1;
  let group = 0;
  for (let at = from; at < end; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0) return -1;
    group = 16 * group + digit;
  }
  return group;
}

function digitOf(code: number): number {
  if (code >= zeroCode && code <= zeroCode + 9) return code - zeroCode;
  // The bit that small letters have over capital ones.
  const letter = (code | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? 10 + letter : -1;
}

function endOfGroup(text: string, from: number, end: number): number {
  const colon = text.indexOf(':', from);
  return colon < 0 || colon > end ? end : colon;
}

function isDotted(text: string, from: number, end: number): boolean {
  const dot = text.indexOf('.', from);
  return dot >= 0 && dot < end;
}

const zeroCode = 0x30;
const dotCode = 0x2e;
const colonCode = 0x3a;
