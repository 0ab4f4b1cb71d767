// Hot path. Integers of 64 bits as two halves of 32, because a bigint would be allocated anew for every sum and product.
// Halves are signed, which V8 keeps without a box; `>>> 0` makes one unsigned. The low half of a sum or product is `a + b | 0` or `Math.imul(a, b)`.

/** A place for 64 bits, made once and written over. */
export class Hash64 {
  /** Signed, as `low` is. */
  high = 0;
  low = 0;
}

/** The high half of a sum. */
export function highOfSum(highA: number, lowA: number, highB: number, lowB: number): number {
  const low = (lowA + lowB) | 0;
  return (highA + highB + (low >>> 0 < lowB >>> 0 ? 1 : 0)) | 0;
}

/** The high half of the product, cut to 64 bits. */
export function highOfProduct(highA: number, lowA: number, highB: number, lowB: number): number {
  // What overflows the product of the low halves, from their quarters: no part exceeds 32 bits.
  const quarterA0 = lowA & 0xffff;
  const quarterA1 = lowA >>> 16;
  const quarterB0 = lowB & 0xffff;
  const quarterB1 = lowB >>> 16;
  const middle = (Math.imul(quarterA1, quarterB0) + (Math.imul(quarterA0, quarterB0) >>> 16)) | 0;
  const other = (Math.imul(quarterA0, quarterB1) + (middle & 0xffff)) | 0;
  const carried = (Math.imul(quarterA1, quarterB1) + (middle >>> 16) + (other >>> 16)) | 0;
  return (carried + Math.imul(highA, lowB) + Math.imul(lowA, highB)) | 0;
}
