// `npm run bench`: Evenkeel beside nginx and HAProxy on this machine, in one run. Prints what it does and what came out, and writes the
// tables into docs/benchmarks.md. What is measured and how stands at the top of that page.

import { join } from 'node:path';
import { startBackend } from './backend.ts';
import type { Balancer, Running } from './balancer.ts';
import { evenkeel } from './evenkeel.ts';
import { haproxy } from './haproxy.ts';
import { type Cores, cores, describeMachine, missingPackages, pinThisProgram } from './machine.ts';
import { nginx } from './nginx.ts';
import { type Options, readOptions, usage } from './options.ts';
import { cleanUpAtExit, temporaryDirectory } from './processes.ts';
import { costTable, detailTable } from './report.ts';
import { measureRounds } from './rounds.ts';
import { rows } from './rows.ts';

async function main(options: Options): Promise<void> {
  const missing = missingPackages(['nginx', 'haproxy', 'wrk', 'taskset']);
  if (missing.length > 0)
    throw new Error(`not found on this machine: ${missing.join(', ')}\ninstall with: apt-get install ${missing.join(' ')}`);
  cleanUpAtExit();
  const where = cores();
  pinThisProgram(where.others);
  const directory = temporaryDirectory();
  const contestants = chosenBalancers(options);
  console.log(`${describeMachine()}: balancers on core ${where.balancer}, load and backend on ${where.others}`);
  console.log(contestants.map((balancer) => `${balancer.name} ${balancer.version}`).join(' · '));

  const backend = await startBackend(directory, where.others);
  const running = await startAll(contestants, { directory, endpointPorts: backend.ports, where });
  const results = await measureRounds({
    rows: rows.filter((row) => options.rows.includes(row.name)),
    balancers: running,
    rounds: options.rounds,
    seconds: options.seconds,
    cores: where.others,
  });
  const own = running.map(({ name }) => name).filter((name) => name.startsWith('evenkeel'));
  const peers = running.map(({ name }) => name).filter((name) => !own.includes(name));
  console.log(`\n${costTable(results, { peers, own })}\n\n${detailTable(results)}`);
  for (const { started } of [...running, backend]) await started.stop();
}

function chosenBalancers(options: Options): readonly Balancer[] {
  const all = [nginx(), haproxy(), evenkeel()].filter((balancer) => options.balancers.includes(balancer.name));
  return options.against === undefined ? all : [...all, evenkeel({ name: 'evenkeel-other', checkout: options.against })];
}

interface Surroundings {
  readonly directory: string;
  readonly endpointPorts: readonly number[];
  readonly where: Cores;
}

async function startAll(balancers: readonly Balancer[], surroundings: Surroundings): Promise<readonly Running[]> {
  const { directory, endpointPorts, where } = surroundings;
  const running: Running[] = [];
  for (const balancer of balancers) {
    running.push(await balancer.start({ home: join(directory, balancer.name), endpointPorts, cores: where.balancer, workers: 1 }));
  }
  return running;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(usage);
  else await main(options);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
