// Promise: a worker that dies costs only the exchanges that it had on; it is replaced, and nothing of what it held stays taken: load on the
// scoreboard, places in the pool and in its waiting room, trials of breakers. The long form is test/slow/worker-killed.test.ts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proveDeathsAnywhere } from '../support/chaos/deaths-anywhere.ts';
import { EndpointProcess } from '../support/chaos/endpoint-process.ts';
import type { Answer, MortalFigures } from '../support/chaos/mortal.ts';
import { MortalEvenkeel } from '../support/chaos/mortal.ts';
import { SteadyLoad } from '../support/chaos/steady-load.ts';

const clients = 40;

const onIn = ({ workers }: MortalFigures, worker: number): number => workers[worker]?.exchanges ?? 0;
const failedOf = (answers: readonly (Answer | undefined)[]): number => answers.filter((answer) => answer === undefined).length;
const hold = (evenkeel: MortalEvenkeel, count: number): Promise<Answer | undefined>[] =>
  Array.from({ length: count }, () => evenkeel.ask('/held'));

test('a worker is killed under load: its exchanges fail and no others, and the load on the scoreboard is exact', async (t) => {
  await using endpoint = await EndpointProcess.start();
  await using evenkeel = await MortalEvenkeel.start([endpoint]);
  const held = hold(evenkeel, clients);
  await endpoint.until(() => endpoint.held === clients);
  const before = await evenkeel.figures();
  const doomed = onIn(before, 0);
  assert.equal(doomed + onIn(before, 1), clients);
  assert.deepEqual(before.inFlight, [clients]);

  await evenkeel.kill(0);
  const after = await evenkeel.figures();
  assert.deepEqual(after.inFlight, [clients - doomed], 'what the dead worker held is still counted');

  endpoint.release();
  const failed = failedOf(await Promise.all(held));
  t.diagnostic(`${clients} exchanges on, ${doomed} of them in the killed worker, ${failed} failed`);
  assert.equal(failed, doomed);

  const load = new SteadyLoad({ port: evenkeel.port, clients: 8, method: 'GET' });
  await load.more(200);
  await load.stop();
  assert.deepEqual(load.of('failed'), []);
  await evenkeel.until(({ inFlight }) => inFlight[0] === 0);
});

test('a worker is killed with places of a full pool: just as many are free afterwards, and not one more', async (t) => {
  await using endpoint = await EndpointProcess.start();
  await using evenkeel = await MortalEvenkeel.start([endpoint], [`maxRequests: ${clients}`]);
  const held = hold(evenkeel, clients);
  await endpoint.until(() => endpoint.held === clients);
  const before = await evenkeel.figures();
  const doomed = onIn(before, 0);
  assert.equal(before.places, clients);
  await evenkeel.kill(0);
  assert.equal((await evenkeel.figures()).places, clients - doomed);

  const further = hold(evenkeel, doomed);
  await evenkeel.until(({ inFlight }) => inFlight[0] === clients);
  const refused = await Promise.all([1, 2, 3, 4].map(() => evenkeel.ask('/')));
  t.diagnostic(`of ${clients} places ${doomed} were in the killed worker, and as many were taken after its death; then all were refused`);
  for (const answer of refused) assert.match(`${answer?.status} ${answer?.body}`, /^503 .*pool-saturated/);

  // What the dead worker had asked for is not answered to anybody; what came after it waits to be held.
  await endpoint.until(() => endpoint.held === clients + doomed);
  endpoint.release();
  assert.equal(failedOf(await Promise.all(held)), doomed);
  assert.equal(failedOf(await Promise.all(further)), 0);
  const { workers, places } = await evenkeel.until(({ inFlight }) => inFlight[0] === 0);
  assert.deepEqual([places, ...workers.map((worker) => worker.places)], [0, 0, 0]);
});

