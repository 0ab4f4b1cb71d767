// Evenkeel's supervisor as a process, whose workers die when the parent says so, and which tells what each worker has on.

import { parseDocument } from '../../../src/control-plane/configuration/read.ts';
import { Supervisor } from '../../../src/control-plane/supervising/supervisor.ts';
import { openWork } from '../../../src/control-plane/supervising/totals.ts';
import { mortalChannel, mortalEntry } from '../threads/mortal-worker.ts';

const text = process.argv[2] ?? '';
const document = await parseDocument({ file: 'chaos.yaml', text, format: 'yaml' });
if (!document.ok) throw new Error(JSON.stringify(document.fault));

const supervisor = new Supervisor({ document: document.value, log: console, workerEntry: mortalEntry });
const [listener] = await supervisor.start();
const channel = new BroadcastChannel(mortalChannel);

process.on('message', (asked: { readonly kill: number } | 'figures') => {
  if (asked !== 'figures') return channel.postMessage(asked.kill);
  const { board, places, restarts, listeningWorkers } = supervisor;
  const workers = Array.from({ length: board.shape.workers }, (_, worker) => openWork(board, worker));
  const inFlight = Object.values(places.pools).flatMap(({ endpoints }) => endpoints.map((row) => board.inFlight(row)));
  process.send?.({ workers, inFlight, restarts, listeningWorkers });
});
process.on('disconnect', () => process.exit());
process.send?.({ address: listener?.address });
