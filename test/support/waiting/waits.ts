// What tests of waiting have in common.
import type { BytePeer } from '../byte-peer.ts';
import { toldBy } from './busy-pool.ts';

export const timeout = 60_000;

/** Nobody waits as long in these tests. */
export const queue = { timeout: '1h' } as const;

export const deadline = { header: 'x-timeout' } as const;

export const within = (time: number | string): string => `X-Timeout: ${time}`;

export const answered = async (clients: readonly BytePeer[]): Promise<readonly number[]> =>
  Promise.all(clients.map(async (client) => toldBy(await client.answer()).status));
