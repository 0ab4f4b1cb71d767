// Measurements of all rounds put together: the median of each figure, and the ratio to the better peer within the same rounds.

import type { Measurement } from '../rows/measure.ts';

export interface Summary {
  readonly user: number;
  readonly system: number;
  readonly total: number;
  readonly busy: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly errors: string | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export function summarize(rounds: readonly Measurement[]): Summary {
  const of = (figure: (measurement: Measurement) => number): number => median(rounds.map(figure));
  return {
    user: of((round) => round.user),
    system: of((round) => round.system),
    total: of((round) => round.user + round.system),
    busy: of((round) => round.busy),
    perSecond: of((round) => round.perSecond),
    p50: of((round) => round.p50),
    p99: of((round) => round.p99),
    p999: of((round) => round.p999),
    errors: rounds.map((round) => round.errors).find((errors) => errors !== undefined),
  };
}

/** Processor time of the better peer / that of the balancer in question; undefined where one of them does not count. */
export function ratioToBetterPeer(summaries: ReadonlyMap<string, Summary>, name: string, peers: readonly string[]): number | undefined {
  const own = summaries.get(name);
  if (own === undefined || own.errors !== undefined) return undefined;
  const others = peers.flatMap((peer) => {
    const summary = summaries.get(peer);
    return summary === undefined || summary.errors !== undefined ? [] : [summary.total];
  });
  return others.length === 0 ? undefined : Math.min(...others) / own.total;
}
