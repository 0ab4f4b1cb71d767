// The state of everything on one page, for people and for programs that show it to them.
import type { SupervisorState } from '../../../control-plane/supervising/supervisor.ts';
import type { ListenerTotals } from '../../../control-plane/supervising/totals.ts';
import type { Figures, WorkersFigures } from '../figures.ts';
import { readFigures } from '../figures.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import type { PoolStatus } from '../pool-status.ts';
import { poolStatus } from '../pool-status.ts';
import { statusSchema } from '../schemas/status.ts';

export interface StatusReport {
  readonly version: string;
  readonly state: SupervisorState;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly workers: WorkersFigures;
  /** Exchanges that are begun and not ended. */
  readonly inFlight: number;
  /** Over all listeners. */
  readonly totals: ListenerStatus['totals'];
  readonly listeners: readonly ListenerStatus[];
  readonly pools: readonly PoolStatus[];
}

export interface ListenerStatus {
  readonly name: string;
  readonly address: string;
  readonly connections: number;
  readonly inFlight: number;
  readonly tunnels: number;
  /** Since the start. */
  readonly totals: Omit<ListenerTotals, 'openConnections' | 'exchangesInFlight' | 'tunnels'>;
}

export const status = defineOperation({
  method: 'GET',
  path: '/api/v1/status',
  summary: 'State, listeners, pools and endpoints with their weights, requests in flight, totals and latency, as JSON.',
  answers: { 200: statusSchema },
  answer: (view) => jsonAnswer(200, statusReport(readFigures(view))),
});

/** What `status` answers with. */
export function statusReport(figures: Figures): StatusReport {
  const listeners = figures.listeners.map(({ name, address, totals: { openConnections, exchangesInFlight, tunnels, ...totals } }) => ({
    name,
    address,
    connections: openConnections,
    inFlight: exchangesInFlight,
    tunnels,
    totals,
  }));
  return {
    version: figures.version,
    state: figures.state,
    startedAt: figures.startedAt.toISOString(),
    uptimeSeconds: figures.uptimeSeconds,
    workers: figures.workers,
    inFlight: sumOf(listeners, ({ inFlight }) => inFlight),
    totals: sumOfTotals(listeners.map(({ totals }) => totals)),
    listeners,
    pools: figures.pools.map(poolStatus),
  };
}

const sumOf = <Item>(items: readonly Item[], measure: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + measure(item), 0);

function sumOfTotals(all: readonly ListenerStatus['totals'][]): ListenerStatus['totals'] {
  const [first, ...others] = all;
  if (first === undefined) throw new Error('A document has at least one listener.');
  // Object.keys forgets the names of the keys; the casts give them back.
  const names = Object.keys(first) as (keyof ListenerStatus['totals'])[];
  return Object.fromEntries(names.map((name) => [name, sumOf([first, ...others], (totals) => totals[name])])) as ListenerStatus['totals'];
}
