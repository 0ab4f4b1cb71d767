// The bytes that parsers read: Node's Buffer, named by the one method that goes beyond a Uint8Array.
// The domain knows no Node module, so the type is told by its shape.

export interface HeadBytes extends Uint8Array {
  /** The bytes from `start` to `end` as text, one character for each byte. */
  latin1Slice(start: number, end: number): string;
}

/** The byte at a place that the caller knows to be in range. */
export const byteAt = (bytes: Uint8Array, at: number): number =>
  // The cast drops the `undefined` that a place out of range would give.
  bytes[at] as number;

export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const colon = 0x3a;
export const semicolon = 0x3b;

/** What HTTP calls white space inside a line. */
export const isBlank = (byte: number): boolean => byte === space || byte === tab;
