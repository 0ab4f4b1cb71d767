// Runs one row on Evenkeel with Node's own profiler in every thread, and lists the functions in which the busiest one spent its time.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../balancers/balancer.ts';
import { evenkeel } from '../balancers/evenkeel.ts';
import { left, number, right, table } from '../report/table.ts';
import { measure } from '../rows/measure.ts';
import type { Row } from '../rows/rows.ts';

export interface ProfilePlan {
  /** Another checkout than this one. */
  readonly checkout: string | undefined;
  readonly row: Row;
  readonly site: Site;
  readonly seconds: number;
  /** The cores of the load generator. */
  readonly cores: string;
}

/** The part of a .cpuprofile file that is read here; written by V8. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const shownFunctions = 40;
const notWork = new Set(['(idle)', '(root)']);

export async function printProfile(plan: ProfilePlan): Promise<void> {
  const folder = join(plan.site.home, 'profiles');
  mkdirSync(folder, { recursive: true });
  const env = { NODE_OPTIONS: `--cpu-prof --cpu-prof-interval=200 --cpu-prof-dir=${folder}` };
  const running = await evenkeel(plan.checkout === undefined ? { env } : { env, checkout: plan.checkout }).start(plan.site);
  console.log(`\n${plan.row.title}: ${plan.seconds} s with the profiler on`);
  const figures = await measure(running, plan.row.load, { warmUpSeconds: 1, seconds: plan.seconds, cores: plan.cores });
  await running.started.stop();
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  if (files.length === 0) throw new Error('no profile was written: Evenkeel did not end in an orderly way');
  const cost = `${number(figures.user + figures.system)} µs (user ${number(figures.user)}, system ${number(figures.system)})`;
  console.log(`${cost} for each request, the profiler's own time included; ${figures.errors ?? 'no errors'}`);
  const threads = files.map((name) => timeByFunction(readProfile(join(folder, name)))).sort((a, b) => b.total - a.total);
  const [busiest, ...others] = threads;
  if (busiest !== undefined) printOne(busiest);
  for (const { total } of others) console.log(`\nanother thread: ${number(total / 1_000)} ms at work`);
}

function readProfile(file: string): CpuProfile {
  // V8 wrote it; its format is that of the DevTools protocol's Profiler.Profile.
  return JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
}

interface ThreadTimes {
  /** Microseconds in which the thread had something to do. */
  readonly total: number;
  readonly byFunction: ReadonlyMap<string, number>;
}

function timeByFunction(profile: CpuProfile): ThreadTimes {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const byFunction = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const name = names.get(id) ?? 'unknown';
    if (!notWork.has(name)) byFunction.set(name, (byFunction.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0));
  });
  return { total: [...byFunction.values()].reduce((sum, time) => sum + time, 0), byFunction };
}

function printOne({ total, byFunction }: ThreadTimes): void {
  const lines = [...byFunction]
    .sort(([, a], [, b]) => b - a)
    .slice(0, shownFunctions)
    .map(([name, time]) => [number(time / 1_000), `${((time * 100) / total).toFixed(1)} %`, name]);
  console.log(`\nthe busiest thread, start included: ${number(total / 1_000)} ms at work\n`);
  console.log(table([right('ms'), right('share'), left('function')], lines));
}

function place(frame: CpuProfile['nodes'][number]['callFrame']): string {
  const file = frame.url.replace(/^.*\/(src|node_modules)\//, '$1/');
  return file === ''
    ? frame.functionName
    : `${frame.functionName === '' ? '(anonymous)' : frame.functionName} ${file}:${frame.lineNumber + 1}`;
}
