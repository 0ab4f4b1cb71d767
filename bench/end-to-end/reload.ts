// What a change of a large document costs: how long a reload takes, and what those notice who are served meanwhile. A thousand pools of ten
// endpoints, of which all, one or none differ. Run: npm run bench:reload [-- --pools 1000 --workers 1 --reloads 8 --checkout DIR --no-write]

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBackend } from './balancers/backend.ts';
import { thisCheckout } from './balancers/evenkeel.ts';
import { untilServing } from './balancers/http-probe.ts';
import type { OpenLoopReport } from './load/open-loop.ts';
import { Inspector, inspectorAddress } from './machine/inspector.ts';
import { cores, describeMachine, missingPackages } from './machine/machine.ts';
import { freePort } from './machine/ports.ts';
import { cleanUpAtExit, run, start, temporaryDirectory } from './machine/processes.ts';
import { writeSection } from './report/page.ts';
import { median } from './report/results.ts';
import { left, milliseconds, number, right, table } from './report/table.ts';

interface Plan {
  readonly pools: number;
  readonly workers: number;
  readonly reloads: number;
  readonly checkout: string;
}

/** What differs from one document to the next. */
const kinds = ['none', 'one', 'all'] as const;
type Kind = (typeof kinds)[number];
const formats = ['json', 'yaml'] as const;
type Format = (typeof formats)[number];

interface Outcome {
  readonly format: Format;
  readonly kind: Kind;
  /** Milliseconds from the request for a reload to its answer. */
  readonly reloads: readonly number[];
  /** The longest time for which a worker's loop did nothing else, in milliseconds. */
  readonly pause: number;
  /** The most that it worked in one go. */
  readonly work: number;
  readonly latency: OpenLoopReport;
}

const perSecond = 1_000;
const connections = 32;
const gap = 100;
const endpointsInPool = 10;

/** `turn` is written wherever something is to differ. The pool of the load is one of them. */
function documentText(plan: Plan, place: Place, kind: Kind, turn: number): object {
  const differs = (index: number): boolean => kind === 'all' || (kind === 'one' && index === 0);
  const pool = (index: number): object => ({
    endpoints: index === 0 ? place.endpoints : Array.from({ length: endpointsInPool }, (_, number) => addressAt(index, number)),
    timeouts: { connect: `${differs(index) ? 1000 + turn : 1000}ms` },
  });
  const names = Array.from({ length: plan.pools }, (_, index) => `pool-${index}`);
  return {
    workers: plan.workers,
    admin: { bind: `127.0.0.1:${place.adminPort}` },
    listeners: [
      {
        bind: `127.0.0.1:${place.port}`,
        routes: names.map((name, index) => (index === 0 ? { path: '/small', pool: name } : { path: `/${name}/*`, pool: name })),
      },
    ],
    pools: Object.fromEntries(names.map((name, index) => [name, pool(index)])),
  };
}

/** Nobody is there, and nobody is called. */
const addressAt = (pool: number, endpoint: number): string => `127.${1 + Math.floor(pool / 250)}.${pool % 250}.${endpoint + 1}:9`;

interface Place {
  readonly port: number;
  readonly adminPort: number;
  readonly endpoints: readonly string[];
  readonly file: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      pools: { type: 'string', default: '1000' },
      workers: { type: 'string', default: '1' },
      reloads: { type: 'string', default: '8' },
      checkout: { type: 'string', default: thisCheckout },
      write: { type: 'boolean', default: true },
    },
  });
  const plan = { pools: Number(values.pools), workers: Number(values.workers), reloads: Number(values.reloads), checkout: values.checkout };
  const missing = missingPackages(['nginx', 'taskset']).join(' ');
  if (missing !== '') throw new Error(`not found on this machine: ${missing}\ninstall with: apt-get install ${missing}`);
  cleanUpAtExit();
  const where = cores();
  const directory = temporaryDirectory();
  const backend = await startBackend(directory, where.others);
  const endpoints = backend.ports.map((port) => `127.0.0.1:${port}`);
  const outcomes: Outcome[] = [];
  for (const format of formats) {
    const place = { port: await freePort(), adminPort: await freePort(), endpoints, file: join(directory, `large.${format}`) };
    outcomes.push(...(await measureFormat(plan, place, format)));
  }
  await backend.started.stop();
  const text = report(outcomes);
  console.log(`\n${text}\n`);
  const isWhole = plan.checkout === thisCheckout && plan.pools === 1_000;
  if (!values.write || !isWhole) return;
  const day = new Date().toISOString().slice(0, 10);
  writeSection('reload', `${describeMachine()}. Node.js ${process.versions.node}, workers: ${plan.workers}. ${day}.\n\n${text}`);
}

