// The promise of what one slow endpoint of eleven costs, policy by policy: endpoints that take 75 ms, one of which takes two seconds longer, and
// clients for whom an answer within a second is a success. The same that bench/simulation reckons, by real processes.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { measureCalmly } from './calm-measure.ts';
import type { Outcome } from './open-load.ts';
import { OpenLoad } from './open-load.ts';
import { RunningEvenkeel } from './running-evenkeel.ts';
import { TimedEndpoints } from './timed-endpoints.ts';

export const policies = ['round-robin', 'power-of-two-choices', 'least-connections', 'peak-ewma'] as const;
export type Policy = (typeof policies)[number];

export interface Slowness {
  /** Those that are under load at the same time, each with a pool of its own. */
  readonly policies: readonly Policy[];
  /** Requests for each of them. */
  readonly perSecond: number;
  /** How long figures are taken, in milliseconds. */
  readonly lasts: number;
}

const endpoints = 11;
const slow = 10;
const extra = 2000;
const goodWithin = 1000;
/** All are well at first, and policies know them. */
const before = 1000;
/** What was sent to the slow one before anybody knew is answered, and left out. */
const settling = 5000;
const seed = 23;
/** What a machine that has others to do may cost: of no policy's making. */
const machine = 0.05;

/** Shares of the requests that came while the endpoint was slow. */
export interface Success {
  /** Answered by another than the slow one. On a machine that does nothing else these are those within a second. */
  readonly spared: number;
  readonly withinSecond: number;
}

/** Undefined when the machine has too much else to do: then the test is skipped. */
export async function measureSlowness(t: TestContext, slowness: Slowness): Promise<ReadonlyMap<Policy, Success> | undefined> {
  const played = await measureCalmly(t, () => play(slowness));
  if (played === undefined) return undefined;
  const { loads, from, to } = played;
  return new Map(slowness.policies.map((policy, index) => [policy, successOf(t, policy, loads[index]?.begunBetween(from, to) ?? [])]));
}

async function play({ policies, perSecond, lasts }: Slowness) {
  await using stack = new AsyncDisposableStack();
  const parts = Array.from({ length: endpoints }, () => ({ places: Number.MAX_SAFE_INTEGER, mean: 75, shape: 4, status: 200 }));
  const timed = stack.use(await TimedEndpoints.start(parts, seed));
  const evenkeel = stack.use(await RunningEvenkeel.start(documentOf(timed.addresses, policies)));
  const open = async (policy: Policy, index: number): Promise<OpenLoad> =>
    new OpenLoad({ port: await evenkeel.port(policy), perSecond, seed: seed + index, patience: () => goodWithin });
  const loads = await Promise.all(policies.map(open));
  const run = (milliseconds: number): Promise<unknown> => Promise.all(loads.map((load) => load.run(milliseconds)));
  await run(before);
  await timed.slow(slow, extra);
  await run(settling);
  const from = performance.now();
  await run(lasts);
  const to = performance.now();
  await Promise.all(loads.map((load) => load.over()));
  return { loads, from, to };
}

function successOf(t: TestContext, policy: Policy, outcomes: readonly Outcome[]): Success {
  const shareOf = (isOne: (outcome: Outcome) => boolean): number => outcomes.filter(isOne).length / outcomes.length;
  const success = {
    spared: shareOf(({ endpoint }) => endpoint !== slow),
    withinSecond: shareOf(({ begunAt, endedAt }) => endedAt - begunAt <= goodWithin),
  };
  t.diagnostic(
    `${policy}: of ${outcomes.length} requests ${percent(success.withinSecond)} were answered within a second, ` +
      `${percent(success.spared)} not by the slow endpoint`,
  );
  const failed = outcomes.find(({ status }) => status !== 200);
  assert.equal(failed, undefined, 'a slow endpoint makes nothing fail');
  return success;
}

/** The least that each policy spares its clients. Turns know nothing of slowness, which holds them to one share. */
export function assertSuccess(successes: ReadonlyMap<Policy, Success>, least: Readonly<Record<Policy, number>>): void {
  const spared = policies.map((policy) => successes.get(policy)?.spared ?? 0);
  for (const [index, policy] of policies.entries())
    assert.ok((spared[index] ?? 0) >= least[policy], `${policy}: ${spared[index]} instead of ${least[policy]}`);
  assert.ok((spared[0] ?? 1) < 0.915, `${spared[0]} with turns`);
  assert.deepEqual(spared, spared.toSorted(), 'turns spare fewer than two choices, those than the fewest in flight, those than latency');
  for (const { spared, withinSecond } of successes.values()) assert.ok(withinSecond > spared - machine, `${withinSecond} of ${spared}`);
}

// Nothing is refused because the machine gives the balancer too little time.
const documentOf = (addresses: readonly string[], policies: readonly Policy[]): string => `workers: 1
overload: none
listeners: [${policies.map((policy) => `{ name: ${policy}, bind: "127.0.0.1:0", pool: ${policy} }`).join(', ')}]
pools:
${policies.map((policy) => `  ${policy}: { balance: ${policy}, endpoints: [${addresses.join(', ')}] }`).join('\n')}
`;

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
