// What a plan has to know of what is going on, read from the scoreboard when somebody asks.
import { hostname } from 'node:os';
import type { Supervisor } from '../supervising/supervisor.ts';
import { listenerTotals } from '../supervising/totals.ts';
import type { PlanFigures } from './plan.ts';

export type PlannedSupervisor = Pick<Supervisor, 'document' | 'places' | 'board' | 'sessionCounts'>;

export function readPlanFigures(supervisor: PlannedSupervisor): PlanFigures {
  const { document, places, board } = supervisor;
  const slots = new Map(
    Object.entries(document.pools).map(([pool, { endpoints }]) => [
      pool,
      new Map(endpoints.map(({ id }, position) => [id, places.pools[pool]?.endpoints[position]])),
    ]),
  );
  const slotOf = (pool: string, endpoint: string): number | undefined => slots.get(pool)?.get(endpoint);
  return {
    identity: hostname(),
    inFlight: (pool, endpoint) => {
      const slot = slotOf(pool, endpoint);
      return slot === undefined ? 0 : board.inFlight(slot);
    },
    listener: (name) => {
      const row = places.listeners[name];
      if (row === undefined) return undefined;
      const { openConnections, exchangesInFlight, tunnels } = listenerTotals(board, row);
      return { connections: openConnections, exchanges: exchangesInFlight, tunnels };
    },
    sessions: (pool) => {
      const counts = supervisor.sessionCounts(pool);
      return counts === undefined ? undefined : (endpoint) => counts[slotOf(pool, endpoint) ?? -1] ?? 0;
    },
  };
}
