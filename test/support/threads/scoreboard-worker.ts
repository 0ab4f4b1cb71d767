// A thread that begins and ends requests at random on a shared scoreboard, and then ends as it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { EndpointLoad } from '../../../src/domain/endpoints/endpoint-load.ts';
import type { ScoreboardShape } from '../../../src/domain/endpoints/scoreboard.ts';
import { Scoreboard } from '../../../src/domain/endpoints/scoreboard.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';

export interface ScoreboardTask {
  readonly shape: ScoreboardShape;
  readonly buffer: SharedArrayBuffer;
  readonly worker: number;
  readonly seed: number;
  /** `leave` goes on holding what it holds and says what that is; `exit` and `throw` die between two steps; `run` goes on until it is killed. */
  readonly end: 'leave' | 'exit' | 'throw' | 'run';
}

// The parent gives nothing else.
const { shape, buffer, worker, seed, end } = workerData as ScoreboardTask;
const board = new Scoreboard(shape, buffer);
const random = seeded(seed);
const endpoints = Array.from({ length: shape.endpoints }, (_, slot) => ({ load: new EndpointLoad(board, worker, slot), held: 0 }));

function step(): void {
  const endpoint = endpoints[Math.floor(random() * endpoints.length)];
  if (endpoint === undefined) return;
  if (endpoint.held > 0 && random() < 0.5) {
    endpoint.load.release();
    endpoint.held--;
  } else {
    endpoint.load.hold();
    endpoint.held++;
  }
}

const steps = 20_000 + Math.floor(random() * 20_000);
for (let done = 0; done < steps; done++) step();
parentPort?.postMessage(endpoints.map(({ held }) => held));

while (end === 'run') step();
if (end === 'exit') process.exit(1);
if (end === 'throw') throw new Error('broken on purpose');
