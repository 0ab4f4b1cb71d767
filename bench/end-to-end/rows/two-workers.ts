// What a second worker adds: Evenkeel with one worker and with two, both allowed on the same two cores, in turns.
// Where the load generator has to share these cores, requests per second say little; processor time per request still shows
// whether two workers get in each other's way.

import { join } from 'node:path';
import type { Balancer, Running } from '../balancers/balancer.ts';
import type { Cores } from '../machine/machine.ts';
import { type Summary, summarize } from '../report/results.ts';
import { left, number, right, table } from '../report/table.ts';
import { type Measurement, measure } from './measure.ts';
import { rowNamed } from './rows.ts';

export interface WorkersPlan {
  readonly balancer: Balancer;
  readonly directory: string;
  readonly endpointPorts: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly where: Cores;
}

export interface WorkersSummary {
  readonly one: Summary;
  readonly two: Summary;
  readonly shared: boolean;
}

export async function measureWorkers(plan: WorkersPlan): Promise<WorkersSummary> {
  const { endpointPorts, where } = plan;
  const startWith = (workers: number): Promise<Running> =>
    plan.balancer.start({ home: join(plan.directory, `workers-${workers}`), endpointPorts, cores: where.pair, workers });
  const contestants = [await startWith(1), await startWith(2)] as const;
  const turns: [Measurement[], Measurement[]] = [[], []];
  const timing = { warmUpSeconds: 1, seconds: plan.seconds, cores: where.pairIsShared ? where.pair : where.others };
  process.stdout.write(`\nworkers on cores ${where.pair}: µs of processor time for each request, requests/s\n`);
  for (let round = 1; round <= plan.rounds; round += 1) {
    process.stdout.write(`  round ${round} of ${plan.rounds}      `);
    for (const index of [0, 1] as const) {
      const measurement = await measure(contestants[index], rowNamed('small').load, timing);
      turns[index].push(measurement);
      const cost = measurement.errors ?? (measurement.user + measurement.system).toFixed(1);
      process.stdout.write(`${index + 1}: ${cost} ${number(measurement.perSecond).padEnd(9)}`);
    }
    process.stdout.write('\n');
  }
  for (const { started } of contestants) await started.stop();
  return { one: summarize(turns[0]), two: summarize(turns[1]), shared: where.pairIsShared };
}

export function workersTable(summary: WorkersSummary): string {
  const columns = [left('workers'), right('µs per request'), right('cores in use'), right('requests/s'), left('errors')];
  const lines = [summary.one, summary.two].map((line, index) => [
    String(index + 1),
    number(line.total),
    line.busy.toFixed(2),
    number(line.perSecond, 0),
    line.errors ?? 'none',
  ]);
  const byTime = (2 * summary.one.total) / summary.two.total;
  const byRate = summary.two.perSecond / summary.one.perSecond;
  const verdict = summary.shared
    ? `The load generator and the endpoints need the same two cores, so requests per second cannot double here. By processor time, two full cores carry ${byTime.toFixed(2)} × one (to reach: 1.8).`
    : `Two workers carry ${byRate.toFixed(2)} × one (to reach: 1.8).`;
  return `${table(columns, lines)}\n\n${verdict}`;
}
