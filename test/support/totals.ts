// All figures of a scoreboard, in the order of its rows.
import type { EndpointTotals, ListenerTotals, PoolTotals } from '../../src/control-plane/supervising/totals.ts';
import { endpointTotals, listenerTotals, poolTotals } from '../../src/control-plane/supervising/totals.ts';
import type { Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { times } from './endpoints.ts';

export interface Totals {
  readonly listeners: readonly ListenerTotals[];
  readonly endpoints: readonly EndpointTotals[];
  readonly pools: readonly PoolTotals[];
}

export function readTotals(board: Scoreboard): Totals {
  const { endpoints, listeners, pools } = board.shape;
  return {
    listeners: times(listeners, (row) => listenerTotals(board, row)),
    endpoints: times(endpoints, (row) => endpointTotals(board, row)),
    pools: times(pools, (row) => poolTotals(board, row)),
  };
}