test('a worker is killed while exchanges wait for places: those that wait in the other one are served in the places that are free', async (t) => {
  await using endpoint = await EndpointProcess.start();
  const [places, waiting] = [10, 30];
  const queue = 'queue: { size: 100, timeout: 1m }';
  await using evenkeel = await MortalEvenkeel.start([endpoint], [`maxRequests: ${places}`, queue]);
  const held = hold(evenkeel, places + waiting);
  await endpoint.until(() => endpoint.held === places);
  const before = await evenkeel.until((now) => onIn(now, 0) + onIn(now, 1) === places + waiting);
  const [doomed, left] = [onIn(before, 0), onIn(before, 1)];
  await evenkeel.kill(0);
  const expected = Math.min(places, left);
  const after = await evenkeel.until((now) => now.places === expected);
  assert.deepEqual(after.inFlight, [expected]);

  // Those of the dead worker were held as well. Each answer makes room for one that waits.
  const answers = Promise.all(held);
  const releasing = setInterval(() => endpoint.release(), 10);
  const failed = failedOf(await answers);
  clearInterval(releasing);
  t.diagnostic(`${places} places and ${waiting} who waited: ${doomed} were in the killed worker, ${failed} failed`);
  assert.equal(failed, doomed);
  const end = await evenkeel.until(({ inFlight }) => inFlight[0] === 0);
  assert.deepEqual([end.places, ...end.workers.map((worker) => worker.places)], [0, 0, 0]);
});

describe('a worker is killed with the only trial of a breaker that is half open', () => {
  // By itself it gives no trial in the place of one that is lost before `mostOpen` is over.
  const rules = '{ window: 10s, leastCalls: 5, failures: 50, open: 100ms, mostOpen: 10m, trials: 1, rounds: 1 }';
  for (const breaker of ['breaker', 'endpointBreaker']) {
    test(`${breaker}: the next one is tried in its place`, async (t) => {
      await using endpoint = await EndpointProcess.start();
      await using evenkeel = await MortalEvenkeel.start([endpoint], [`${breaker}: ${rules}`, 'outliers: none']);
      await endpoint.turn('errors');
      while ((await evenkeel.ask('/'))?.status !== 503);
      await endpoint.turn();
      let trial: Promise<Answer | undefined> = Promise.resolve(undefined);
      while (endpoint.held === 0) {
        trial = evenkeel.ask('/held');
        await Promise.race([trial, endpoint.until(() => endpoint.held > 0)]);
      }
      assert.equal((await evenkeel.ask('/'))?.status, 503);
      const { workers } = await evenkeel.until(({ inFlight }) => inFlight[0] === 1);
      await evenkeel.kill(workers.findIndex(({ exchanges }) => exchanges > 0));
      assert.equal(await trial, undefined);

      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      while ((await evenkeel.ask('/'))?.status !== 200) assert.ok(took() < 20_000, 'refused for 20 seconds');
      t.diagnostic(`${breaker}: served again ${took()} ms after another worker stood in its place`);
    });
  }
});

test('a worker is killed that retried a lot: what it spent of the budget is spent, and nothing else', async (t) => {
  await using sick = await EndpointProcess.start();
  await using well = await EndpointProcess.start();
  // A hundred retries in ten seconds.
  const budget = 'retry: { budget: { share: 0, perSecond: 10 } }';
  await using evenkeel = await MortalEvenkeel.start([sick, well], [budget, 'outliers: none', 'balance: round-robin']);
  await sick.turn('resets');
  const answers = await Promise.all(Array.from({ length: 60 }, () => evenkeel.ask('/')));
  assert.ok(answers.every((answer) => answer?.status === 200));
  const before = await evenkeel.figures();
  await evenkeel.kill(0);
  const after = await evenkeel.figures();
  t.diagnostic(`${before.retriesLeft} of 100 retries were left, and ${after.retriesLeft} after its death`);
  assert.ok(before.retriesLeft < 100);
  assert.ok(after.retriesLeft >= before.retriesLeft, 'its death has taken retries from the others');
  for (let sent = 0; sent < 4; sent++) assert.equal((await evenkeel.ask('/'))?.status, 200);
});

test('workers die in the midst of whatever they do, with limits, queues and breakers: all that they held is free in the end', (t) =>
  proveDeathsAnywhere(t, 6));
