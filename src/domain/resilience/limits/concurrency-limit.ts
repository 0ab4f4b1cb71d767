// How many requests a pool can have in flight before they only wait for each other: found by what each answer tells. The limits of this folder
// follow Netflix's concurrency-limits and Envoy's adaptive concurrency; none knows a clock or a unit of time of its own.

/** What is known of a request, or of a window of them, when it is over. */
export interface Sample {
  /** How long it took, in milliseconds. */
  readonly took: number;
  /** How many were in flight when it began, itself included. */
  readonly inFlight: number;
  /** Whether it was refused or timed out. */
  readonly dropped: boolean;
}

/**
 * How a request ended. `whole`: it was answered. `dropped`: the endpoint refused it, failed or did not answer in time. `cut`: its client waited no
 * longer. How long the last two would have taken is not known, but that it would have been longer than they lasted.
 */
export type RequestEnd = 'whole' | 'dropped' | 'cut';

/** Of an answer. An endpoint that has too much to do says so by 503 (RFC 9110 section 15.6.4) or 429 (RFC 6585 section 4). */
export const endOf = (status: number): RequestEnd => (status === 503 || status === 429 ? 'dropped' : 'whole');

export interface ConcurrencyLimit {
  /** How many may be in flight now: at least 1. */
  readonly limit: number;
  /** A request or a window is over; the limit may change with it. Returns the new one. */
  update(sample: Sample): number;
}

export interface LimitRange {
  readonly least: number;
  readonly most: number;
  /** The limit before anything is known. */
  readonly initial: number;
}

export const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** With less than half of the limit in use, a sample says nothing of the limit. */
export const isFarBelow = (inFlight: number, limit: number): boolean => 2 * inFlight < limit;
