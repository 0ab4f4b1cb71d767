// What is known of a pool: the document, what was changed since, and what is counted, joined endpoint by endpoint.
import { hostname } from 'node:os';
import type { EndpointStateName } from '../../control-plane/supervising/endpoint-change.ts';
import type { EndpointControls } from '../../control-plane/supervising/endpoint-controls.ts';
import type { EndpointTotals, PoolTotals, Totals } from '../../control-plane/supervising/totals.ts';
import { allPolicies } from '../../domain/balancing/policy-settings.ts';
import { subsetOf } from '../../domain/balancing/subset.ts';
import { firstRows } from '../../domain/endpoints/endpoint-rows.ts';
import { tiersOf, weightsOf } from '../../domain/endpoints/weights.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';

export interface PoolFigures {
  readonly name: string;
  readonly policy: string;
  /** Of the policy, with every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly totals: PoolTotals;
  readonly endpoints: readonly EndpointFigures[];
}

export interface EndpointFigures {
  readonly id: string;
  readonly state: EndpointStateName;
  /** In force. */
  readonly weight: number;
  /** What the document gives; a change to `null` comes back to it. */
  readonly configuredWeight: number;
  readonly capacity: number | undefined;
  /** By weight, of what its tier gets; null where the policy does not go by weights. */
  readonly share: number | null;
  readonly tier: number;
  readonly backup: boolean;
  /** `Infinity` without a limit. */
  readonly maxConnections: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly totals: EndpointTotals;
}

/** By the row of its first endpoint and its place in the document. */
interface PoolRows {
  readonly name: string;
  readonly settings: PoolSettings;
  readonly firstRow: number;
  readonly index: number;
}

export function readPools(
  pools: Readonly<Record<string, PoolSettings>>,
  controls: EndpointControls,
  totals: Totals,
): readonly PoolFigures[] {
  const rows = firstRows(pools);
  return Object.entries(pools).map(([name, settings], index) =>
    poolFigures({ name, settings, index, firstRow: rows.get(name) ?? 0 }, controls, totals),
  );
}

function poolFigures({ name, settings, firstRow, index }: PoolRows, controls: EndpointControls, totals: Totals): PoolFigures {
  const weights = weightsOf(settings.endpoints);
  const tiers = tiersOf(settings.endpoints);
  const present = settings.endpoints.map(({ id, capacity, backup, maxConnections, metadata }, position) => {
    const configuredWeight = itemAt(weights, position);
    const { state, weight = configuredWeight } = controls.present(firstRow + position);
    const tier = itemAt(tiers, position);
    return { id, state, weight, configuredWeight, capacity, tier, backup, maxConnections, metadata };
  });
  const shares = sharesOf(present, settings);
  const { policy, ...options } = settings.balance;
  return {
    name,
    policy,
    options,
    totals: itemAt(totals.pools, index),
    endpoints: present.map((endpoint, position) => ({
      ...endpoint,
      share: itemAt(shares, position),
      totals: itemAt(totals.endpoints, firstRow + position),
    })),
  };
}

type Shared = Pick<EndpointFigures, 'id' | 'state' | 'weight' | 'tier'>;

/** The weight of each that is up, divided by the weights of all in its tier that are. This balancer may send to a subset of them only. */
function sharesOf(endpoints: readonly Shared[], { balance, subset }: PoolSettings): readonly (number | null)[] {
  if (!goesByWeight(balance.policy)) return endpoints.map(() => null);
  const mine = subset === undefined ? endpoints : subsetOf(endpoints, subset.size, subset.identity ?? hostname());
  const taking = new Set(mine.filter(({ state, weight }) => state === 'up' && weight > 0));
  const totals = new Map<number, number>();
  for (const { tier, weight } of taking) totals.set(tier, (totals.get(tier) ?? 0) + weight);
  return endpoints.map((endpoint) => (taking.has(endpoint) ? endpoint.weight / (totals.get(endpoint.tier) ?? endpoint.weight) : 0));
}

/** Nobody here knows that of a policy of the user's own. */
const goesByWeight = (policy: string): boolean => allPolicies.some(({ name, honoursWeights }) => name === policy && honoursWeights);
