// Counts the system calls that each balancer makes for a request (`strace -c`). Tracing slows everything down, so times mean nothing here.

import type { Running } from '../balancers/balancer.ts';
import { runLoad } from '../load/wrk.ts';
import { processTree } from '../machine/process-tree.ts';
import { start } from '../machine/processes.ts';
import { left, right, table } from '../report/table.ts';
import type { Row } from '../rows/rows.ts';

export interface SystemCallsPlan {
  readonly balancers: readonly Running[];
  readonly row: Row;
  readonly seconds: number;
  readonly cores: string;
}

type Counts = ReadonlyMap<string, number>;

export async function printSystemCalls(plan: SystemCallsPlan): Promise<void> {
  const columns: Counts[] = [];
  for (const balancer of plan.balancers) columns.push(await countFor(balancer, plan));
  const names = [...new Set(columns.flatMap((counts) => [...counts.keys()]))];
  const sum = (name: string): number => columns.reduce((total, counts) => total + (counts.get(name) ?? 0), 0);
  names.sort((a, b) => sum(b) - sum(a));
  const total = columns.map((counts) => [...counts.values()].reduce((all, count) => all + count, 0));
  const lines = names
    .filter((name) => columns.some((counts) => (counts.get(name) ?? 0) >= 0.0005))
    .map((name) => [name, ...columns.map((counts) => (counts.get(name) ?? 0).toFixed(3))]);
  lines.push(['all', ...total.map((count) => count.toFixed(3))]);
  console.log(`\nsystem calls per request, ${plan.row.title}\n`);
  console.log(table([left('call'), ...plan.balancers.map(({ name }) => right(name))], lines));
}

async function countFor(balancer: Running, plan: SystemCallsPlan): Promise<Counts> {
  const { port } = balancer;
  const { cores } = plan;
  await runLoad(plan.row.load, { port, cores, seconds: 1 });
  const processes = processTree(balancer.started.pid).flatMap((pid) => ['-p', String(pid)]);
  const tracer = start(['strace', '-c', '-f', '-q', '-U', 'calls,name', ...processes], { cores });
  const result = await runLoad(plan.row.load, { port, cores, seconds: plan.seconds });
  const ended = new Promise<void>((resolve) => tracer.child.once('close', () => resolve()));
  process.kill(tracer.pid, 'SIGINT');
  await ended;
  if (result.errors !== undefined) console.log(`${balancer.name}: ${result.errors}`);
  const lines = tracer.output().matchAll(/^\s*(\d+)\s+([a-z_0-9]+)\s*$/gm);
  const counts = [...lines].map(([, count, name]) => [name ?? '', Number(count) / result.requests] as const);
  return new Map(counts.filter(([name]) => name !== 'total'));
}
