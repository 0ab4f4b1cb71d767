// Hot path. The hashes by which HAProxy chooses a server (`hash-type`, its src/hash.c and include/haproxy/tools.h). All results are unsigned.

/** O. Yigit's hash of the sdbm library: what HAProxy takes unless told otherwise. */
export function sdbm(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (text.charCodeAt(at) + (hash << 6) + (hash << 16) - hash) | 0;
  return hash >>> 0;
}

/** D. J. Bernstein's hash: times 33, plus the byte. */
export function djb2(text: string): number {
  let hash = 5381;
  for (let at = 0; at < text.length; at++) hash = ((hash << 5) + hash + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}

/** W. Tarreau's own: two halves that turn each other, by as many bits as their last values say. */
export function wt6(text: string): number {
  let first = 0xa53c965a | 0;
  let second = 0x5ca6953a | 0;
  let firstTurn = 6;
  let secondTurn = 18;
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    const one = ~(first ^ byte);
    const other = ~(second + byte);
    first = turn(other, firstTurn);
    second = turn(one, secondTurn);
    const bits = ((first >>> 16) ^ second) & 0xffff;
    firstTurn = bits & 31;
    secondTurn = bits >>> 11;
  }
  return (first ^ second) >>> 0;
}

/** `full_hash`, what `avalanche` adds: R. Jenkins' mix of 32 bits in six steps, multiplied so that neighbours come apart in the high bits too. */
export function avalanche(value: number): number {
  return signedAvalanche(value | 0) >>> 0;
}

/** Signed, because V8 boxes a number above 2^31 that a function returns, unless it is compiled into its caller. */
function signedAvalanche(value: number): number {
  let mixed = (value + 0x7ed55d16 + (value << 12)) | 0;
  mixed = mixed ^ 0xc761c23c ^ (mixed >>> 19);
  mixed = (mixed + 0x165667b1 + (mixed << 5)) | 0;
  mixed = (mixed + 0xd3a2646c) ^ (mixed << 9);
  mixed = (mixed + 0xfd7046c5 + (mixed << 3)) | 0;
  mixed = mixed ^ 0xb55a4f09 ^ (mixed >>> 16);
  return Math.imul(mixed, 0xc0000001);
}

const turn = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
