// Short marks of data, by which two states are told apart. They keep nobody from anything: whoever may read the one may read the other.
import { crc32 } from 'node:zlib';

/** Eight hexadecimal digits. */
export const markOf = (value: unknown): string => crc32(JSON.stringify(value)).toString(16).padStart(8, '0');

/** The number tells versions of one history apart, the mark those of two programs. */
export const etagOf = (version: number, value: unknown): string => `${version}-${markOf(value)}`;
