// Measures one small operation: nanoseconds of processor time and allocated bytes for each call, after a warm-up.
// All cases of a bench run in turns, so that a noisy moment of the machine falls on each of them.
import { allocatedBytes } from '../test/support/policies/allocated-bytes.ts';

export interface MicroCase {
  readonly name: string;
  /** Does the operation so many times and gives something back that depends on all of them, so that none can be left out. */
  readonly run: (times: number) => number;
  /** What it is to stay below. Lines of those that do not are marked. */
  readonly goal?: { readonly nanoseconds: number; readonly bytes: number };
  /** Printed at the end of the line. */
  readonly note?: string;
}

interface Measured extends MicroCase {
  readonly times: number;
  microseconds: number;
}

const rounds = 12;
/** How long one round of one case takes, about. */
const roundMilliseconds = 20;
/** How often memory is looked at. By then the code is warm. */
const groups = 3;

/** Runs the cases and prints one line for each. How many of them miss their goal. */
export function measure(title: string, cases: readonly MicroCase[]): number {
  const prepared = cases.map((one): Measured => ({ ...one, times: calibrate(one), microseconds: 0 }));
  let consumed = 0;
  for (let round = 0; round < rounds; round++) {
    for (const one of prepared) {
      const started = processorTime();
      consumed += one.run(one.times);
      one.microseconds += processorTime() - started;
    }
  }
  if (Number.isNaN(consumed)) throw new Error('A case gave no number');

  console.log(`${title} (Node.js ${process.versions.node})`);
  return prepared.filter((one) => !print(one)).length;
}

/** One line; false when the goal is missed. */
function print({ name, run, times, microseconds, goal, note = '' }: Measured): boolean {
  // Of all rounds together: some kernels count processor time in steps of milliseconds, which even out.
  const nanoseconds = (1000 * microseconds) / (rounds * times);
  const bytes = allocatedBytes(run, groups);
  const isReached = goal === undefined || (nanoseconds < goal.nanoseconds && bytes < goal.bytes + 1);
  const figures = `${name.padEnd(58)}${nanoseconds.toFixed(1).padStart(9)} ns${bytes.toFixed(1).padStart(9)} bytes`;
  const aim = goal === undefined ? '' : `   goal ${goal.nanoseconds} ns, ${goal.bytes} bytes${isReached ? '' : ' MISSED'}`;
  console.log(`  ${figures}${aim}${note === '' ? '' : `   ${note}`}`);
  return isReached;
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
export function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
