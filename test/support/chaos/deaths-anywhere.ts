// The promise of what is left of workers that die in the midst of whatever they do, under load and with everything on that counts what is in
// flight: nothing.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { EndpointProcess } from './endpoint-process.ts';
import { MortalEvenkeel } from './mortal.ts';
import { assertNeverTwice } from './sick-endpoint.ts';
import { SteadyLoad } from './steady-load.ts';

const clients = { readers: 24, buyers: 8 };
const pool = [
  'maxRequests: 12',
  'queue: { size: 100, timeout: 5s }',
  'breaker: { window: 1s }',
  'endpointBreaker: { window: 1s }',
  'hedge: { quantile: 0.9 }',
];

export async function proveDeathsAnywhere(t: TestContext, deaths: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const endpoints = await Promise.all([1, 2, 3].map(async () => stack.use(await EndpointProcess.start())));
  const evenkeel = stack.use(await MortalEvenkeel.start(endpoints, pool));
  const { port } = evenkeel;
  const readers = new SteadyLoad({ port, clients: clients.readers, method: 'GET' });
  const buyers = new SteadyLoad({ port, clients: clients.buyers, method: 'POST' });
  for (let death = 0; death < deaths; death++) {
    await readers.more(50);
    await evenkeel.kill(death % 2, 'anywhere');
  }
  await readers.more(100);
  await Promise.all([readers.stop(), buyers.stop()]);

  const failed = [...readers.of('failed'), ...buyers.of('failed')];
  const { workers, inFlight, places, restarts } = await evenkeel.until(({ workers: now }) => now.every(({ exchanges }) => exchanges === 0));
  t.diagnostic(
    `${restarts} deaths under ${readers.outcomes.length} safe requests and ${buyers.outcomes.length} orders: ${failed.length} failed; ` +
      `in the end ${places} places are taken, and ${inFlight.join(', ')} exchanges counted at the endpoints`,
  );
  assert.deepEqual({ places, inFlight }, { places: 0, inFlight: [0, 0, 0] });
  assert.ok(workers.every((worker) => worker.places === 0));
  // Each client has one request on at a time, which it can lose with its worker; and then one more, whose connection waits for the dead one.
  assert.ok(failed.length <= 2 * restarts * (clients.readers + clients.buyers), `${failed.length} failed`);
  assertNeverTwice(endpoints);
}
