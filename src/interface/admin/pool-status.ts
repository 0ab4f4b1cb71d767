// A pool and its endpoints as JSON says them: in the status of everything, and by themselves.
import type { SourceFigures } from '../../control-plane/discovery/source-watch.ts';
import type { HealthFigures } from '../../control-plane/judging/health-service.ts';
import type { ProbedState } from '../../control-plane/probing/probed-endpoint.ts';
import type { EndpointTotals } from '../../control-plane/supervising/totals.ts';
import type { RefusalKind, refusals } from '../../domain/endpoints/refusals.ts';
import { refusalsIn } from '../../domain/endpoints/refusals.ts';
import type { PoolCounter } from '../../domain/endpoints/scoreboard.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { BreakerName } from './gate-figures.ts';
import type { EndpointFigures, PoolFigures } from './pool-figures.ts';

export interface PoolStatus extends Pick<PoolFigures, 'name' | 'policy' | 'options'> {
  readonly inFlight: number;
  /** Exchanges that may be in flight now: the fixed limit, or what the workers have learned where that is less. null without one. */
  readonly limit: number | null;
  /** null without a waiting room. */
  readonly queue: QueueStatus | null;
  /** null without one. */
  readonly breaker: BreakerName | null;
  /** So few endpoints are well that their health is not heeded, or that nobody gets anything. */
  readonly panic: boolean;
  readonly totals: Readonly<Record<Exclude<PoolCounter, RefusalCounter | 'waitSumMicroseconds'>, number>>;
  /** Of exchanges, since the start, by the failure that their clients were told. */
  readonly refusals: Readonly<Record<RefusalKind, number>>;
  /** null for a pool whose endpoints are all named by the document. */
  readonly discovery: DiscoveryStatus | null;
  readonly endpoints: readonly EndpointStatus[];
}

/** Where endpoints are found. Times are in ISO 8601. */
export interface DiscoveryStatus {
  readonly source: string;
  /** That it gave. */
  readonly endpoints: number;
  /** null before the first answer. */
  readonly answeredAt: string | null;
  /** Since then it fails, and what it gave last is kept; null while it answers. */
  readonly staleSince: string | null;
  readonly error: string | null;
  /** Of its last answer: what is no endpoint, or one too many. */
  readonly leftOut: number;
  readonly answers: number;
  readonly failures: number;
}

export interface QueueStatus {
  /** Now. */
  readonly waiting: number;
  /** As many may. */
  readonly size: number;
  /** Milliseconds of those who had to, whether or not they were served, since the start. Quantiles are at most 19 % too high. */
  readonly waited: Spread;
}

interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

type RefusalCounter = (typeof refusals)[RefusalKind];
type Counted = Omit<EndpointTotals, 'latencyCounts' | 'latencySumMicroseconds'>;
type Facts = Pick<EndpointFigures, 'id' | 'state' | 'weight' | 'configuredWeight' | 'share' | 'tier' | 'backup' | 'metadata'>;

/** Times are in ISO 8601. */
export interface EndpointStatus extends Facts, Counted {
  /** When it goes down because the deadline of its draining passes; null without one. */
  readonly deadline: string | null;
  readonly health: HealthStatus;
  /** null where no probe asks it. */
  readonly probe: ProbeStatus | null;
  readonly ejections: { readonly count: number; readonly until: string | null };
  readonly breaker: BreakerName | null;
  /** Where nginx's way judges it: whether it may be picked, beside its health. */
  readonly failTimeout: EndpointFigures['failTimeout'] | null;
  /** That it has, where Evenkeel keeps them; null otherwise. */
  readonly sessions: number | null;
  /** Where the document gives it. */
  readonly capacity?: number;
  /** null without a limit. */
  readonly maxConnections: number | null;
  /** Milliseconds from the request to the head of its answer, since the start. Quantiles are at most 19 % too high. */
  readonly latency: Spread;
}

export interface HealthStatus {
  readonly state: 'well' | 'failing';
  /** Of the last change; null before the first one. */
  readonly reason: string | null;
  readonly since: string;
  readonly changes: number;
}

