// What is counted, joined with the names that the document gives to the scoreboard's rows. Read when somebody asks.
import type { ProberFigures } from '../../control-plane/probing/prober.ts';
import type { SupervisorState } from '../../control-plane/supervising/supervisor.ts';
import type { ListenerTotals } from '../../control-plane/supervising/totals.ts';
import { listenerTotals } from '../../control-plane/supervising/totals.ts';
import type { WorkerLoad } from '../../control-plane/supervising/worker-loads.ts';
import { workerLoads } from '../../control-plane/supervising/worker-loads.ts';
import { listenerRowOf } from '../../domain/endpoints/places.ts';
import type { AdminView } from './operation.ts';
import type { PoolFigures } from './pool-figures.ts';
import { readPools } from './pool-figures.ts';

export interface Figures {
  readonly version: string;
  readonly state: SupervisorState;
  readonly startedAt: Date;
  readonly uptimeSeconds: number;
  readonly workers: WorkersFigures;
  readonly listeners: readonly ListenerFigures[];
  readonly pools: readonly PoolFigures[];
  readonly prober: ProberFigures;
}

export interface WorkersFigures {
  readonly configured: number;
  readonly listening: number;
  readonly restarts: number;
  readonly each: readonly WorkerLoad[];
}

export interface ListenerFigures {
  readonly name: string;
  /** With the real port once it listens. */
  readonly address: string;
  readonly totals: ListenerTotals;
}

export function readFigures({ version, supervisor, discovery }: AdminView): Figures {
  const { document, board, places, bound, state, startedAt } = supervisor;
  return {
    version,
    state,
    startedAt,
    uptimeSeconds: (Date.now() - startedAt.getTime()) / 1000,
    workers: {
      configured: supervisor.workers,
      listening: supervisor.listeningWorkers,
      restarts: supervisor.restarts,
      each: workerLoads(board, supervisor.clock()),
    },
    listeners: document.listeners.map(({ name, bind }, index) => ({
      name,
      address: bound[index]?.address ?? bind.text,
      totals: listenerTotals(board, listenerRowOf(places, name)),
    })),
    pools: readPools(document.pools, supervisor, discovery),
    prober: supervisor.health.prober,
  };
}
