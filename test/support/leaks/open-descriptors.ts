// How many descriptors this process has open; Linux alone tells.
import { readdirSync } from 'node:fs';

export const canCountDescriptors = process.platform === 'linux';

export const openDescriptors = (): number => readdirSync('/proc/self/fd').length;
