// Texts that are kept in memory and hardly ever looked at.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** A text of which much is alike takes a tenth of its length. Not on the main thread. */
export const packed = (text: string): Promise<Buffer> => deflate(text);

export const unpacked = (bytes: Buffer): Promise<Buffer> => inflate(bytes);
