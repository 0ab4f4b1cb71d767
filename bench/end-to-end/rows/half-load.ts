// How long requests take when a balancer's core is about half busy: requests on a fixed timetable, the same for all.

import { join } from 'node:path';
import type { Running } from '../balancers/balancer.ts';
import type { OpenLoopReport } from '../load/open-loop.ts';
import { processorTime } from '../machine/process-tree.ts';
import { run } from '../machine/processes.ts';
import { median } from '../report/results.ts';
import { left, milliseconds, number, right, table } from '../report/table.ts';
import { measure } from './measure.ts';
import type { RowSummaries } from './rounds.ts';
import { rowNamed } from './rows.ts';

export interface HalfLoadPlan {
  readonly balancers: readonly Running[];
  readonly perSecond: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly cores: string;
}

export interface HalfLoadSummary {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly ownLatenessP99: number;
  /** Microseconds of processor time for each request, and the share of a core that this makes. */
  readonly cost: number;
  readonly busy: number;
  readonly failed: number;
}

const connections = 64;

/**
 * A third of the requests that fill the core of the dearest balancer, by its processor time in the row of small answers or in a short trial.
 * That keeps a core about half busy: requests that come one by one cost more than those that a saturated core finds in heaps.
 */
export async function halfLoad(results: RowSummaries, balancers: readonly Running[], cores: string): Promise<number> {
  const small = [...results].find(([row]) => row.name === 'small')?.[1];
  const costs = [...(small?.values() ?? [])].filter(({ errors }) => errors === undefined).map(({ total }) => total);
  if (costs.length === 0) {
    for (const balancer of balancers) {
      const trial = await measure(balancer, rowNamed('small').load, { warmUpSeconds: 1, seconds: 2, cores });
      costs.push(trial.user + trial.system);
    }
  }
  return Math.max(100, Math.round(1e6 / Math.max(...costs) / 300) * 100);
}

export async function measureHalfLoad(plan: HalfLoadPlan): Promise<ReadonlyMap<string, HalfLoadSummary>> {
  const turns = new Map<string, HalfLoadSummary[]>(plan.balancers.map(({ name }) => [name, []]));
  process.stdout.write(`\nhalf load: ${number(plan.perSecond)} requests a second on a timetable, p99 in ms\n`);
  for (let round = 1; round <= plan.rounds; round += 1) {
    process.stdout.write(`  round ${round} of ${plan.rounds}      `);
    for (const balancer of plan.balancers) {
      const turn = await oneTurn(balancer, plan);
      turns.get(balancer.name)?.push(turn);
      process.stdout.write(`${balancer.name} ${milliseconds(turn.p99).padEnd(9)}`);
    }
    process.stdout.write('\n');
  }
  return new Map([...turns].map(([name, list]) => [name, summarize(list)]));
}

async function oneTurn(balancer: Running, plan: HalfLoadPlan): Promise<HalfLoadSummary> {
  const before = processorTime(balancer.started.pid);
  // The endpoints share the generator's core on a small machine; a nice generator does not make them wait.
  const generator = ['nice', '-n', '10', process.execPath, join(import.meta.dirname, '../load/open-loop.ts')];
  const figures = [balancer.port, '/small', plan.perSecond, plan.seconds, connections].map(String);
  const { stdout, stderr } = await run([...generator, ...figures], { cores: plan.cores });
  const after = processorTime(balancer.started.pid);
  if (stdout === '') throw new Error(`the generator on a timetable failed: ${stderr}`);
  // Printed by open-loop.ts.
  const report = JSON.parse(stdout) as OpenLoopReport;
  // The warm-up second is part of the processor time, so its requests are counted here as well.
  const requests = plan.perSecond * (plan.seconds + 1);
  const spent = after.user + after.system - before.user - before.system;
  return { ...report, cost: (spent * 1e6) / requests, busy: spent / (plan.seconds + 1) };
}

function summarize(turns: readonly HalfLoadSummary[]): HalfLoadSummary {
  const of = (figure: (turn: HalfLoadSummary) => number): number => median(turns.map(figure));
  return {
    p50: of((turn) => turn.p50),
    p99: of((turn) => turn.p99),
    p999: of((turn) => turn.p999),
    ownLatenessP99: of((turn) => turn.ownLatenessP99),
    cost: of((turn) => turn.cost),
    busy: of((turn) => turn.busy),
    failed: turns.reduce((sum, turn) => sum + turn.failed, 0),
  };
}

export function halfLoadTable(summaries: ReadonlyMap<string, HalfLoadSummary>): string {
  const columns = [
    left('balancer'),
    right('p50 ms'),
    right('p99 ms'),
    right('p99.9 ms'),
    right('of which the generator, p99'),
    right('µs per request'),
    right('core in use'),
    left('errors'),
  ];
  const lines = [...summaries].map(([name, summary]) => [
    name,
    milliseconds(summary.p50),
    milliseconds(summary.p99),
    milliseconds(summary.p999),
    milliseconds(summary.ownLatenessP99),
    number(summary.cost),
    `${(summary.busy * 100).toFixed(0)} %`,
    summary.failed === 0 ? 'none' : `${summary.failed} requests failed: does not count`,
  ]);
  return table(columns, lines);
}
