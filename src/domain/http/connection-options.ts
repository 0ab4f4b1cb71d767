// What a Connection header says: that the connection ends, stays or changes protocol, and which further fields end at this hop.
// RFC 9110 section 7.6.1.

import { isBlank } from './head-bytes.ts';
import { isSameName } from './known-fields.ts';

export const connectionBit = { close: 1, keepAlive: 2, upgrade: 4 } as const;

const keepAliveBytes = Uint8Array.from('keep-alive', (character) => character.charCodeAt(0));

/** True when the bytes from `start` to `end` say `keep-alive`, in whatever case. */
export function isKeepAlive(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === keepAliveBytes.length && isSameName(bytes, start, keepAliveBytes);
}

/** The bit of a header that holds just one option, -1 when it holds something else. */
export function connectionOption(value: string): number {
  switch (value) {
    case 'keep-alive':
    case 'Keep-Alive':
      return connectionBit.keepAlive;
    case 'close':
      return connectionBit.close;
    case 'upgrade':
    case 'Upgrade':
      return connectionBit.upgrade;
    case 'te':
    case '':
      // TE ends at this hop anyway.
      return 0;
    default:
      return -1;
  }
}

/** The options of a list in small letters. */
export const namedFields = (value: string): readonly string[] => value.toLowerCase().split(',').map(withoutBlanks);

/** `trim` would take more than HTTP's blanks away, and an expression would be slow where blanks are many. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
