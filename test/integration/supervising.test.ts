// The supervisor with real threads: starting, replacing, draining and stopping workers that speak lines.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { LineClient } from '../support/line-client.ts';
import { supervised } from '../support/supervised.ts';
import { readTotals } from '../support/totals.ts';

const timeout = 60_000;

describe('starting', { timeout }, () => {
  test('port 0 becomes one real port that every worker listens on', async () => {
    await using world = supervised({ workers: 3 });
    const { supervisor } = world;
    assert.equal(supervisor.state, 'starting');

    const [listener] = await supervisor.start();
    assert.equal(supervisor.state, 'ready');
    assert.equal(supervisor.listeningWorkers, 3);
    assert.ok(listener?.bind.kind === 'tcp' && listener.bind.port > 0);
    assert.deepEqual(supervisor.bound, [listener]);

    const seen = new Set<string>();
    // The kernel spreads connections by a hash of their ports: a few hundred reach all three beyond doubt.
    for (let count = 0; count < 400 && seen.size < 3; count++) {
      await using client = await LineClient.open(listener);
      seen.add(await client.ask('who'));
    }
    assert.deepEqual([...seen].sort(), ['0', '1', '2']);
  });

  test('a port in use is named, also when its holder would share it, and nothing is left running', async () => {
    const holder = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true });
    await once(holder, 'listening');
    const address = holder.address();
    assert.ok(address !== null && typeof address === 'object');

    await using world = supervised({ workers: 2, listeners: [{ bind: `127.0.0.1:${address.port}`, pool: 'web' }] });
    await assert.rejects(world.supervisor.start(), new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${address.port}: it is in use`));
    assert.equal(world.supervisor.state, 'stopped');
    assert.equal(world.supervisor.listeningWorkers, 0);
    holder.close();
  });

  test('what a worker says about a listener that it cannot bind is what the start fails with', async () => {
    // The look ahead leaves port 0 alone, so the worker is the first to stumble over a host that is not here.
    await using world = supervised({ listeners: [{ bind: '192.0.2.1:0', pool: 'web' }] });
    await assert.rejects(world.supervisor.start(), /EADDRNOTAVAIL.*192\.0\.2\.1/);
    assert.equal(world.supervisor.state, 'stopped');
  });

  test('a stop in the middle of the start ends it', async () => {
    await using world = supervised();
    const start = world.supervisor.start();
    await Promise.all([world.supervisor.stop(), assert.rejects(start)]);
    assert.equal(world.supervisor.state, 'stopped');
    assert.equal(world.supervisor.listeningWorkers, 0);
  });
});

describe('replacing', { timeout }, () => {
  for (const [order, reason] of [
    ['throw', /told to throw/],
    ['exit', /exit code 3/],
  ] as const) {
    test(`a worker that dies by ${order} is replaced on the same port, and its load is taken off the scoreboard`, async () => {
      await using world = supervised();
      const { supervisor, log } = world;
      const [listener] = await supervisor.start();
      await using doomed = await LineClient.open(listener);
      await doomed.ask('hold');
      assert.equal(supervisor.board.inFlight(0), 1);
      assert.equal(readTotals(supervisor.board).listeners[0]?.exchangesInFlight, 1);

      const again = log.next(/Worker 0 serves again/);
      doomed.say(order);
      await doomed.closed;
      await again;

      assert.equal(supervisor.restarts, 1);
      assert.equal(supervisor.state, 'ready');
      const [line, ...more] = log.matching(/replaced/);
      assert.deepEqual(more, []);
      assert.match(line ?? '', /^error Worker 0 is replaced at once; it died with 1 exchange in flight: /);
      assert.match(line ?? '', reason);

      assert.equal(supervisor.board.inFlight(0), 0);
      const [totals] = readTotals(supervisor.board).listeners;
      assert.equal(totals?.exchangesInFlight, 0);
      assert.equal(totals?.openConnections, 0);
      assert.equal(totals?.accepted, 1, 'what was counted stays');

      await using client = await LineClient.open(listener);
      assert.equal(await client.ask('who'), '0');
    });
  }

  test('a death costs only the connections of its own worker', async () => {
    await using world = supervised({ workers: 2 });
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    await using stack = new AsyncDisposableStack();
    const byWorker = new Map<string, LineClient>();
    for (let count = 0; count < 400 && byWorker.size < 2; count++) {
      const client = stack.use(await LineClient.open(listener));
      byWorker.set(await client.ask('who'), client);
    }

    const again = log.next(/Worker 1 serves again/);
    byWorker.get('1')?.say('throw');
    await again;
    assert.equal(await byWorker.get('0')?.ask('still here'), 'still here');
    assert.equal(supervisor.restarts, 1);
    assert.equal(supervisor.listeningWorkers, 2);
  });

  test('a replacement that dies young waits before it is replaced in turn, and is not ready meanwhile', async () => {
    await using world = supervised();
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    const states: string[] = [];
    for (let death = 0; death < 2; death++) {
      const again = log.next(/serves again/);
      const replaced = log.next(/is replaced/);
      const client = await LineClient.open(listener);
      client.say('exit');
      await replaced;
      states.push(supervisor.state);
      await again;
    }
    // On a slow machine the replacement may live a second before this test gets to it; then it did not die young.
    assert.match(log.matching(/is replaced/)[1] ?? '', /replaced (in 100 ms|at once);/);
    assert.deepEqual(states, ['starting', 'starting']);
    assert.equal(supervisor.state, 'ready');
    assert.equal(supervisor.restarts, 2);
  });

  test('a replacement that cannot bind is tried again until it can', async () => {
    await using world = supervised();
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    assert.ok(listener?.bind.kind === 'tcp');
    const thief = createServer();
    const replaced = log.next(/is replaced/);
    const failed = log.next(/it could not start: .*EADDRINUSE/);
    const again = log.next(/serves again/);

    const client = await LineClient.open(listener);
    client.say('exit');
    await replaced;
    // The worker is dead when the line is written, and its replacement needs many turns of the event loop to bind.
    thief.listen({ port: listener.bind.port, host: '127.0.0.1' });
    await once(thief, 'listening');
    await failed;
    thief.close();
    await again;
    assert.equal(supervisor.state, 'ready');
  });
});

describe('draining', { timeout }, () => {
  test('readiness fails at once, what is begun finishes, and nothing new is let in', async () => {
    await using world = supervised({ workers: 2 });
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    await using idle = await LineClient.open(listener);
    await idle.ask('idle');
    await using busy = await LineClient.open(listener);
    await busy.ask('hold');

    const drained = supervisor.drain();
    assert.equal(supervisor.state, 'draining');
    await idle.closed;
    // Told later than the first worker, perhaps; asking on the open connection waits for nothing but its own worker.
    assert.equal(await busy.ask('finishing'), 'finishing');
    busy.say('release');
    await busy.closed;

    assert.equal(await drained, 'drained');
    assert.equal(supervisor.state, 'stopped');
    assert.equal(supervisor.listeningWorkers, 0);
    await assert.rejects(LineClient.open(listener), { code: 'ECONNREFUSED' });
    assert.deepEqual(log.matching(/^(warn|error)/), []);
    assert.equal(supervisor.drain(), supervisor.drain(), 'asking twice is asking once');
  });

  test('what is not finished at the deadline is counted and cut off', async () => {
    await using world = supervised({ shutdown: { deadline: '100ms' } });
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    await using busy = await LineClient.open(listener);
    await busy.ask('hold');
    await busy.ask('hold');

    assert.equal(await supervisor.drain(), 'deadline');
    await busy.closed;
    assert.deepEqual(log.matching(/cut off/), ['warn The deadline has passed: 2 exchanges cut off.']);
    assert.equal(supervisor.state, 'stopped');
    assert.equal(supervisor.board.inFlight(0), 0);
  });

  test('during the delay before it, clients are still served and a dead worker is still replaced', async () => {
    await using world = supervised({ shutdown: { delay: '1h', deadline: '2h' } });
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    const drained = supervisor.drain();
    assert.equal(supervisor.state, 'draining');

    await using client = await LineClient.open(listener);
    assert.equal(await client.ask('who'), '0');
    const again = log.next(/serves again/);
    client.say('throw');
    await again;
    await using next = await LineClient.open(listener);
    assert.equal(await next.ask('who'), '0');

    // A stop cuts the drain short, and the drain says so.
    await supervisor.stop();
    assert.equal(await drained, 'deadline');
    assert.deepEqual(log.matching(/cut off/), []);
  });

  test('a worker that dies while it drains is not replaced, and does not hold up the others', async () => {
    await using world = supervised();
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    await using idle = await LineClient.open(listener);
    await idle.ask('idle');
    await using busy = await LineClient.open(listener);
    await busy.ask('hold');
    const drained = supervisor.drain();
    await idle.closed;
    busy.say('throw');

    assert.equal(await drained, 'drained');
    assert.equal(supervisor.restarts, 0);
    assert.match(log.matching(/^error/)[0] ?? '', /^error Worker 0 died while draining, with 1 exchange in flight: /);
  });

  test('a drain before the start is over stops at once', async () => {
    await using world = supervised();
    const start = world.supervisor.start();
    const [outcome] = await Promise.all([world.supervisor.drain(), assert.rejects(start)]);
    assert.equal(outcome, 'drained');
    assert.equal(world.supervisor.state, 'stopped');
  });
});

describe('socket files', { timeout }, () => {
  test('one worker listens on a socket file, its replacement takes the file over, and a drain leaves none behind', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.sock');
    await using world = supervised({ workers: 2, listeners: [{ bind: `unix:${path}`, pool: 'web' }] });
    const { supervisor, log } = world;
    const [listener] = await supervisor.start();
    assert.equal(listener?.address, `unix:${path}`);

    await using client = await LineClient.open(listener);
    assert.equal(await client.ask('who'), '0');
    const again = log.next(/Worker 0 serves again/);
    client.say('throw');
    await again;
    await using other = await LineClient.open(listener);
    assert.equal(await other.ask('who'), '0');
    await other[Symbol.asyncDispose]();

    assert.equal(await supervisor.drain(), 'drained');
    assert.equal(existsSync(path), false);
  });
});

test('the compile cache of the program is the compile cache of its workers', { timeout }, async () => {
  await using folder = await temporaryFolder();
  // In a thread of its own, because the cache cannot be switched off again.
  const code = `
    const { enableCompileCache, getCompileCacheDir } = await import('node:module');
    const { WorkerThread } = await import(${JSON.stringify(new URL('../../src/control-plane/supervising/worker-thread.ts', import.meta.url).href)});
    const { parentPort } = await import('node:worker_threads');
    enableCompileCache(${JSON.stringify(folder.path)});
    const entry = new URL('data:text/javascript,' + encodeURIComponent("import { getCompileCacheDir } from 'node:module'; import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ kind: 'refused', reason: String(getCompileCacheDir()) });"));
    const thread = new WorkerThread(entry, {});
    const reason = await thread.listening.catch((error) => error.message);
    parentPort.postMessage([getCompileCacheDir(), reason]);
  `;
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const outer = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { env });
  const [[own, workers]] = await once(outer, 'message');
  assert.ok(String(own).startsWith(folder.path));
  assert.equal(workers, own);
});

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'evenkeel-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
