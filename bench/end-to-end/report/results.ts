// Measurements of all rounds put together: the median of each figure over the quieter rounds, and the ratio to the better peer.

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

/** Caches and clocks that others use at the same time make a request dearer. */
export function isDisturbed(measurement: Measurement): boolean {
  return (measurement.disturbance ?? 0) > 0.1;
}

/** The rounds in which other programs left the core alone, and never fewer than the quieter half of all. */
function quietRounds(rounds: readonly Measurement[]): readonly Measurement[] {
  const byDisturbance = [...rounds].sort((a, b) => (a.disturbance ?? 0) - (b.disturbance ?? 0));
  const half = Math.ceil(rounds.length / 2);
  return byDisturbance.filter((round, index) => index < half || !isDisturbed(round));
}

export function summarize(rounds: readonly Measurement[]): Summary {
  const quiet = quietRounds(rounds);
  const of = (figure: (measurement: Measurement) => number): number => median(quiet.map(figure));
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
