// Hot path. CRC-32 as Ethernet, zlib and nginx compute it (IEEE 802.3, reflected, polynomial edb88320), four bytes a step:
// M. E. Kounavis and F. L. Berry, "A Systematic Approach to Building High Performance Software-Based CRC Generators", ISCC 2005.

/** Four tables in a row: row r tells what a byte does that has r bytes behind it. */
const tables = buildTables();

/** Unsigned. What came before is continued when its result is given as `state`: `crc32(b, crc32(a))` is `crc32(a + b)`. */
export function crc32(text: string, state = 0): number {
  return signedCrc32(text, state | 0) >>> 0;
}

/** Signed, because V8 boxes a number above 2^31 that a function returns, unless it is compiled into its caller. */
function signedCrc32(text: string, state: number): number {
  const length = text.length;
  let crc = ~state;
  let at = 0;
  for (const end = length - 3; at < end; at += 4) {
    // The masks keep every index in range, which the compiler cannot see; so below.
    crc =
      (tables[768 + ((crc ^ text.charCodeAt(at)) & 0xff)] as number) ^
      (tables[512 + (((crc >>> 8) ^ text.charCodeAt(at + 1)) & 0xff)] as number) ^
      (tables[256 + (((crc >>> 16) ^ text.charCodeAt(at + 2)) & 0xff)] as number) ^
      (tables[((crc >>> 24) ^ text.charCodeAt(at + 3)) & 0xff] as number);
  }
  for (; at < length; at++) crc = (tables[(crc ^ text.charCodeAt(at)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc;
}

/** Continues over the four bytes of a number, the lowest first, as nginx does from one point of its ring to the next. Unsigned. */
export function crc32Word(word: number, state = 0): number {
  const crc = ~state ^ word;
  return (
    ~(
      (tables[768 + (crc & 0xff)] as number) ^
      (tables[512 + ((crc >>> 8) & 0xff)] as number) ^
      (tables[256 + ((crc >>> 16) & 0xff)] as number) ^
      (tables[crc >>> 24] as number)
    ) >>> 0
  );
}

function buildTables(): Int32Array {
  const rows = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    rows[byte] = remainder;
  }
  for (let index = 256; index < rows.length; index++) {
    const before = rows[index - 256] as number;
    rows[index] = (before >>> 8) ^ (rows[before & 0xff] as number);
  }
  return rows;
}
