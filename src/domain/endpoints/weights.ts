// Weights from what is written: a weight, a capacity, or neither.

interface Weighed {
  readonly weight: number;
  readonly capacity?: number;
}

/**
 * The weight of each endpoint. Where capacities are given, weight = capacity / total capacity; capacities themselves are such weights. One
 * without a capacity is taken to be an average machine, so many times as its weight says. The tiers of a pool share one scale.
 */
export function weightsOf(endpoints: readonly Weighed[]): readonly number[] {
  const capacities = endpoints.flatMap(({ capacity }) => (capacity === undefined ? [] : [capacity]));
  const average = capacities.length === 0 ? 1 : capacities.reduce((sum, capacity) => sum + capacity, 0) / capacities.length;
  return endpoints.map(({ weight, capacity }) => capacity ?? weight * average);
}

/** The tier of each endpoint: by priority, and backups behind them all. Tiers are numbered without gaps. */
export function tiersOf(endpoints: readonly { readonly priority: number; readonly backup: boolean }[]): readonly number[] {
  const ranks = endpoints.map(({ priority, backup }) => (backup ? 1000 : 0) + priority);
  const used = [...new Set(ranks)].sort((one, other) => one - other);
  return ranks.map((rank) => used.indexOf(rank));
}

/** The first tier of backups: there are as many before it as there are priorities. Where all are backups they are none, and take turns. */
export function firstBackupTier(endpoints: readonly { readonly priority: number; readonly backup: boolean }[]): number {
  const priorities = new Set(endpoints.filter(({ backup }) => !backup).map(({ priority }) => priority));
  return Math.max(1, priorities.size);
}
