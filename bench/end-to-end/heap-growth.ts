// Does Evenkeel hold on to more and more? Lets millions of requests through one worker and, at intervals, collects every thread's heap through
// the inspector and measures what is left. Run: sh scripts/node.sh bench/end-to-end/heap-growth.ts [--requests 5m] [--checkout DIR] [--no-write]

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from './balancers/backend.ts';
import type { Running } from './balancers/balancer.ts';
import { evenkeel } from './balancers/evenkeel.ts';
import { runLoad } from './load/wrk.ts';
import { Inspector, inspectorAddress } from './machine/inspector.ts';
import { cores, describeMachine, missingPackages, pinThisProgram } from './machine/machine.ts';
import { freePort } from './machine/ports.ts';
import { residentBytes } from './machine/process-tree.ts';
import { cleanUpAtExit, temporaryDirectory } from './machine/processes.ts';
import { writeSection } from './report/page.ts';
import { median } from './report/results.ts';
import { number, right, table } from './report/table.ts';
import { rowNamed } from './rows/rows.ts';

interface Sample {
  readonly requests: number;
  readonly heap: number;
  readonly buffers: number;
  readonly resident: number;
  readonly threads: number;
}

const samplesWanted = 10;
/** Growth of the heap for each request, in bytes, that is taken for noise of the measurement: 0.1 is half a MiB over five million. */
const noisePerRequest = 0.1;
const mebibyte = 1024 * 1024;

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: { requests: { type: 'string', default: '5m' }, checkout: { type: 'string' }, write: { type: 'boolean', default: true } },
  });
  const wanted = requestCount(values.requests);
  const missing = missingPackages(['nginx', 'wrk', 'taskset']).join(' ');
  if (missing !== '') throw new Error(`not found on this machine: ${missing}\ninstall with: apt-get install ${missing}`);
  cleanUpAtExit();
  const where = cores();
  pinThisProgram(where.others);
  const directory = temporaryDirectory();
  const backend = await startBackend(directory, where.others);
  const env = { NODE_OPTIONS: `--inspect=127.0.0.1:${await freePort()}` };
  const subject = evenkeel(values.checkout === undefined ? { env } : { env, checkout: values.checkout });
  const site = { home: join(directory, 'heap'), endpointPorts: backend.ports, cores: where.balancer, workers: 1 };
  const running = await subject.start(site);
  const samples = await collectSamples(running, wanted, where.others);
  await running.started.stop();
  await backend.started.stop();
  const text = report(samples);
  console.log(`\n${text}\n`);
  if (!values.write) return;
  const day = new Date().toISOString().slice(0, 10);
  writeSection('heap', `${describeMachine()}. Evenkeel ${subject.version}, Node.js ${process.versions.node}. ${day}.\n\n${text}`);
}

async function collectSamples(running: Running, wanted: number, loadCores: string): Promise<readonly Sample[]> {
  const inspector = await Inspector.connect(inspectorAddress(running.started.output()));
  const { load } = rowNamed('small');
  const samples: Sample[] = [];
  console.log('warming up: until V8 has compiled all that runs for a connection and a request, the code itself still grows');
  for (const name of ['new-connection', 'small', 'new-connection', 'small']) {
    await runLoad(rowNamed(name).load, { port: running.port, cores: loadCores, seconds: 8 });
    await inspector.heapAfterCollection();
  }
  let requests = 0;
  let seconds = 3;
  console.log(`heap over ${number(wanted, 0)} requests`);
  while (requests < wanted) {
    const turn = await runLoad(load, { port: running.port, cores: loadCores, seconds });
    if (turn.errors !== undefined) throw new Error(`the load failed: ${turn.errors}`);
    requests += turn.requests;
    // The next sample is due after a tenth of the whole, at the speed of this turn.
    seconds = Math.max(1, Math.round((wanted / samplesWanted / turn.requests) * turn.seconds));
    const { used, buffers, threads } = await inspector.heapAfterCollection();
    samples.push({ requests, heap: used, buffers, resident: residentBytes(running.started.pid), threads });
    console.log(`  ${number(requests, 0).padStart(12)} requests: ${number(used / mebibyte, 2)} MiB`);
  }
  inspector.close();
  return samples;
}

function report(samples: readonly Sample[]): string {
  const columns = ['requests', 'heap MiB', 'buffers MiB', 'resident MiB'].map(right);
  const lines = samples.map((sample) => [
    number(sample.requests, 0),
    number(sample.heap / mebibyte, 2),
    number(sample.buffers / mebibyte, 2),
    number(sample.resident / mebibyte),
  ]);
  const growth = growthPerRequest(samples);
  const verdict = Math.abs(growth) < noisePerRequest || growth < 0 ? 'The heap does not grow' : 'The heap grows';
  const threads = samples[0]?.threads ?? 0;
  return `${table(columns, lines)}\n\n${verdict}: ${growth.toFixed(3)} bytes per request (all ${threads} threads together; median of the slopes between samples).`;
}

/** The median of the slopes between all pairs of samples, which one odd sample does not move (Theil and Sen). */
function growthPerRequest(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((from, index) =>
    samples.slice(index + 1).map((to) => (to.heap + to.buffers - from.heap - from.buffers) / (to.requests - from.requests)),
  );
  return median(slopes);
}

/** '5m' → 5,000,000; '200k'; '1000000' */
function requestCount(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([km]?)$/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`--requests: '${text}' is not a count such as 5m, 200k or 1000000`);
  return Number(digits) * (unit === 'm' ? 1e6 : unit === 'k' ? 1e3 : 1);
}

try {
  await main();
} catch (error) {
  console.error(`heap-growth: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
