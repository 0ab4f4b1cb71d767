// Hot path. Byte strings: text in which each character code is one byte, as Node reads it from the wire as latin1.
// All hash functions of this folder take them. UTF-8 as in RFC 3629.

/** Four bytes as one little-endian word, signed. All four must be there. */
export function wordAt(text: string, index: number): number {
  return (
    text.charCodeAt(index) | (text.charCodeAt(index + 1) << 8) | (text.charCodeAt(index + 2) << 16) | (text.charCodeAt(index + 3) << 24)
  );
}

/** Writes all bytes as little-endian words, the last one filled up with zeros: one word more than there are whole ones. */
export function readWords(text: string, into: Int32Array): void {
  const length = text.length;
  const whole = length >> 2;
  for (let index = 0; index < whole; index++) into[index] = wordAt(text, 4 * index);
  let rest = 0;
  for (let at = length - 1; at >= 4 * whole; at--) rest = (rest << 8) | text.charCodeAt(at);
  into[whole] = rest;
}

/** The UTF-8 bytes of any text, for names from the configuration. Half of a surrogate pair becomes U+FFFD, as everywhere in Node. */
export function toByteString(text: string): string {
  let bytes = '';
  // Iterating over text goes by code points.
  for (const character of text) bytes += encode(character.codePointAt(0) as number); // No character of an iteration is empty.
  return bytes;
}

function encode(codePoint: number): string {
  if (codePoint < 0x80) return String.fromCharCode(codePoint);
  if (codePoint < 0x800) return String.fromCharCode(0xc0 | (codePoint >> 6), continuation(codePoint, 0));
  if (codePoint >= 0xd800 && codePoint < 0xe000) return encode(0xfffd);
  if (codePoint < 0x1_0000) return String.fromCharCode(0xe0 | (codePoint >> 12), continuation(codePoint, 6), continuation(codePoint, 0));
  return String.fromCharCode(0xf0 | (codePoint >> 18), continuation(codePoint, 12), continuation(codePoint, 6), continuation(codePoint, 0));
}

const continuation = (codePoint: number, shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f);