export interface ProbeStatus {
  readonly state: ProbedState;
  /** Probes that ended. `timedOut` are among the failed, and `silent` ones said nothing of the endpoint. */
  readonly passed: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly silent: number;
  /** Results like the last one. */
  readonly inARow: number;
  /** null before the first one has ended. `passed` is null for a silent one. */
  readonly last: {
    readonly passed: boolean | null;
    readonly reason: string | null;
    readonly took: number;
    readonly at: string | null;
  } | null;
}

export function poolStatus({ name, policy, options, totals, breaker, discovery, endpoints, ...limits }: PoolFigures): PoolStatus {
  const { waiting, waitCounts, waitSumMicroseconds, serving: _, learnedLimit: __, ...counted } = totals;
  const limit = Math.min(limits.maxRequests, limits.learnedLimit ?? Number.POSITIVE_INFINITY);
  const size = limits.queueSize;
  return {
    ...{ name, policy, options },
    inFlight: endpoints.reduce((sum, endpoint) => sum + endpoint.totals.inFlight, 0),
    limit: Number.isFinite(limit) ? limit : null,
    queue: size === undefined ? null : { waiting, size, waited: spread(waitCounts, waitSumMicroseconds) },
    breaker: breaker ?? null,
    panic: limits.isInPanic,
    totals: withoutRefusals(counted),
    refusals: refusalsIn(totals),
    discovery: discovery === undefined ? null : discoveryStatus(discovery),
    endpoints: endpoints.map(endpointStatus),
  };
}

const discoveryStatus = ({ answeredAt, staleSince, error, ...figures }: SourceFigures): DiscoveryStatus => ({
  ...figures,
  answeredAt: isoOrNull(answeredAt),
  staleSince: isoOrNull(staleSince),
  error: error ?? null,
});

function withoutRefusals<Totals extends Readonly<Record<RefusalCounter, number>>>(totals: Totals): Omit<Totals, RefusalCounter> {
  const { noEndpoint, poolSaturated, tooLate, queueTimeout, breakerOpen, deadlineExceeded, ...others } = totals;
  return others;
}

export function endpointStatus(figures: EndpointFigures): EndpointStatus {
  const { id, state, weight, configuredWeight, share, capacity, maxConnections, tier, backup, metadata, health } = figures;
  const { latencyCounts, latencySumMicroseconds, inFlight, ...counted } = figures.totals;
  // In the order in which a person looks.
  return {
    id,
    state,
    deadline: isoOrNull(figures.downAt),
    health: {
      state: health.isWell ? 'well' : 'failing',
      reason: health.reason || null,
      since: health.since.toISOString(),
      changes: health.changes,
    },
    ...{ weight, configuredWeight },
    ...(capacity === undefined ? {} : { capacity }),
    ...{ share, inFlight, sessions: figures.countSessions(), maxConnections: Number.isFinite(maxConnections) ? maxConnections : null },
    probe: probeStatus(health),
    ejections: { count: health.ejections, until: isoOrNull(health.ejectedUntil) },
    breaker: figures.breaker ?? null,
    failTimeout: figures.failTimeout ?? null,
    ...{ tier, backup, metadata },
    ...counted,
    latency: spread(latencyCounts, latencySumMicroseconds),
  };
}

function probeStatus({ probe, probedAt }: HealthFigures): ProbeStatus | null {
  if (probe === undefined) return null;
  const { last, ...counted } = probe;
  if (last === undefined) return { ...counted, last: null };
  const { result, took } = last;
  const reason = result.passed === true ? null : result.reason;
  return { ...counted, last: { passed: result.passed ?? null, reason, took: Math.round(1000 * took) / 1000, at: isoOrNull(probedAt) } };
}

const isoOrNull = (date: Date | undefined): string | null => date?.toISOString() ?? null;

function spread(counts: Float64Array, sumMicroseconds: number): Spread {
  const counted = counts.reduce((sum, count) => sum + count, 0);
  const quantile = (share: number): number => latencyBuckets.quantile(counts, share) / 1000;
  return { mean: counted === 0 ? 0 : sumMicroseconds / counted / 1000, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) };
}
