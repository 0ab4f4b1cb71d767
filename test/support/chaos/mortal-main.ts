// Evenkeel's supervisor as a process, whose workers die when the parent says so, and which tells what each worker has on and what all of them
// share of the pool `shop`.
import type { Worker } from 'node:worker_threads';
import { parseDocument } from '../../../src/control-plane/configuration/read.ts';
import { Supervisor } from '../../../src/control-plane/supervising/supervisor.ts';
import { openWork } from '../../../src/control-plane/supervising/totals.ts';
import { RetryBudget } from '../../../src/domain/resilience/retry-budget.ts';
import { mortalChannel, mortalEntry } from '../threads/mortal-worker.ts';
import type { AskedOfMortal, MortalFigures } from './mortal.ts';

const text = process.argv[2] ?? '';
const document = await parseDocument({ file: 'chaos.yaml', text, format: 'yaml' });
if (!document.ok) throw new Error(JSON.stringify(document.fault));

/** The last thread of each name. */
const threads = new Map<string | null, Worker>();
process.on('worker', (thread) => threads.set(thread.threadName, thread));
const supervisor = new Supervisor({ document: document.value, log: console, workerEntry: mortalEntry });
const [listener] = await supervisor.start();
const channel = new BroadcastChannel(mortalChannel);

function figures(): MortalFigures {
  const { board, places: rows, restarts, listeningWorkers, document, clock } = supervisor;
  const words = supervisor.wordsOf('shop');
  const rules = document.pools['shop']?.retry.budget;
  const [places = 0, ...placesOf] = words.entry;
  return {
    workers: Array.from({ length: board.shape.workers }, (_, worker) => ({ ...openWork(board, worker), places: placesOf[worker] ?? 0 })),
    inFlight: (rows.pools['shop']?.endpoints ?? []).map((row) => board.inFlight(row)),
    places,
    retriesLeft: rules === undefined ? Number.POSITIVE_INFINITY : new RetryBudget(rules, words.budget).balance(clock()),
    restarts,
    listeningWorkers,
  };
}

process.on('message', (asked: AskedOfMortal) => {
  if (asked === 'figures') process.send?.(figures());
  else if ('kill' in asked) channel.postMessage(asked.kill);
  else void threads.get(`evenkeel worker ${asked.terminate}`)?.terminate();
});
process.on('disconnect', () => process.exit());
process.send?.({ address: listener?.address });
