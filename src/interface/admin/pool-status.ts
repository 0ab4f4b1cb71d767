// A pool and its endpoints as JSON says them: in the status of everything, and by themselves.
import type { EndpointTotals } from '../../control-plane/supervising/totals.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { EndpointFigures, PoolFigures } from './pool-figures.ts';

export interface PoolStatus extends Pick<PoolFigures, 'name' | 'policy' | 'options' | 'totals'> {
  readonly inFlight: number;
  readonly endpoints: readonly EndpointStatus[];
}

type Counted = Omit<EndpointTotals, 'latencyCounts' | 'latencySumMicroseconds'>;

export interface EndpointStatus extends Omit<EndpointFigures, 'totals' | 'capacity' | 'maxConnections'>, Counted {
  /** Where the document gives it. */
  readonly capacity?: number;
  /** null without a limit. */
  readonly maxConnections: number | null;
  /** Milliseconds from the request to the head of its answer, since the start. Quantiles are at most 19 % too high. */
  readonly latency: { readonly mean: number; readonly p50: number; readonly p90: number; readonly p99: number };
}

export function poolStatus({ name, policy, options, totals, endpoints }: PoolFigures): PoolStatus {
  const inFlight = endpoints.reduce((sum, endpoint) => sum + endpoint.totals.inFlight, 0);
  return { name, policy, options, inFlight, totals, endpoints: endpoints.map(endpointStatus) };
}

export function endpointStatus({ totals, capacity, maxConnections, ...facts }: EndpointFigures): EndpointStatus {
  const { latencyCounts, latencySumMicroseconds, inFlight, ...counted } = totals;
  const { id, state, weight, configuredWeight, share, ...others } = facts;
  // In the order in which a person looks.
  return {
    ...{ id, state, weight, configuredWeight },
    ...(capacity === undefined ? {} : { capacity }),
    ...{ share, inFlight, maxConnections: Number.isFinite(maxConnections) ? maxConnections : null },
    ...others,
    ...counted,
    latency: latencyStatus(latencyCounts, latencySumMicroseconds),
  };
}

function latencyStatus(counts: Float64Array, sumMicroseconds: number): EndpointStatus['latency'] {
  const counted = counts.reduce((sum, count) => sum + count, 0);
  const quantile = (share: number): number => latencyBuckets.quantile(counts, share) / 1000;
  return { mean: counted === 0 ? 0 : sumMicroseconds / counted / 1000, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) };
}
