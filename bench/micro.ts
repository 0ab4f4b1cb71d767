// Measures one small operation: nanoseconds of processor time and allocated bytes for each call, after a warm-up.
// All cases of a bench run in turns, so that a noisy moment of the machine falls on each of them.
import { getHeapStatistics } from 'node:v8';

export interface MicroCase {
  readonly name: string;
  /** Does the operation so many times and gives something back that depends on all of them, so that none can be left out. */
  readonly run: (times: number) => number;
}

const rounds = 12;
/** How long one round of one case takes, about. */
const roundMilliseconds = 20;

/** Runs the cases and prints one line for each. */
export function measure(title: string, cases: readonly MicroCase[]): void {
  const prepared = cases.map((one) => ({ ...one, times: calibrate(one), microseconds: 0, bytes: 0 }));
  let consumed = 0;
  for (let round = 0; round < rounds; round++) {
    for (const one of prepared) {
      const allocated = getHeapStatistics().total_allocated_bytes;
      const started = processorTime();
      consumed += one.run(one.times);
      one.microseconds += processorTime() - started;
      one.bytes += getHeapStatistics().total_allocated_bytes - allocated;
    }
  }

  console.log(`${title} (Node.js ${process.versions.node})`);
  for (const { name, times, microseconds, bytes } of prepared) {
    // Of all rounds together: some kernels count processor time in steps of milliseconds, which even out.
    const nanoseconds = (1000 * microseconds) / (rounds * times);
    console.log(`  ${name.padEnd(58)}${nanoseconds.toFixed(1).padStart(9)} ns${(bytes / (rounds * times)).toFixed(1).padStart(9)} bytes`);
  }
  if (Number.isNaN(consumed)) throw new Error('A case gave no number');
}

/** Warms the case up and finds how many calls fill a round. */
function calibrate({ run }: MicroCase): number {
  let times = 1000;
  for (;;) {
    const started = processorTime();
    run(times);
    if (processorTime() - started >= 1000 * roundMilliseconds) return times;
    times *= 2;
  }
}

/** Of this thread, in microseconds. What other programs take of the machine does not count. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
