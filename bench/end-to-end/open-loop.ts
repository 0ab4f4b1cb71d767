// Load on a fixed timetable: requests are due at even distances whatever the answers do, and latency counts from the moment a request was
// due, so that a balancer that stalls is charged for everything that had to wait meanwhile. A program of its own, run by half-load.ts.
// A second thread wakes this one every tenth of a millisecond, since timers of the event loop only know whole ones.

import { connect, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What the program prints: latencies and lateness in microseconds. */
export interface OpenLoopReport {
  readonly answered: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** How long after its time the generator itself noticed that a request was due. */
  readonly ownLatenessP99: number;
}

interface Plan {
  readonly port: number;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly connections: number;
}

const warmUpMilliseconds = 1_000;
const patienceMilliseconds = 5_000;

/** One kept-alive connection with at most one request on its way. */
class Lane {
  readonly #socket: Socket;
  readonly #request: string;
  readonly #onAnswer: (lane: Lane, due: number, ok: boolean) => void;
  #due = 0;
  #received = '';

  constructor(plan: Plan, onAnswer: (lane: Lane, due: number, ok: boolean) => void) {
    this.#request = `GET ${plan.path} HTTP/1.1\r\nHost: 127.0.0.1:${plan.port}\r\n\r\n`;
    this.#onAnswer = onAnswer;
    this.#socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#read(text));
    // A lane that breaks never becomes free again; its request stays unanswered and counts as failed.
    this.#socket.on('error', () => undefined);
  }

  send(due: number): void {
    this.#due = due;
    this.#received = '';
    this.#socket.write(this.#request, 'latin1');
  }

  #read(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#received)?.[1] ?? Number.NaN);
    if (this.#received.length < headEnd + 4 + length) return;
    this.#onAnswer(this, this.#due, this.#received.startsWith('HTTP/1.1 200'));
  }
}

/** Keeps the timetable. */
class Timetable {
  readonly #plan: Plan;
  readonly #free: Lane[] = [];
  readonly #waiting: number[] = [];
  #firstWaiting = 0;
  #start = 0;
  #next = 0;
  #wrong = 0;
  #answered = 0;
  readonly #latencies: number[] = [];
  readonly #lateness: number[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    for (let index = 0; index < plan.connections; index += 1) {
      this.#free.push(new Lane(plan, (lane, due, ok) => this.#answer(lane, due, ok)));
    }
  }

  begin(): void {
    this.#start = performance.now();
  }

  get #total(): number {
    return Math.floor((this.#plan.perSecond * (warmUpMilliseconds + this.#plan.seconds * 1_000)) / 1_000);
  }

  get isOver(): boolean {
    const end = this.#start + warmUpMilliseconds + this.#plan.seconds * 1_000;
    return this.#next >= this.#total && (this.#answered >= this.#next || performance.now() > end + patienceMilliseconds);
  }

  /** Sends what is due by now. */
  advance(): void {
    const now = performance.now();
    const distance = 1_000 / this.#plan.perSecond;
    for (let due = this.#start + this.#next * distance; due <= now && this.#next < this.#total; due += distance) {
      this.#next += 1;
      if (due >= this.#start + warmUpMilliseconds) this.#lateness.push(now - due);
      const lane = this.#free.pop();
      if (lane === undefined) this.#waiting.push(due);
      else lane.send(due);
    }
  }

  report(): OpenLoopReport {
    const latencies = Float64Array.from(this.#latencies).sort();
    const lateness = Float64Array.from(this.#lateness).sort();
    return {
      answered: latencies.length,
      failed: this.#next - this.#answered + this.#wrong,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      p999: quantile(latencies, 0.999),
      ownLatenessP99: quantile(lateness, 0.99),
    };
  }

  #answer(lane: Lane, due: number, ok: boolean): void {
    this.#answered += 1;
    if (!ok) this.#wrong += 1;
    if (due >= this.#start + warmUpMilliseconds) this.#latencies.push(performance.now() - due);
    const waited = this.#waiting[this.#firstWaiting];
    if (waited === undefined) {
      this.#free.push(lane);
      return;
    }
    this.#firstWaiting += 1;
    lane.send(waited);
  }
}

/** In microseconds, from sorted milliseconds. */
function quantile(sorted: Float64Array, share: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 1_000);
}

function wakeRegularly(asleep: Int32Array): void {
  for (;;) {
    Atomics.wait(asleep, 0, 0, 0.1);
    // The cell is 1 from the waking until the other thread has seen it, so that wakings do not pile up.
    if (Atomics.compareExchange(asleep, 1, 0, 1) === 0) parentPort?.postMessage(0);
  }
}

function main(): void {
  const [port, path, perSecond, seconds, connections] = process.argv.slice(2);
  const timetable = new Timetable({
    port: Number(port),
    path: path ?? '/',
    perSecond: Number(perSecond),
    seconds: Number(seconds),
    connections: Number(connections),
  });
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const waker = new Worker(new URL(import.meta.url), { workerData: cells });
  waker.once('online', () => timetable.begin());
  waker.on('message', () => {
    Atomics.store(cells, 1, 0);
    timetable.advance();
    if (!timetable.isOver) return;
    console.log(JSON.stringify(timetable.report()));
    process.exit(0);
  });
}

if (isMainThread) main();
// The worker is given exactly these cells by main().
else wakeRegularly(workerData as Int32Array);
