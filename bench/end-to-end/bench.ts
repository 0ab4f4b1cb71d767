// `npm run bench`: Evenkeel beside nginx and HAProxy on this machine, in one run. Prints what it does and what came out, and writes the
// tables into docs/benchmarks.md. What is measured and how stands at the top of that page.

import { join } from 'node:path';
import { type Backend, startBackend } from './balancers/backend.ts';
import type { Balancer, Running } from './balancers/balancer.ts';
import { evenkeel } from './balancers/evenkeel.ts';
import { haproxy } from './balancers/haproxy.ts';
import { nginx } from './balancers/nginx.ts';
import { printProfile } from './insight/profile.ts';
import { printSystemCalls } from './insight/system-calls.ts';
import { type Cores, cores, describeMachine, missingPackages, pinThisProgram, type Tool, toolVersion } from './machine/machine.ts';
import { cleanUpAtExit, temporaryDirectory } from './machine/processes.ts';
import { type Options, readOptions, usage } from './options.ts';
import { writeSection } from './report/page.ts';
import { costTable, detailTable } from './report/report.ts';
import { halfLoad, halfLoadTable, measureHalfLoad } from './rows/half-load.ts';
import { idleTable, measureIdle } from './rows/idle-clients.ts';
import { measureRounds, type RowSummaries } from './rows/rounds.ts';
import { rowNamed, rows } from './rows/rows.ts';
import { measureWorkers, workersTable } from './rows/two-workers.ts';

/** What all parts of a run share. */
interface Stage {
  readonly options: Options;
  readonly contestants: readonly Balancer[];
  readonly directory: string;
  readonly where: Cores;
  readonly backend: Backend;
}

async function main(options: Options): Promise<void> {
  requireTools(options.syscalls === undefined ? ['nginx', 'haproxy', 'wrk', 'taskset'] : ['nginx', 'haproxy', 'wrk', 'taskset', 'strace']);
  cleanUpAtExit();
  const where = cores();
  pinThisProgram(where.others);
  const contestants = chosenBalancers(options);
  const directory = temporaryDirectory();
  const title = `${describeMachine()}. ${versions(contestants)}.`;
  console.log(`${title}\nBalancers on core ${where.balancer}; load and endpoints on ${where.others}.`);

  const stage = { options, contestants, directory, where, backend: await startBackend(directory, where.others) };
  if (options.profile !== undefined) await profile(stage, options.profile);
  else if (options.syscalls !== undefined) await systemCalls(stage, options.syscalls);
  else await compare(stage, title);
}

async function compare(stage: Stage, title: string): Promise<void> {
  const { options, where } = stage;
  const running = await startAll(stage);
  const chosen = rows.filter((row) => options.rows.includes(row.name));
  const plan = { balancers: running, rounds: options.rounds, seconds: options.seconds, cores: where.others, balancerCore: where.balancer };
  const results: RowSummaries = chosen.length > 0 ? await measureRounds({ ...plan, rows: chosen }) : new Map();
  const sections = chosen.length > 0 ? [costTable(results, sidesOf(stage)), heading('The same turns, in full', detailTable(results))] : [];
  if (options.rows.includes('half-load')) {
    const perSecond = await halfLoad(results, running, where.others);
    const title = `Waiting time at half load: ${perSecond.toLocaleString('en')} requests a second on a timetable`;
    sections.push(heading(title, halfLoadTable(await measureHalfLoad({ ...plan, perSecond }))));
  }
  for (const { started } of running) await started.stop();
  sections.push(...(await apart(stage)));
  const text = sections.join('\n\n');
  console.log(`\n${text}\n`);
  if (!options.write) return;
  const day = new Date().toISOString().slice(0, 10);
  const rhythm = `${options.rounds} rounds of ${options.seconds} s`;
  writeSection('results', `${title} ${day}, \`npm run bench\`, ${rhythm}.\n\n${text}`);
  console.log('written to docs/benchmarks.md');
}

/** The rows that start balancers of their own. */
async function apart(stage: Stage): Promise<readonly string[]> {
  const { options, where, directory, contestants } = stage;
  const endpointPorts = stage.backend.ports;
  const sections: string[] = [];
  const own = contestants.find(isOwn);
  if (options.rows.includes('workers') && own !== undefined) {
    const plan = { balancer: own, directory, endpointPorts, rounds: options.rounds, seconds: options.seconds, where };
    sections.push(heading('Two workers', workersTable(await measureWorkers(plan))));
  }
  if (options.rows.includes('idle')) {
    const summaries = await measureIdle({ balancers: contestants, directory, endpointPorts, cores: where.balancer });
    sections.push(heading('Memory for idle clients', idleTable(summaries)));
  }
  return sections;
}

async function profile(stage: Stage, name: string): Promise<void> {
  const { options, directory, where } = stage;
  const site = { home: join(directory, 'profile'), endpointPorts: stage.backend.ports, cores: where.balancer, workers: 1 };
  await printProfile({ checkout: options.against, row: rowNamed(name), site, seconds: options.seconds, cores: where.others });
}

async function systemCalls(stage: Stage, name: string): Promise<void> {
  const balancers = await startAll(stage);
  await printSystemCalls({ balancers, row: rowNamed(name), seconds: stage.options.seconds, cores: stage.where.others });
}

function chosenBalancers(options: Options): readonly Balancer[] {
  const all = [nginx(), haproxy(), evenkeel()].filter((balancer) => options.balancers.includes(balancer.name));
  return options.against === undefined ? all : [...all, evenkeel({ name: 'evenkeel-other', checkout: options.against })];
}

const isOwn = (balancer: Balancer): boolean => balancer.name.startsWith('evenkeel');

function sidesOf({ contestants }: Stage): { readonly peers: readonly string[]; readonly own: readonly string[] } {
  const namesOf = (balancers: readonly Balancer[]): readonly string[] => balancers.map(({ name }) => name);
  return { peers: namesOf(contestants.filter((balancer) => !isOwn(balancer))), own: namesOf(contestants.filter(isOwn)) };
}

async function startAll(stage: Stage): Promise<readonly Running[]> {
  const running: Running[] = [];
  for (const balancer of stage.contestants) {
    const home = join(stage.directory, balancer.name);
    running.push(await balancer.start({ home, endpointPorts: stage.backend.ports, cores: stage.where.balancer, workers: 1 }));
  }
  return running;
}

function requireTools(tools: readonly Tool[]): void {
  const missing = missingPackages(tools).join(' ');
  if (missing !== '') throw new Error(`not found on this machine: ${missing}\ninstall with: apt-get install ${missing}`);
}

function versions(contestants: readonly Balancer[]): string {
  const measured = contestants.map(({ name, version }) => `${name} ${version}`);
  return [...measured, `Node.js ${process.versions.node}`, `wrk ${toolVersion('wrk')}`].join(', ');
}

function heading(title: string, text: string): string {
  return `### ${title}\n\n${text}`;
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
