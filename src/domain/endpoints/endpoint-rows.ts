// Which row of the scoreboard belongs to which endpoint: all pools in the order of the document, and in each its endpoints in order.
// The supervisor sizes the scoreboard by it, and every worker and reader finds the same rows.

interface NumberedPool {
  readonly endpoints: readonly unknown[];
}

export function countEndpoints(pools: Readonly<Record<string, NumberedPool>>): number {
  return Object.values(pools).reduce((sum, { endpoints }) => sum + endpoints.length, 0);
}

/** The row of each pool's first endpoint; the others follow it. */
export function firstRows(pools: Readonly<Record<string, NumberedPool>>): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  let next = 0;
  for (const [name, { endpoints }] of Object.entries(pools)) {
    rows.set(name, next);
    next += endpoints.length;
  }
  return rows;
}
