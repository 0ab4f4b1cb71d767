// Hot path. What an endpoint is worth by its own reports: requests a second for the share of itself that they take, smoothed over time.
// gRPC proposal A58 (weighted round robin), with its blackout and expiry. All workers read and write the same numbers of an endpoint.
import type { Endpoint } from '../../endpoints/endpoint.ts';
import { endpointControl } from '../../endpoints/scoreboard.ts';
import type { LoadReport } from './load-report.ts';

export interface ReportRules {
  /** How many requests' worth of utilisation an error stands for. */
  readonly errorPenalty: number;
  /** Milliseconds; so below. How long an endpoint must have been reporting before it is believed. */
  readonly blackout: number;
  /** How long its last report holds. */
  readonly expiry: number;
  /** The mean age of what a weight is made of. */
  readonly smoothing: number;
  /** How much a weight may grow within a second, as a share of itself; it shrinks no faster. */
  readonly mostChange: number;
}

/** Places in `EndpointLoad.signals`. A weight of 0 is an endpoint that has not reported. */
const weightAt = 0;
const reportedAt = 1;
const sinceAt = 2;

const mostWeight = 1e15;

/** The weight that a report stands for, or 0 when it tells too little. */
export function weightOf({ rate, errors, utilisation }: Pick<LoadReport, 'rate' | 'errors' | 'utilisation'>, errorPenalty: number): number {
  if (rate <= 0 || utilisation <= 0) return 0;
  const weight = rate / (utilisation + (errorPenalty * errors) / rate);
  // Beyond this nobody has measured anything, and sums and products of weights might not be finite.
  return weight <= mostWeight ? weight : 0;
}

/** Takes one report into account. */
export function takeReport({ load }: Endpoint, weight: number, now: number, rules: ReportRules): void {
  const { signals } = load;
  // The places are there, which the compiler cannot see; so below.
  const before = signals[weightAt] as number;
  const last = signals[reportedAt] as number;
  if (before === 0 || now - last >= rules.expiry || last < load.control(endpointControl.upSince)) {
    signals[weightAt] = weight;
    signals[sinceAt] = now;
  } else {
    // Another worker may have been here a moment later already.
    const elapsed = Math.max(0, now - last);
    const kept = Math.exp(-elapsed / rules.smoothing);
    const next = weight * (1 - kept) + before * kept;
    // During the blackout nobody goes by the weight, so it may find its place as fast as it likes.
    const isBelieved = now - (signals[sinceAt] as number) >= rules.blackout;
    signals[weightAt] = isBelieved ? within(before, (1 + rules.mostChange) ** (elapsed / 1000), next) : next;
  }
  signals[reportedAt] = Math.max(now, last);
}

/** The weight by which to go now; 0 while it is not known. An endpoint that was down begins anew: it may be another machine. */
export function believedWeight({ load }: Endpoint, now: number, rules: ReportRules): number {
  const { signals } = load;
  const last = signals[reportedAt] as number;
  if (now - last >= rules.expiry || last < load.control(endpointControl.upSince)) return 0;
  return now - (signals[sinceAt] as number) >= rules.blackout ? (signals[weightAt] as number) : 0;
}

const within = (middle: number, factor: number, value: number): number => Math.min(Math.max(value, middle / factor), middle * factor);
