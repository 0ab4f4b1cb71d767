// The promise of what happens when one of five endpoints falls ill, for every illness: found out in time, hardly a safe request lost after
// that, no unsafe one sent twice. Tests say how much load it is held to.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { EndpointProcess } from './endpoint-process.ts';
import { Shop } from './shop.ts';
import type { Outcome } from './steady-load.ts';
import { SteadyLoad } from './steady-load.ts';

export interface Fault {
  readonly what: string;
  readonly begin: (endpoint: EndpointProcess) => Promise<void> | void;
  /** Absent where it is for good. */
  readonly end?: (endpoint: EndpointProcess) => Promise<void> | void;
}

const end = (endpoint: EndpointProcess): Promise<void> => endpoint.turn();

export const faults: readonly Fault[] = [
  { what: 'killed', begin: (endpoint) => endpoint.kill() },
  { what: 'frozen', begin: (endpoint) => endpoint.freeze(), end: (endpoint) => endpoint.thaw() },
  { what: 'answering 500', begin: (endpoint) => endpoint.turn('errors'), end },
  { what: 'answering slowly', begin: (endpoint) => endpoint.turn('slow'), end },
  { what: 'resetting connections', begin: (endpoint) => endpoint.turn('resets'), end },
  { what: 'accepting and never answering', begin: (endpoint) => endpoint.turn('mute'), end },
  { what: 'sending garbage', begin: (endpoint) => endpoint.turn('garbage'), end },
  { what: 'half-closing', begin: (endpoint) => endpoint.turn('half-closes'), end },
];

/** How illness is found out, and within how many milliseconds. */
export interface Watch {
  readonly pool: readonly string[];
  readonly isProbed: boolean;
  readonly within: number;
}

/** Many times what an answer takes, or a busy machine would be taken for an illness. In milliseconds. */
const perTry = 1000;
const probe = { interval: 400, timeout: 400 };
const usual = ['timeouts: { connect: 1s, response: 5s, body: 5s }', `retry: { on: [500, 502, 503, 504], perTry: ${perTry}ms }`];

export const byProbe: Watch = {
  pool: [`health: { http: /healthz, interval: ${probe.interval}ms, timeout: ${probe.timeout}ms, rise: 2, fall: 2 }`, ...usual],
  isProbed: true,
  // Two intervals, 5 % longer by chance, and the time of the last answer.
  within: 2 * 1.05 * probe.interval + probe.timeout,
};

export const byTraffic: Watch = {
  pool: ['outliers: { consecutive: 5 }', ...usual],
  isProbed: false,
  // Five tries at a time when many are on: the time of one, and the ticks of those who count and who judge.
  within: perTry + 2 * 100,
};

/** For two cores that more than ten processes share. */
const slack = 1000;
/** 0.1 %. */
const mostLost = 0.001;

export interface Weight {
  /** Safe requests before the fault, and after it was found. */
  readonly before: number;
  readonly after: number;
}

export async function proveSick(t: TestContext, fault: Fault, watch: Watch, { before, after }: Weight): Promise<void> {
  await using shop = await Shop.open({ endpoints: 5, ...watch });
  const sick = shop.endpoints[2] as EndpointProcess; // There are five.
  const load = {
    readers: new SteadyLoad({ port: shop.port, clients: 16, method: 'GET' }),
    buyers: new SteadyLoad({ port: shop.port, clients: 4, method: 'POST' }),
  };
  await load.readers.more(before);

  // On a machine that stood still for a moment it may have been taken out and let in before.
  const { evenkeel, isOut, isBack } = shop;
  const [outs, backs] = [evenkeel.count(isOut(sick)), evenkeel.count(isBack(sick))];
  const fellIll = performance.now();
  await fault.begin(sick);
  await evenkeel.said(isOut(sick), outs + 1);
  const found = performance.now();
  await Promise.all([load.readers.more(after), load.buyers.more(after / 10)]);
  const recovery = performance.now();
  const recovers = watch.isProbed && fault.end !== undefined;
  if (recovers) {
    await fault.end?.(sick);
    await evenkeel.said(isBack(sick), backs + 1);
    await load.readers.more(before);
  }
  await Promise.all([load.readers.stop(), load.buyers.stop()]);

  const since = lost(load, found, Number.POSITIVE_INFINITY);
  const { within } = watch;
  t.diagnostic(
    `${fault.what}: found after ${Math.round(found - fellIll)} ms (${within} ms are configured); lost before: ${textOf(lost(load, 0, fellIll))}; ` +
      `until it was found: ${textOf(lost(load, fellIll, found))}; since then: ${textOf(since)}` +
      (recovers ? `, with its return: ${textOf(lost(load, recovery, Number.POSITIVE_INFINITY))}` : ''),
  );
  assert.ok(found - fellIll <= within + slack, `found after ${found - fellIll} ms`);
  assert.ok(since.safe.failed.length <= mostLost * since.safe.all, `${textOf(since)}: ${since.safe.failed[0]?.detail}`);
  assertNeverTwice(shop.endpoints);
}

/** An order is sent to one endpoint at most, whatever happens. */
export function assertNeverTwice(endpoints: readonly EndpointProcess[]): void {
  const arrived = endpoints.flatMap(({ orders }) => orders);
  assert.equal(new Set(arrived).size, arrived.length, 'an order reached endpoints twice');
  assert.ok(arrived.length > 0);
}

interface Lost {
  readonly safe: { readonly all: number; readonly failed: readonly Outcome[] };
  readonly unsafe: { readonly all: number; readonly failed: readonly Outcome[] };
}

/** Of the requests that were begun in this time. */
function lost(load: { readonly readers: SteadyLoad; readonly buyers: SteadyLoad }, from: number, to: number): Lost {
  const of = (some: SteadyLoad): Lost['safe'] => {
    const all = some.since(from).filter(({ begunAt }) => begunAt < to);
    return { all: all.length, failed: all.filter(({ kind }) => kind !== 'answered') };
  };
  return { safe: of(load.readers), unsafe: of(load.buyers) };
}

const textOf = ({ safe, unsafe }: Lost): string =>
  `${safe.failed.length} of ${safe.all} safe and ${unsafe.failed.length} of ${unsafe.all} unsafe requests`;
