// One measurement: load on one balancer for a while, and what its processes took from the processor meanwhile.

import { pages } from '../balancers/backend.ts';
import type { Running } from '../balancers/balancer.ts';
import { probe } from '../balancers/http-probe.ts';
import { type Load, runLoad } from '../load/wrk.ts';
import { coreBusyTime, processorTime } from '../machine/process-tree.ts';
import type { Row } from './rows.ts';

export interface Measurement {
  /** Microseconds of processor time for each request, in the program and in the kernel. */
  readonly user: number;
  readonly system: number;
  /** The share of one core that the balancer used. */
  readonly busy: number;
  /** The share of the balancer's core that other programs used; undefined where it has more than one core. */
  readonly disturbance: number | undefined;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly errors: string | undefined;
}

export interface Timing {
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** The cores of the load generator. */
  readonly cores: string;
  /** The balancer's core, when it has one to itself. */
  readonly balancerCore?: string;
}

export async function measure(running: Running, load: Load, timing: Timing): Promise<Measurement> {
  const { port } = running;
  const { cores, balancerCore } = timing;
  const coreTime = (): number => (balancerCore === undefined ? Number.NaN : coreBusyTime(balancerCore));
  if (timing.warmUpSeconds > 0) await runLoad(load, { port, cores, seconds: timing.warmUpSeconds });
  const before = processorTime(running.started.pid);
  const coreBefore = coreTime();
  const result = await runLoad(load, { port, cores, seconds: timing.seconds });
  const after = processorTime(running.started.pid);
  const coreUsed = coreTime() - coreBefore;
  const ended = running.started.child.exitCode !== null;
  const user = after.user - before.user;
  const system = after.system - before.system;
  return {
    user: (user * 1e6) / result.requests,
    system: (system * 1e6) / result.requests,
    busy: (user + system) / result.seconds,
    disturbance: Number.isNaN(coreUsed) ? undefined : Math.max(0, coreUsed - user - system) / result.seconds,
    perSecond: result.requests / result.seconds,
    p50: result.p50,
    p99: result.p99,
    p999: result.p999,
    errors: ended ? 'the balancer ended' : result.errors,
  };
}

/** A row only counts when the answer is the one that it is about: status 200 and a body of the right length. */
export async function wrongAnswer(running: Running, row: Row): Promise<string | undefined> {
  const { path, method, bodyBytes } = row.load;
  try {
    const answer = await probe({ port: running.port, path, method, bodyBytes });
    if (answer.status !== 200) return `answers with status ${answer.status}`;
    if (answer.bodyBytes !== pages[path]) return `answers with ${answer.bodyBytes} bytes instead of ${pages[path]}`;
    return undefined;
  } catch (error) {
    return `does not answer: ${String(error)}`;
  }
}