async function measureFormat(plan: Plan, place: Place, format: Format): Promise<readonly Outcome[]> {
  const { pair, others } = cores();
  await write(plan, place, 'none', 0);
  const env = { NODE_OPTIONS: `--inspect=127.0.0.1:${await freePort()}` };
  const started = start([join(plan.checkout, 'bin/evenkeel'), 'run', place.file], { cores: pair, env });
  await untilServing('evenkeel', started, place.port);
  // With several workers the first one serves before a change can come.
  while ((await fetch(`http://127.0.0.1:${place.adminPort}/readyz`).then(({ status }) => status)) !== 200) await sleep(50);
  const inspector = await Inspector.connect(inspectorAddress(started.output()));
  const outcomes: Outcome[] = [];
  for (const kind of kinds) {
    // Until V8 has compiled what runs for it.
    for (let turn = 1; turn <= 2; turn += 1) await reloadOnce(plan, place, kind, turn);
    await inspector.inWorkers(watchLoop);
    const load = runOpenLoop(place.port, others, Math.max(4, plan.reloads));
    await sleep(1_500);
    const reloads: number[] = [];
    for (let turn = 3; turn < 3 + plan.reloads; turn += 1) {
      reloads.push(await reloadOnce(plan, place, kind, turn));
      await sleep(gap);
    }
    // What `watchLoop` leaves there.
    const pauses = (await inspector.inWorkers(longestPauses)) as readonly (readonly [number, number])[];
    const [pause, work] = [Math.max(...pauses.map(([wall]) => wall)), Math.max(...pauses.map(([, own]) => own))];
    const outcome = { format, kind, reloads, pause, work, latency: await load };
    outcomes.push(outcome);
    console.log(`  ${format}, ${kind} of the pools: ${number(median(reloads), 0)} ms, pause ${number(pause)} ms, work ${number(work)} ms`);
  }
  inspector.close();
  await started.stop();
  return outcomes;
}

/**
 * A timer that comes each millisecond: the longest time between two of them, and the most that the thread itself worked in one. On a machine
 * with much to do the first is longer, for then the thread waits for a processor.
 */
const watchLoop = `(() => {
  clearInterval(globalThis.loopTimer);
  const longest = (globalThis.longest = [0, 0]);
  const figures = () => [performance.now(), process.threadCpuUsage()].map((one) => one.user === undefined ? one : (one.user + one.system) / 1000);
  let before = figures();
  globalThis.loopTimer = setInterval(() => {
    const now = figures();
    for (const index of [0, 1]) longest[index] = Math.max(longest[index], now[index] - before[index]);
    before = now;
  }, 1);
})()`;
const longestPauses = 'globalThis.longest';

async function reloadOnce(plan: Plan, place: Place, kind: Kind, turn: number): Promise<number> {
  await write(plan, place, kind, turn);
  const begun = performance.now();
  const answer = await fetch(`http://127.0.0.1:${place.adminPort}/api/v1/reload`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the reload was refused: ${text}`);
  return performance.now() - begun;
}

async function write(plan: Plan, place: Place, kind: Kind, turn: number): Promise<void> {
  const document = documentText(plan, place, kind, turn);
  // JSON is YAML, too; but nobody writes so, and another way to write takes another time to read.
  const text = place.file.endsWith('.yaml') ? (await import('yaml')).stringify(document) : JSON.stringify(document, undefined, 2);
  writeFileSync(place.file, text);
}

async function runOpenLoop(port: number, where: string, seconds: number): Promise<OpenLoopReport> {
  const generator = ['nice', '-n', '-5', process.execPath, join(import.meta.dirname, 'load/open-loop.ts')];
  const figures = [port, '/small', perSecond, seconds, connections].map(String);
  const { stdout, stderr } = await run([...generator, ...figures], { cores: where });
  if (stdout === '') throw new Error(`the generator on a timetable failed: ${stderr}`);
  // Printed by open-loop.ts.
  return JSON.parse(stdout) as OpenLoopReport;
}

function report(outcomes: readonly Outcome[]): string {
  const columns = [
    left('written in'),
    left('differ'),
    right('reload ms, median'),
    right('longest'),
    right('longest pause ms'),
    right('of which work'),
    right('p50 ms'),
    right('p99 ms'),
    right('p99.9 ms'),
    right('of which the generator, p99'),
    right('failed'),
  ];
  const lines = outcomes.map(({ format, kind, reloads, pause, work, latency }) => [
    format,
    `${kind} of the pools`,
    number(median(reloads), 0),
    number(Math.max(...reloads), 0),
    number(pause),
    number(work),
    milliseconds(latency.p50),
    milliseconds(latency.p99),
    milliseconds(latency.p999),
    milliseconds(latency.ownLatenessP99),
    String(latency.failed),
  ]);
  return table(columns, lines);
}

try {
  await main();
} catch (error) {
  console.error(`reload: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
