// Measures rows in short rounds, each balancer in turn (A B C A B C), so that a machine that gets slower or faster does so for all alike.
// Reports each turn as soon as it is over.

import type { Running } from '../balancers/balancer.ts';
import { isDisturbed, type Summary, summarize } from '../report/results.ts';
import { type Measurement, measure, wrongAnswer } from './measure.ts';
import type { Row } from './rows.ts';

export interface RoundsPlan {
  readonly rows: readonly Row[];
  readonly balancers: readonly Running[];
  readonly rounds: number;
  readonly seconds: number;
  /** The cores of the load generator. */
  readonly cores: string;
  readonly balancerCore: string;
}

/** For each row, in order: what each balancer needed. */
export type RowSummaries = ReadonlyMap<Row, ReadonlyMap<string, Summary>>;

export async function measureRounds(plan: RoundsPlan): Promise<RowSummaries> {
  const turns = new Map<Row, Map<string, Measurement[]>>();
  for (const row of plan.rows) turns.set(row, new Map(plan.balancers.map((balancer) => [balancer.name, []])));
  for (let round = 1; round <= plan.rounds; round += 1) {
    process.stdout.write(`\nround ${round} of ${plan.rounds}, µs of processor time for each request\n`);
    for (const [row, byBalancer] of turns) {
      process.stdout.write(`  ${row.name.padEnd(18)}`);
      for (const balancer of plan.balancers) {
        const measurement = await oneTurn(balancer, row, plan);
        byBalancer.get(balancer.name)?.push(measurement);
        process.stdout.write(`${balancer.name} ${figure(measurement).padEnd(9)}`);
      }
      process.stdout.write('\n');
    }
  }
  const all = [...turns.values()].flatMap((byBalancer) => [...byBalancer.values()].flat());
  const disturbed = all.filter(isDisturbed).length;
  if (disturbed > 0) console.log(`\n* in ${disturbed} of ${all.length} turns, other programs took more than 10 % of the balancer's core`);
  return new Map([...turns].map(([row, byBalancer]) => [row, summarizeAll(byBalancer)]));
}

async function oneTurn(balancer: Running, row: Row, plan: RoundsPlan): Promise<Measurement> {
  const wrong = await wrongAnswer(balancer, row);
  const { seconds, cores, balancerCore } = plan;
  const measurement = await measure(balancer, row.load, { warmUpSeconds: 1, seconds, cores, balancerCore });
  return wrong === undefined ? measurement : { ...measurement, errors: wrong };
}

function summarizeAll(byBalancer: ReadonlyMap<string, readonly Measurement[]>): ReadonlyMap<string, Summary> {
  return new Map([...byBalancer].map(([name, measurements]) => [name, summarize(measurements)]));
}

function figure(measurement: Measurement): string {
  if (measurement.errors !== undefined) return `failed (${measurement.errors})`;
  const mark = isDisturbed(measurement) ? '*' : '';
  return (measurement.user + measurement.system).toFixed(1) + mark;
}
