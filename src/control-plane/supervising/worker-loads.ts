// How much each worker has to do, as it says itself: read from the scoreboard when somebody asks, and told in the log.
import type { SheddingNews } from '../../data-plane/serving/shedding-news.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { workerFigure } from '../../domain/endpoints/scoreboard.ts';

export interface WorkerLoad {
  /** From 0. */
  readonly worker: number;
  /** How late its timers are on average, in milliseconds; of a worker that hangs, for how long it has done so. */
  readonly delay: number;
  /** The share of the memory that is in use: of its heap, or of what the process may have, whichever is more. */
  readonly memory: number;
  /** Whether it refuses requests for one of these. */
  readonly isShedding: boolean;
}

/** `now` is of the clock that all share. A worker that does not serve has nothing to do. */
export function workerLoads(board: Scoreboard, now: number): readonly WorkerLoad[] {
  return Array.from({ length: board.shape.workers }, (_, worker) => {
    const row = board.workerRow(worker);
    // Every figure is in the row, which the compiler cannot see.
    const figure = (name: keyof typeof workerFigure): number => row[workerFigure[name]] as number;
    const dueAt = figure('dueAt');
    const overdue = dueAt === 0 ? 0 : now - dueAt;
    return { worker, delay: Math.max(figure('delay'), overdue), memory: figure('memory'), isShedding: figure('shedding') === 1 };
  });
}

/** For the log. */
export function sheddingText(worker: number, { isShedding, refused, delay, memory }: SheddingNews): string {
  if (!isShedding)
    return `Worker ${worker} keeps up again: it refused ${refused} request${refused === 1 ? '' : 's'}, and none in the last ten seconds.`;
  const state = `its timers are ${Math.round(delay)} ms late, and ${Math.round(100 * memory)} % of the memory is in use`;
  return `Worker ${worker} has too much to do and refuses the least important requests: ${state}.`;
}
