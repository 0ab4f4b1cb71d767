// What is counted, joined with the names that the document gives to the scoreboard's rows. Read when somebody asks.
import type { SupervisorState } from '../../control-plane/supervising/supervisor.ts';
import type { EndpointTotals, ListenerTotals } from '../../control-plane/supervising/totals.ts';
import { readTotals } from '../../control-plane/supervising/totals.ts';
import { firstRows } from '../../domain/endpoints/endpoint-rows.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { AdminView } from './operation.ts';

export interface Figures {
  readonly version: string;
  readonly state: SupervisorState;
  readonly startedAt: Date;
  readonly uptimeSeconds: number;
  readonly workers: { readonly configured: number; readonly listening: number; readonly restarts: number };
  readonly listeners: readonly ListenerFigures[];
  readonly pools: readonly PoolFigures[];
}

export interface ListenerFigures {
  readonly name: string;
  /** With the real port once it listens. */
  readonly address: string;
  readonly totals: ListenerTotals;
}

export interface PoolFigures {
  readonly name: string;
  readonly policy: string;
  readonly endpoints: readonly { readonly id: string; readonly weight: number; readonly totals: EndpointTotals }[];
}

export function readFigures({ version, supervisor }: AdminView): Figures {
  const { document, board, bound, state, startedAt } = supervisor;
  const totals = readTotals(board);
  const rows = firstRows(document.pools);
  return {
    version,
    state,
    startedAt,
    uptimeSeconds: (Date.now() - startedAt.getTime()) / 1000,
    workers: { configured: supervisor.workers, listening: supervisor.listeningWorkers, restarts: supervisor.restarts },
    listeners: document.listeners.map(({ name, bind }, index) => ({
      name,
      address: bound[index]?.address ?? bind.text,
      totals: itemAt(totals.listeners, index),
    })),
    pools: Object.entries(document.pools).map(([name, { balance, endpoints }]) => ({
      name,
      policy: balance.policy,
      endpoints: endpoints.map(({ id, weight }, index) => ({
        id,
        weight,
        totals: itemAt(totals.endpoints, (rows.get(name) ?? 0) + index),
      })),
    })),
  };
}
