// The promise of what happens when twice as much is asked for as endpoints can bear: nearly all that they can do is done for clients who still
// wait, the others are told at once, and memory stays as it is. And the contrast: a pool without limits, whose endpoints let all wait in line.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../src/foundation/basics/random.ts';
import type { Outcome } from './open-load.ts';
import { OpenLoad } from './open-load.ts';
import { RunningEvenkeel } from './running-evenkeel.ts';
import { TimedEndpoints } from './timed-endpoints.ts';

/** Two endpoints that serve ten at once, in a tenth of a second on average: 200 a second. */
const endpoints = 2;
const places = 10;
const mean = 100;
const perSecond = (2 * (endpoints * places * 1000)) / mean;
const seed = 11;

export interface Overload {
  readonly workers: number;
  /** Milliseconds. What happens before figures are taken, and while they are. */
  readonly warmUp: number;
  readonly lasts: number;
  /** How long clients wait for an answer, in milliseconds. */
  readonly patience: (random: Random) => number;
  /** By how many MiB the process may be larger at the end, which garbage that was not collected yet is part of. */
  readonly growth: number;
}

/** What clients saw in some time, and what endpoints could have done in it. */
interface Seen {
  readonly outcomes: readonly Outcome[];
  readonly seconds: number;
  /** Requests, by the time that serving one took: a machine that has others to do wakes endpoints late. */
  readonly capacity: number;
}

const limits = {
  endpoint: `, maxConnections: ${places}`,
  pool: ['queue: { size: 1000, timeout: 10s }', 'deadline: { header: x-timeout }'],
};
const noLimits = { endpoint: '', pool: [] };

/** For processes that get their turn late on a machine that has others to do. */
const slack = 50;
const atOnce = 100;
/** Timers count in whole milliseconds. */
const roundedBy = 5;

export async function proveOverload(t: TestContext, overload: Overload): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const scene = await open(stack, overload, limits);
  const { seen, memory, growth } = await watch(scene, overload);
  await scene.load.over();

  const { goodput, served, late, refused, refusedAtOnce, cutOff, others } = figuresOf(seen);
  const worst = Math.max(...late.map(lateness), 0);
  t.diagnostic(
    `${overload.workers} ${overload.workers === 1 ? 'worker' : 'workers'}, ${rate(seen.outcomes.length, seen)} requests a second ` +
      `where ${rate(seen.capacity, seen)} can be served, for ${seen.seconds.toFixed(0)} s: goodput ${percent(goodput)} of capacity; ` +
      `of ${served.length} served ${percent(1 - late.length / served.length)} in time, the last ${worst.toFixed(1)} ms late; ` +
      `${refused.length} refused, ${percent(refusedAtOnce / refused.length)} of them at once; ${cutOff} cut off at their deadline; ` +
      `memory ${memory.toFixed(0)} MiB, ${growth.toFixed(1)} more at the end`,
  );
  assert.ok(goodput >= 0.9, `goodput ${goodput}`);
  const tooLate = late.filter((outcome) => lateness(outcome) > slack).length;
  assert.ok(tooLate <= 0.01 * served.length, `${tooLate} of ${served.length} served too late`);
  const [other] = others;
  assert.equal(other, undefined, `${others.length} neither served, nor refused with 503 and Retry-After, nor cut off at the deadline`);
  assert.ok(refusedAtOnce >= 0.75 * refused.length, `${refusedAtOnce} of ${refused.length} refused at once`);
  assert.ok(cutOff <= 0.1 * served.length, `${cutOff} cut off`);
  assert.ok(growth <= overload.growth, `${growth} MiB more`);
}

/** The same without limits: that this load is too much indeed, and what waiting in line comes to. */
export async function showContrast(t: TestContext, overload: Overload): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const scene = await open(stack, overload, noLimits);
  const { seen } = await watch(scene, overload);
  await scene.load.leave();
  const { goodput, served, late } = figuresOf(seen);
  t.diagnostic(`no limits: ${served.length} answers, ${late.length} of them too late; goodput ${percent(goodput)} of capacity`);
  assert.ok(goodput < 0.5, `goodput ${goodput} without limits`);
}

async function watch(
  { timed, evenkeel, load }: Scene,
  { warmUp, lasts }: Overload,
): Promise<{ readonly seen: Seen; readonly memory: number; readonly growth: number }> {
  const run = load.run(warmUp + lasts);
  await sleep(warmUp);
  const memory = await evenkeel.memory();
  const before = await timed.tally();
  const from = performance.now();
  await run;
  const to = performance.now();
  const after = await timed.tally();
  const growth = (await evenkeel.memory()) - memory;
  const took = (after.worked - before.worked) / (after.served - before.served);
  const capacity = (endpoints * places * (to - from)) / took;
  return { seen: { outcomes: load.endedBetween(from, to), seconds: (to - from) / 1000, capacity }, memory, growth };
}

interface Scene {
  readonly timed: TimedEndpoints;
  readonly evenkeel: RunningEvenkeel;
  readonly load: OpenLoad;
}

async function open(
  stack: AsyncDisposableStack,
  { workers, patience }: Pick<Overload, 'workers' | 'patience'>,
  { endpoint, pool }: { readonly endpoint: string; readonly pool: readonly string[] },
): Promise<Scene> {
  const parts = Array.from({ length: endpoints }, () => ({ places, mean, shape: 4, status: 200 }));
  const timed = stack.use(await TimedEndpoints.start(parts, seed));
  const lines = [`endpoints: [${timed.addresses.map((address) => `{ address: ${address}${endpoint} }`).join(', ')}]`, ...pool];
  const evenkeel = stack.use(
    await RunningEvenkeel.start(
      `workers: ${workers}\nlisteners: [{ name: front, bind: "127.0.0.1:0", pool: web }]\n` +
        `pools:\n  web:\n${lines.map((line) => `    ${line}\n`).join('')}`,
    ),
  );
  return { timed, evenkeel, load: new OpenLoad({ port: await evenkeel.port('front'), perSecond, seed, patience }) };
}

function figuresOf({ outcomes, capacity }: Seen) {
  const served = outcomes.filter(({ status }) => status === 200);
  const late = served.filter((outcome) => lateness(outcome) > 0);
  const refused = outcomes.filter(({ status, retryAfter }) => status === 503 && Number(retryAfter) >= 1);
  const cutOff = outcomes.filter((outcome) => outcome.status === 504 && lateness(outcome) > -roundedBy);
  return {
    served,
    late,
    refused,
    refusedAtOnce: refused.filter(({ begunAt, endedAt }) => endedAt - begunAt < atOnce).length,
    cutOff: cutOff.length,
    others: outcomes.filter((outcome) => ![served, refused, cutOff].some((some) => some.includes(outcome))),
    goodput: (served.length - late.length) / capacity,
  };
}

/** Milliseconds beyond what the client wanted to wait. */
const lateness = ({ begunAt, endedAt, patience }: Outcome): number => endedAt - begunAt - patience;

const rate = (count: number, { seconds }: Seen): number => Math.round(count / seconds);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
