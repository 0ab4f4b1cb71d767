// The promise of what happens when twice as much is asked for as endpoints can bear: nearly all that they can do is done for clients who still
// wait, the others are told at once, and memory stays as it is. And the contrast: a pool without limits, whose endpoints let all wait in line.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Random } from '../../../src/foundation/basics/random.ts';
import { measureCalmly } from './calm-measure.ts';
import type { Outcome } from './open-load.ts';
import { OpenLoad } from './open-load.ts';
import { RunningEvenkeel } from './running-evenkeel.ts';
import { TimedEndpoints } from './timed-endpoints.ts';

/** Two endpoints that serve 15 at once, in 150 ms on average: 200 a second. */
const endpoints = 2;
const places = 15;
const mean = 150;
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
  readonly from: number;
  readonly to: number;
  /** Requests, by the time that serving one took: a machine that has others to do wakes endpoints late. */
  readonly capacity: number;
}

/** Settings of each endpoint and of the pool. */
interface Pool {
  readonly endpoint: string;
  readonly pool: readonly string[];
}

const limits: Pool = {
  endpoint: `, maxConnections: ${places}`,
  pool: ['queue: { size: 1000, timeout: 10s }', 'deadline: { header: x-timeout }'],
};
const noLimits: Pool = { endpoint: '', pool: [] };

/** Milliseconds, for processes that get their turn late on a machine that has others to do. */
const atOnce = 100;
const spells = 9;
/** Timers count in whole milliseconds. */
const roundedBy = 5;

export async function proveOverload(t: TestContext, overload: Overload): Promise<void> {
  const played = await measureCalmly(t, () => play(overload, limits));
  if (played === undefined) return;
  const { seen, memory, growth } = played;
  const figures = figuresOf(seen);
  const { goodput, served, late, refused, cutOff, others } = figures;
  const parts = spellsOf(seen).map(figuresOf);
  const middleGoodput = middle(parts.map((part) => part.goodput));
  t.diagnostic(
    `${overload.workers} ${overload.workers === 1 ? 'worker' : 'workers'}, ${rate(seen.outcomes.length, seen)} requests a second ` +
      `where ${rate(seen.capacity, seen)} can be served, for ${((seen.to - seen.from) / 1000).toFixed(0)} s: ` +
      `goodput ${percent(goodput)} of capacity, ${percent(middleGoodput)} in the middle one of ${spells} spells; ` +
      `of ${served.length} served ${percent(figures.inTime)} in time, the last ${Math.max(...late.map(lateness), 0).toFixed(0)} ms late; ` +
      `${refused.length} refused, ${percent(figures.atOnce)} of them at once; ${cutOff.length} cut off at their deadline; ` +
      `memory ${memory.toFixed(0)} MiB, ${growth.toFixed(1)} more at the end`,
  );
  assert.ok(middleGoodput >= 0.9 && goodput >= 0.8, `goodput ${middleGoodput}, ${goodput} in all`);
  assert.ok(
    middle(parts.map((part) => part.inTime)) >= 0.98 && figures.inTime >= 0.9,
    `${late.length} of ${served.length} served too late`,
  );
  const [other] = others;
  assert.equal(other, undefined, `${others.length} neither served, nor refused with 503 and Retry-After, nor cut off at the deadline`);
  assert.ok(middle(parts.map((part) => part.atOnce)) >= 0.75, `${percent(figures.atOnce)} refused at once`);
  assert.ok(cutOff.length <= 0.1 * served.length, `${cutOff.length} cut off`);
  assert.ok(growth <= overload.growth, `${growth} MiB more`);
}

/** The same without limits: that this load is too much indeed, and what waiting in line comes to. */
export async function showContrast(t: TestContext, overload: Overload): Promise<void> {
  const { seen } = await play(overload, noLimits);
  const { goodput, served, late } = figuresOf(seen);
  t.diagnostic(`no limits: ${served.length} answers, ${late.length} of them too late; goodput ${percent(goodput)} of capacity`);
  assert.ok(goodput < 0.5, `goodput ${goodput} without limits`);
}

interface Played {
  readonly seen: Seen;
  readonly loads: readonly OpenLoad[];
  /** In MiB: at first, and more at the end. */
  readonly memory: number;
  readonly growth: number;
}

async function play(overload: Overload, pool: Pool): Promise<Played> {
  await using stack = new AsyncDisposableStack();
  const { timed, evenkeel, load } = await open(stack, overload, pool);
  await load.run(overload.warmUp);
  const run = load.run(overload.lasts);
  const memory = await evenkeel.memory();
  const before = await timed.tally();
  const from = performance.now();
  await run;
  const to = performance.now();
  const after = await timed.tally();
  const growth = (await evenkeel.memory()) - memory;
  // Without limits those who wait in line would be waited for as long as they were sent.
  await (pool === limits ? load.over() : load.leave());
  const took = (after.worked - before.worked) / (after.served - before.served);
  const capacity = (endpoints * places * (to - from)) / took;
  return { seen: { outcomes: load.endedBetween(from, to), from, to, capacity }, loads: [load], memory, growth };
}

interface Scene {
  readonly timed: TimedEndpoints;
  readonly evenkeel: RunningEvenkeel;
  readonly load: OpenLoad;
}

async function open(
  stack: AsyncDisposableStack,
  { workers, patience }: Pick<Overload, 'workers' | 'patience'>,
  { endpoint, pool }: Pool,
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
    cutOff,
    others: outcomes.filter((outcome) => ![served, refused, cutOff].some((some) => some.includes(outcome))),
    goodput: (served.length - late.length) / capacity,
    inTime: 1 - late.length / served.length,
    atOnce: refused.filter(({ begunAt, endedAt }) => endedAt - begunAt < atOnce).length / refused.length,
  };
}

/** A machine that others use stands still now and then. What is judged is the middle one of some spells, and the whole less strictly. */
function spellsOf({ outcomes, from, to, capacity }: Seen): Seen[] {
  const length = (to - from) / spells;
  return Array.from({ length: spells }, (_, index) => {
    const [begin, end] = [from + index * length, from + (index + 1) * length];
    const own = outcomes.filter(({ endedAt }) => endedAt >= begin && endedAt < end);
    return { outcomes: own, from: begin, to: end, capacity: capacity / spells };
  });
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds beyond what the client wanted to wait. */
const lateness = ({ begunAt, endedAt, patience }: Outcome): number => endedAt - begunAt - patience;

const rate = (count: number, { from, to }: Seen): number => Math.round((1000 * count) / (to - from));
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
