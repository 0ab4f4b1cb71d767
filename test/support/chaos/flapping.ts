// The promise of what happens when an endpoint is ill for a second and well for a second, again and again: each ejection is longer than the
// one before, so that the share of requests that meet it while it is ill falls. A flap is from its return (the first one from when it first
// falls ill) to its next return.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { EndpointProcess, Ill } from './endpoint-process.ts';
import { Shop } from './shop.ts';
import { assertNeverTwice } from './sick-endpoint.ts';
import type { Outcome } from './steady-load.ts';
import { SteadyLoad } from './steady-load.ts';

export interface Flapping {
  readonly ill: Ill;
  /** Whether a probe asks the endpoint meanwhile, which passes whenever it is well. */
  readonly isProbed: boolean;
  readonly flaps: number;
  /** Milliseconds. */
  readonly baseEjection: number;
}

/** How long it is ill, and then well. */
const every = 1000;
/** It fails by its traffic: a probe that takes it down as well would hide for how long that sets it aside. */
const probe = 'health: { http: /healthz, interval: 200ms, timeout: 150ms, rise: 1, fall: 100 }';

interface Share {
  readonly all: number;
  readonly lost: number;
}

interface Flap {
  /** For how long it was set aside, in milliseconds. */
  readonly aside: number;
  /** Only those are lost that may not be sent twice. */
  readonly orders: Share;
  readonly safe: Share;
}

export async function proveFlapping(t: TestContext, { ill, isProbed, flaps, baseEjection }: Flapping): Promise<void> {
  const pool = [
    `outliers: { consecutive: 5, baseEjection: ${baseEjection}ms }`,
    // Time ends a try only where nothing else does: on a busy machine it would end those at endpoints that are well.
    `retry: { on: [500, 502, 503, 504]${ill === 'mute' ? ', perTry: 500ms' : ''} }`,
    ...(isProbed ? [probe] : []),
  ];
  await using shop = await Shop.open({ endpoints: 5, pool, isProbed });
  const sick = shop.endpoints[2] as EndpointProcess; // There are five.
  // Some 40 requests a second for each endpoint: what a second more or less costs would drown in what many clients happen to have on.
  const readers = new SteadyLoad({ port: shop.port, clients: 8, method: 'GET', pace: 200 });
  const buyers = new SteadyLoad({ port: shop.port, clients: 32, method: 'POST', pace: 200 });
  await buyers.more(100);

  const backs = shop.evenkeel.count(shop.isBack(sick));
  const fellIll = performance.now();
  await sick.flap(ill, every);
  await shop.evenkeel.said(shop.isBack(sick), backs + flaps);
  await Promise.all([readers.stop(), buyers.stop()]);
  const found = await flapsOf(shop, sick, { readers, buyers, fellIll });

  t.diagnostic(`${ill} every other second${isProbed ? ', probed' : ''}: ${found.map(textOf).join('; ')}`);
  assert.equal(found.length, flaps);
  for (const [index, { aside }] of found.entries()) {
    // A probe that passes ends an ejection when it has lasted as long as the one before it could.
    const least = (isProbed ? index : index + 1) * baseEjection;
    assert.ok(aside >= least - clockStep, `ejection ${index + 1} took ${aside} ms`);
  }
  // What one flap costs depends on when in its second the endpoint is back; a few of them show where it goes.
  const some = Math.floor(flaps / 3);
  const [first, last] = [shareOf(found.slice(0, some), 'orders'), shareOf(found.slice(-some), 'orders')];
  t.diagnostic(`${percent(first)} of the orders were lost in the first ${some} flaps, ${percent(last)} in the last ${some}`);
  assert.ok(last < first, `${percent(first)} of the orders were lost in the first ${some} flaps, ${percent(last)} in the last ${some}`);
  assert.equal(shareOf(found, 'safe'), 0, 'safe requests were lost');
  assertNeverTwice(shop.endpoints);
}

/** Events are told in whole milliseconds of another clock than that which ends ejections. */
const clockStep = 5;

interface FlapLoad {
  readonly readers: SteadyLoad;
  readonly buyers: SteadyLoad;
  readonly fellIll: number;
}

async function flapsOf(shop: Shop, sick: EndpointProcess, { readers, buyers, fellIll }: FlapLoad): Promise<readonly Flap[]> {
  const events = await shop.eventsOf(sick);
  const timesOf = (state: string): readonly number[] =>
    events
      .filter(({ to }) => to === state)
      .map(({ at }) => Date.parse(at) - performance.timeOrigin)
      .filter((at) => at >= fellIll);
  const returns = timesOf('well');
  const outs = timesOf('failing').slice(0, returns.length);
  return outs.map((out, index) => {
    const from = returns[index - 1] ?? fellIll;
    const to = returns[index] ?? out;
    return { aside: to - out, orders: lostBetween(buyers, from, to), safe: lostBetween(readers, from, to) };
  });
}

function lostBetween(load: SteadyLoad, from: number, to: number): Share {
  const all: readonly Outcome[] = load.since(from).filter(({ begunAt }) => begunAt < to);
  return { all: all.length, lost: all.filter(({ kind }) => kind !== 'answered').length };
}

function shareOf(flaps: readonly Flap[], what: 'orders' | 'safe'): number {
  const sum = (count: 'all' | 'lost'): number => flaps.reduce((total, flap) => total + flap[what][count], 0);
  return sum('lost') / sum('all');
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const textOf = ({ aside, orders, safe }: Flap): string =>
  `set aside for ${Math.round(aside)} ms, lost ${orders.lost} of ${orders.all} orders (${percent(orders.lost / orders.all)}) and ${safe.lost} of ${safe.all} safe requests`;
