// The rows of the table that are measured with wrk, one kind of traffic each, and the ratio that each is to reach.

import type { Page } from '../balancers/backend.ts';
import type { Load } from '../load/wrk.ts';

export interface Row {
  readonly name: string;
  readonly title: string;
  /** Processor time of the better peer / that of Evenkeel, to be reached. */
  readonly goal: number;
  readonly load: Load & { readonly path: Page };
}

const plain = { method: 'GET', bodyBytes: 0, connections: 64, close: false } as const;

export const rows: readonly Row[] = [
  { name: 'small', title: '100-byte answer', goal: 0.9, load: { ...plain, path: '/small' } },
  { name: '16k', title: '16 KiB answer', goal: 0.9, load: { ...plain, path: '/16k' } },
  { name: '1m', title: '1 MiB answer', goal: 0.9, load: { ...plain, path: '/1m', connections: 16 } },
  { name: 'upload', title: '16 KiB upload', goal: 0.9, load: { ...plain, path: '/upload', method: 'POST', bodyBytes: 16 * 1024 } },
  {
    name: '1000-connections',
    title: '100-byte answer, 1,000 connections',
    goal: 0.9,
    load: { ...plain, path: '/small', connections: 1_000 },
  },
  {
    name: 'new-connection',
    title: '100-byte answer, a new connection for each',
    goal: 0.65,
    load: { ...plain, path: '/small', close: true },
  },
];

/** Rows that are measured in another way, after those above. */
export const otherRows = ['half-load', 'workers', 'idle'] as const;

export const rowNames: readonly string[] = [...rows.map((row) => row.name), ...otherRows];

export function rowNamed(name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`'${name}' is not one of: ${rows.map((candidate) => candidate.name).join(', ')}`);
  return row;
}
