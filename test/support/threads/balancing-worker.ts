// A thread with a balancer of its own over a shared scoreboard: takes and gives back endpoints at random, and then ends as it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { Balancer } from '../../../src/domain/balancing/balancer.ts';
import { policySettings } from '../../../src/domain/balancing/policy-settings.ts';
import type { Endpoint } from '../../../src/domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../../src/domain/endpoints/endpoint-load.ts';
import type { ScoreboardShape } from '../../../src/domain/endpoints/scoreboard.ts';
import { Scoreboard } from '../../../src/domain/endpoints/scoreboard.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';

export interface BalancingTask {
  readonly shape: ScoreboardShape;
  readonly board: SharedArrayBuffer;
  /** What the threads have been given at this moment: a sum for each endpoint, then a row for each worker, then each worker's highest sums. */
  readonly admitted: SharedArrayBuffer;
  readonly worker: number;
  readonly seed: number;
  readonly limits: readonly number[];
  /** `leave` says what it holds and keeps it; `exit` and `throw` die holding it; `run` goes on until it is killed. */
  readonly end: 'leave' | 'exit' | 'throw' | 'run';
}

/** The parts of `admitted`, which the test reads too. */
export class Admissions {
  readonly sums: Int32Array;
  readonly #rows: Int32Array;
  readonly #highest: Int32Array;
  readonly #endpoints: number;

  constructor({ workers, endpoints }: ScoreboardShape, buffer: SharedArrayBuffer) {
    this.sums = new Int32Array(buffer, 0, endpoints);
    this.#rows = new Int32Array(buffer, 4 * endpoints, workers * endpoints);
    this.#highest = new Int32Array(buffer, 4 * endpoints * (1 + workers), workers * endpoints);
    this.#endpoints = endpoints;
  }

  static sizeOf({ workers, endpoints }: ScoreboardShape): number {
    return 4 * endpoints * (1 + 2 * workers);
  }

  rowOf(worker: number): Int32Array {
    return this.#rows.subarray(worker * this.#endpoints, (worker + 1) * this.#endpoints);
  }

  highestOf(worker: number): Int32Array {
    return this.#highest.subarray(worker * this.#endpoints, (worker + 1) * this.#endpoints);
  }

  /** To be called before the scoreboard is cleared of a dead worker, so that no more is counted here than there at any moment. */
  clear(worker: number): void {
    const row = this.rowOf(worker);
    row.forEach((held, slot) => void Atomics.sub(this.sums, slot, held));
    row.fill(0);
  }
}

class BalancingThread {
  readonly #balancer: Balancer;
  readonly #random: () => number;
  readonly #held: Endpoint[] = [];
  readonly #sums: Int32Array;
  readonly #row: Int32Array;
  readonly #highest: Int32Array;
  #now = 1_000_000;

  constructor({ shape, board: buffer, admitted, worker, seed, limits }: BalancingTask) {
    const board = new Scoreboard(shape, buffer);
    const admissions = new Admissions(shape, admitted);
    this.#random = seeded(seed);
    this.#sums = admissions.sums;
    this.#row = admissions.rowOf(worker);
    this.#highest = admissions.highestOf(worker);
    const endpoints = limits.map(
      (maxConnections, slot): Endpoint => ({
        id: `e${slot}:80`,
        address: { kind: 'tcp', host: `e${slot}`, port: 80 },
        weight: 1,
        tier: 0,
        maxConnections,
        load: new EndpointLoad(board, worker, slot),
      }),
    );
    this.#balancer = new Balancer({
      policy: policySettings.parse('least-connections'),
      endpoints,
      slowStart: undefined,
      tools: { random: this.#random, now: () => this.#now },
      turns: (tier) => board.turns(0, tier),
      counters: board.poolRow(worker, 0),
      revision: () => board.revision(0),
    });
  }

  /** False when there is none to take. */
  take(): boolean {
    const endpoint = this.#balancer.take({ key: undefined, attempt: 0 }, []);
    if (endpoint === undefined) return false;
    const { slot } = endpoint.load;
    // A thread is ended between two calls, not between these two statements.
    const sum = Atomics.add(this.#sums, slot, 1) + 1;
    this.#row[slot] = (this.#row[slot] as number) + 1;
    if (sum > (this.#highest[slot] as number)) this.#highest[slot] = sum;
    this.#held.push(endpoint);
    return true;
  }

  #giveBack(): void {
    const [endpoint] = this.#held.splice(Math.floor(this.#random() * this.#held.length), 1);
    if (endpoint === undefined) return;
    const { slot } = endpoint.load;
    Atomics.sub(this.#sums, slot, 1);
    this.#row[slot] = (this.#row[slot] as number) - 1;
    endpoint.load.release();
  }

  step(): void {
    if (this.#random() < 0.6) this.take();
    else this.#giveBack();
    if (this.#random() < 0.02) this.#balancer.refresh(this.#now++);
  }

  get held(): readonly number[] {
    return [...this.#row];
  }
}

function run(task: BalancingTask): void {
  const thread = new BalancingThread(task);
  // All of them together fill every endpoint, before anything is given back.
  while (thread.take());
  parentPort?.postMessage('full');
  for (let done = 0; done < 30_000; done++) thread.step();
  while (task.end === 'run') thread.step();
  if (task.end === 'exit') process.exit(1);
  if (task.end === 'throw') throw new Error('broken on purpose');
  parentPort?.postMessage(thread.held);
}

// The test imports the names above and gives no task.
if (workerData !== null) run(workerData as BalancingTask);
