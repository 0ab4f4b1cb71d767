// When a source is asked again: as long as its answer holds, within bounds and with some chance, so that many balancers do not ask at once; and
// after failures more and more seldom.

import { backoff } from '../../domain/resilience/backoff.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';

/** Whatever a TTL says: 0 is common and means "now", and nobody wants to wait a day for a change. */
export const shortestValidity = milliseconds(1000);
export const longestValidity = milliseconds(300_000);

/** An answer is asked for again when it is over, and up to this share of its time later; never before, when caches would still give the old one. */
const jitter = 0.1;

const retryBase = milliseconds(1000);
const retryMost = milliseconds(30_000);

export interface Validity {
  /** Of the document. */
  readonly every: Milliseconds | undefined;
  /** Of the answer. */
  readonly validFor: Milliseconds | undefined;
  /** Of the source. */
  readonly usual: Milliseconds;
}

/** Milliseconds until the next question after a good answer. */
export function nextAfterAnswer({ every, validFor, usual }: Validity, random: Random): number {
  const bounded = validFor === undefined ? usual : Math.min(longestValidity, Math.max(shortestValidity, validFor));
  return Math.ceil((every ?? bounded) * (1 + jitter * random()));
}

/** The same after so many failures in a row, counted from 1. A source that is asked often is not asked more seldom at once. */
export function nextAfterFailure(failures: number, { every, usual }: Omit<Validity, 'validFor'>, random: Random): number {
  const base = milliseconds(Math.min(retryBase, every ?? usual));
  return Math.ceil(backoff({ jitter: 'equal', base, most: retryMost }, failures - 1, 0, random));
}
