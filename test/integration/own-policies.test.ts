// Policies of the user's own in real workers: whatever they do wrong, every request is answered, and the operator is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { issueText } from '../../src/control-plane/configuration/issue.ts';
import { parseDocument } from '../../src/control-plane/configuration/read.ts';
import { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import { eventually } from '../support/balanced.ts';
import { RecordedLog } from '../support/recorded-log.ts';
import { readTotals } from '../support/totals.ts';

const timeout = 60_000;

interface World extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly log: RecordedLog;
  /** Answered by `one` or `two`, so often each. */
  ask(count: number, header?: Record<string, string>): Promise<readonly number[]>;
  readonly faults: number;
  /** The line that the log has about the policy. */
  told(): Promise<string>;
}

/** Two endpoints behind one worker, balanced by a policy made of this code, which may change between the check and the start. */
async function world(code: string, changedTo?: string): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-own-policies-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const addresses = [stack.use(await startEndpoint('one')), stack.use(await startEndpoint('two'))].map(({ address }) => address);
  const file = join(folder, 'mine.mjs');
  await writeFile(file, code);
  const text = `{ workers: 1, listeners: [{ bind: "127.0.0.1:0", pool: web }], pools: { web: { balance: ./mine.mjs, endpoints: [${addresses}] } } }`;
  const document = await parseDocument({ file: 'own.yaml', text, format: 'yaml' }, folder);
  if (!document.ok) assert.fail(document.fault.map(issueText).join('\n'));
  if (changedTo !== undefined) await writeFile(file, changedTo);

  const log = new RecordedLog();
  const supervisor = new Supervisor({ document: document.value, log });
  stack.defer(() => supervisor.stop());
  const [bound] = await supervisor.start();
  const all = stack.move();
  return {
    supervisor,
    log,
    async ask(count, headers = {}) {
      const answers = { one: 0, two: 0 };
      for (let sent = 0; sent < count; sent++) {
        const response = await fetch(`http://${bound?.address}/`, { headers });
        assert.equal(response.status, 200);
        answers[(await response.text()) as 'one' | 'two']++;
      }
      return [answers.one, answers.two];
    },
    get faults() {
      return readTotals(supervisor.board).pools[0]?.policyFaults ?? 0;
    },
    async told() {
      // The message of the worker and the answer to the client come by different ways.
      await eventually(() => log.matching(/policy/).length > 0, 'a line about the policy');
      return log.matching(/policy/).join();
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function startEndpoint(name: string): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createServer((_, answer) => answer.end(name)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const stop = async (): Promise<void> => {
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  };
  return { address: `127.0.0.1:${address.port}`, [Symbol.asyncDispose]: stop };
}

const policy = (rest: string): string => `export default { name: 'mine', summary: 'Mine.', options: {}, ${rest} }`;

describe('a policy of the user in real workers', { timeout }, () => {
  test('picks', async () => {
    await using here = await world(policy('build: (all) => ({ pick: () => all[1] })'));
    assert.deepEqual(await here.ask(10), [0, 10]);
    assert.deepEqual([here.faults, here.log.matching(/policy/)], [0, []]);
  });

  test('learns from the tries of real exchanges', async () => {
    // The first endpoint until an answer of it was seen, the second from then on.
    const learner = `{ begun: () => 5, answered: (trial) => { last = trial.tag + trial.status }, ended: () => {} }`;
    await using here = await world(
      policy(`build: (all) => { let last = 0; return { pick: () => all[last === 205 ? 1 : 0], learner: ${learner} } }`),
    );
    assert.deepEqual(await here.ask(10), [1, 9]);
    assert.equal(here.faults, 0);
  });

  test('that answers with promises which are rejected ends no worker', async () => {
    await using here = await world(policy("build: (all) => ({ pick: async () => { throw new Error('later') } })"));
    assert.deepEqual(await here.ask(10), [5, 5]);
    assert.deepEqual([here.faults, here.supervisor.restarts], [10, 0]);
    assert.match(
      await here.told(),
      /^warn Pool web: its policy \/.*mine\.mjs failed, .*: pick gave a promise, which is none of its candidates$/,
    );
  });

  test('that remembers endpoints of an earlier build is asked in vain', async () => {
    const code = `const first = []; ${policy('build: (all) => ({ pick: () => { first[0] ??= { ...all[0] }; return first[0] } })')}`;
    await using here = await world(code);
    assert.deepEqual(await here.ask(4), [2, 2]);
    assert.equal(here.faults, 4);
  });

  test('that cannot be built leaves the pool to round-robin', async () => {
    await using here = await world(policy("build: () => { throw new Error('no table') }"));
    assert.deepEqual(await here.ask(10), [5, 5]);
    assert.equal(here.faults, 1);
    assert.match(await here.told(), /failed, .*: build threw Error: no table at \/.*mine\.mjs:1:\d+$/);
  });

  test('whose learner fails goes on picking', async () => {
    const learner = "{ begun: () => 0, answered: () => { throw new Error('unwell') }, ended: () => {} }";
    await using here = await world(policy(`build: (all) => ({ pick: () => all[1], learner: ${learner} })`));
    assert.deepEqual(await here.ask(5), [0, 5]);
    assert.equal(here.faults, 5);
  });

  test('is keyed on what it says', async () => {
    const keyed =
      "keyedOn: () => ['header:x-user'], build: (all) => ({ pick: ({ key, attempt }) => all[((key ?? '').length + attempt) % 2] })";
    await using here = await world(policy(keyed));
    assert.deepEqual(await here.ask(4, { 'x-user': 'a' }), [0, 4]);
    assert.deepEqual(await here.ask(4, { 'x-user': 'ab' }), [4, 0]);
    assert.equal(here.faults, 0);
  });

  test('that is broken by the time a worker loads it is bypassed', async () => {
    await using here = await world(policy('build: (all) => ({ pick: () => all[1] })'), 'export default {{');
    assert.deepEqual(await here.ask(10), [5, 5]);
    assert.match(await here.told(), /failed, .*: build threw SyntaxError: /);
  });
});
