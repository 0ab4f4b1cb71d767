// The inside of a worker thread: makes a data plane from what the thread was born with, and obeys the supervisor.
// A fault that nobody caught ends the thread, and with it only the exchanges of this worker; the supervisor replaces it.
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { BoundListener, DataPlane, DataPlaneParts } from '../../data-plane/serving/data-plane.ts';
import type { OwnPolicies } from '../../domain/balancing/build-picker.ts';
import { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { unreachable } from '../../foundation/basics/unreachable.ts';
import { FaultDigest } from './fault-digest.ts';
import { loadOwnPolicies } from './load-own-policies.ts';
import type { ChangeStep, ToSupervisor, ToWorker, WorkerBirth } from './messages.ts';

/** Called once, by the entry of a thread. Tests give another data plane than the entry of the product does. */
export function serveInThread(createDataPlane: (parts: DataPlaneParts) => DataPlane): void {
  const port = parentPort;
  if (port === null) throw new Error('A worker must run in a thread that the supervisor started.');
  const tell = (message: ToSupervisor): void => port.postMessage(message);

  // The supervisor is the only one who starts this thread, and it gives a WorkerBirth.
  const birth = workerData as WorkerBirth;
  const digest = new FaultDigest(faultPause, (pool, reason, count) => tell({ kind: 'policy-fault', pool, reason, count }));
  const build = (ownPolicies: OwnPolicies): DataPlane => {
    const { document, board, places, shared, worker, workers } = birth;
    const report = (pool: string, reason: string): void => digest.add(pool, reason);
    return createDataPlane({
      document,
      board: new Scoreboard(board.shape, board.buffer),
      places,
      shared,
      worker,
      workers,
      ownPolicies,
      report,
      reportShedding: (news) => tell({ kind: 'shedding', ...news }),
      reportBreaker: (news) => tell({ kind: 'breaker', ...news }),
    });
  };
  // What the supervisor says meanwhile waits for whoever listens.
  loadOwnPolicies(birth.document.pools)
    .then((ownPolicies) => serve(build(ownPolicies), port, tell))
    .catch(rethrow);
}

/** Milliseconds between two messages about the policy of one pool. */
const faultPause = 1000;

function serve(plane: DataPlane, port: MessagePort, tell: (message: ToSupervisor) => void): void {
  port.on('message', (message: ToWorker) => {
    // Leaving by process.exit ends this thread alone, also when the data plane left a timer behind.
    if (message.kind === 'drain') return void plane.drain().then(() => process.exit(0), rethrow);
    takeStep(plane, message).then(
      (bound) => tell({ kind: 'done', bound, fault: undefined }),
      (error: unknown) => tell({ kind: 'done', bound: [], fault: error instanceof Error ? error.message : String(error) }),
    );
  });

  plane.listen().then(
    (bound) => tell({ kind: 'listening', bound }),
    (error: unknown) => {
      tell({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) });
      plane.close();
      port.close();
    },
  );
}

const nothingBound: readonly BoundListener[] = [];

async function takeStep(plane: DataPlane, step: ChangeStep): Promise<readonly BoundListener[]> {
  switch (step.kind) {
    case 'stage':
      plane.stage({ ...step.staged, ownPolicies: await loadOwnPolicies(step.staged.pools) });
      return nothingBound;
    case 'prepare':
      return plane.prepare(step.next);
    case 'commit':
      plane.commit();
      return nothingBound;
    case 'discard':
      plane.discard();
      return nothingBound;
    default:
      return unreachable(step);
  }
}

/** Takes an error out of a promise, so that it ends the thread like any other fault. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
