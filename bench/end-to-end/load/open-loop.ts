// Load on a fixed timetable: requests are due at even distances whatever the answers do, and latency counts from the moment a request was
// due, so that a balancer that stalls is charged for everything that had to wait meanwhile. A program of its own, run by half-load.ts.
// A second thread wakes this one when nothing else has for a tenth of a millisecond, since timers of the event loop only know whole ones.

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

/** One kept-alive connection with at most one request on its way. All lanes read into one buffer, which keeps the generator light. */
class Lane {
  static readonly #buffer = Buffer.allocUnsafe(64 * 1024);
  readonly #socket: Socket;
  readonly #request: string;
  readonly #onAnswer: (lane: Lane, due: number, ok: boolean) => void;
  #due = 0;
  /** What has come of an answer that arrives in pieces. */
  #pieces = '';

  constructor(plan: Plan, onAnswer: (lane: Lane, due: number, ok: boolean) => void) {
    this.#request = `GET ${plan.path} HTTP/1.1\r\nHost: 127.0.0.1:${plan.port}\r\n\r\n`;
    this.#onAnswer = onAnswer;
    const callback = (size: number): boolean => this.#read(size);
    this.#socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true, onread: { buffer: Lane.#buffer, callback } });
    // A lane that breaks never becomes free again; its request stays unanswered and counts as failed.
    this.#socket.on('error', () => undefined);
  }

  send(due: number): void {
    this.#due = due;
    this.#socket.write(this.#request, 'latin1');
  }

  #read(size: number): boolean {
    const text = this.#pieces + Lane.#buffer.latin1Slice(0, size);
    if (isWholeAnswer(text)) {
      this.#pieces = '';
      this.#onAnswer(this, this.#due, text.startsWith('HTTP/1.1 200'));
    } else {
      this.#pieces = text;
    }
    return true;
  }
}

function isWholeAnswer(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  return headEnd >= 0 && text.length >= headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? Number.NaN);
}

/** Times in milliseconds; room for all of them is made beforehand, so that nothing grows while the timetable runs. */
class Samples {
  readonly #values: Float64Array;
  count = 0;

  constructor(room: number) {
    this.#values = new Float64Array(room);
  }

  add(value: number): void {
    this.#values[this.count] = value;
    this.count += 1;
  }

  /** In microseconds. */
  quantile(share: number): number {
    const sorted = this.#values.slice(0, this.count).sort();
    return Math.round((sorted[Math.min(this.count - 1, Math.floor(this.count * share))] ?? Number.NaN) * 1_000);
  }
}

/** Keeps the timetable. */
class Timetable {
  readonly #plan: Plan;
  /** Its one cell counts how often the timetable was looked at; the other thread watches it. */
  readonly #turns: Int32Array;
  readonly #free: Lane[] = [];
  readonly #waiting: number[] = [];
  #firstWaiting = 0;
  #start = 0;
  #next = 0;
  #wrong = 0;
  #answered = 0;
  readonly #latencies: Samples;
  readonly #lateness: Samples;

  constructor(plan: Plan, turns: Int32Array) {
    this.#plan = plan;
    this.#turns = turns;
    this.#latencies = new Samples(this.#total);
    this.#lateness = new Samples(this.#total);
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
    this.#turns[0] = (this.#turns[0] ?? 0) + 1;
    const now = performance.now();
    const distance = 1_000 / this.#plan.perSecond;
    for (let due = this.#start + this.#next * distance; due <= now && this.#next < this.#total; due += distance) {
      this.#next += 1;
      if (due >= this.#start + warmUpMilliseconds) this.#lateness.add(now - due);
      const lane = this.#free.pop();
      if (lane === undefined) this.#waiting.push(due);
      else lane.send(due);
    }
  }

  report(): OpenLoopReport {
    return {
      answered: this.#latencies.count,
      failed: this.#next - this.#answered + this.#wrong,
      p50: this.#latencies.quantile(0.5),
      p99: this.#latencies.quantile(0.99),
      p999: this.#latencies.quantile(0.999),
      ownLatenessP99: this.#lateness.quantile(0.99),
    };
  }

  #answer(lane: Lane, due: number, ok: boolean): void {
    this.#answered += 1;
    if (!ok) this.#wrong += 1;
    if (due >= this.#start + warmUpMilliseconds) this.#latencies.add(performance.now() - due);
    const waited = this.#waiting[this.#firstWaiting];
    if (waited === undefined) {
      this.#free.push(lane);
    } else {
      this.#firstWaiting += 1;
      lane.send(waited);
    }
    this.advance();
  }
}

function wakeWhenQuiet(turns: Int32Array): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  let seen = -1;
  for (;;) {
    Atomics.wait(clock, 0, 0, 0.1);
    const now = Atomics.load(turns, 0);
    if (now === seen) parentPort?.postMessage(0);
    seen = now;
  }
}

function main(): void {
  const [port, path, perSecond, seconds, connections] = process.argv.slice(2);
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const plan = {
    port: Number(port),
    path: path ?? '/',
    perSecond: Number(perSecond),
    seconds: Number(seconds),
    connections: Number(connections),
  };
  const timetable = new Timetable(plan, turns);
  const waker = new Worker(new URL(import.meta.url), { workerData: turns });
  waker.once('online', () => timetable.begin());
  waker.on('message', () => {
    timetable.advance();
    if (!timetable.isOver) return;
    console.log(JSON.stringify(timetable.report()));
    process.exit(0);
  });
}

if (isMainThread) main();
// The worker is given exactly this array by main().
else wakeWhenQuiet(workerData as Int32Array);
