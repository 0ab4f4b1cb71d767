// What the page of this example says, seen with real processes. The documents are its own, with ports that are free.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EvenkeelProcess } from '../../test/support/evenkeel-process.ts';

const original = import.meta.dirname;

interface Endpoint extends AsyncDisposable {
  readonly address: string;
}

async function startEndpoint(handle: (answer: ServerResponse) => void): Promise<Endpoint> {
  const server = createServer((_, answer) => handle(answer)).listen(0, '127.0.0.1');
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

describe('a policy of your own', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-own-policy-'));
    await cp(original, folder, { recursive: true });
  });
  after(() => rm(folder, { recursive: true }));

  /** The example's document with free ports and the endpoints of a test, beside a copy of its policies. */
  async function documentFor(name: string, one: Endpoint, two: Endpoint): Promise<string> {
    const text = await readFile(join(original, name), 'utf8');
    const changed = text
      .replace('":8080"', '"127.0.0.1:0"')
      .replace('127.0.0.1:9900', '127.0.0.1:0')
      .replace('127.0.0.1:3001', one.address)
      .replace('127.0.0.1:3002', two.address);
    await writeFile(join(folder, name), changed);
    return join(folder, name);
  }

  test('is checked with the document', async () => {
    for (const name of ['evenkeel.yaml', 'faulty.yaml']) {
      await using check = new EvenkeelProcess(['check', join(original, name)]);
      const { code, out } = await check.ended();
      assert.equal(code, 0);
      assert.match(out.join('\n'), /: good: 1 listener, 1 pool, 2 endpoints$/);
    }
  });

  test('has its options checked, also for programs', async () => {
    const text = await readFile(join(original, 'evenkeel.yaml'), 'utf8');
    const file = join(folder, 'wrong.yaml');
    await writeFile(file, text.replace('room: 2', 'room: many'));
    const at = text.split('\n').findIndex((line) => line.includes('most-room')) + 1;

    await using check = new EvenkeelProcess(['check', 'wrong.yaml'], folder);
    const { code, err } = await check.ended();
    assert.equal(code, 1);
    assert.ok(err.join('\n').includes(`wrong.yaml:${at}:46: pools.web.balance.room: expected a whole number from 1 to 10000, got "many"`));

    await using json = new EvenkeelProcess(['check', '--json', file]);
    const report: unknown = JSON.parse((await json.ended()).out.join('\n'));
    assert.partialDeepStrictEqual(report, { ok: false, issues: [{ line: at, column: 46, path: 'pools.web.balance.room', value: 'many' }] });
  });

  test('gives six of eight requests at once to the endpoint that takes six', async () => {
    const held: { readonly name: string; readonly answer: ServerResponse }[] = [];
    const all = Promise.withResolvers<void>();
    const hold = (name: string) => (answer: ServerResponse) => {
      if (held.push({ name, answer }) === 8) all.resolve();
    };
    await using one = await startEndpoint(hold('one'));
    await using two = await startEndpoint(hold('two'));
    await using evenkeel = new EvenkeelProcess(['run', await documentFor('evenkeel.yaml', one, two)]);
    const url = await evenkeel.line(/listening on (\S+)/);

    const answers = Promise.all(Array.from({ length: 8 }, async () => (await fetch(url)).text()));
    // Only a failure can end the answers before they are given.
    await Promise.race([all.promise, answers]);
    for (const { name, answer } of held) answer.end(name);
    assert.deepEqual((await answers).toSorted(), ['one', 'one', 'one', 'one', 'one', 'one', 'two', 'two']);
  });

  test('that throws at every tenth pick fails no request; metric and log tell of it', async () => {
    await using one = await startEndpoint((answer) => answer.end('one'));
    await using two = await startEndpoint((answer) => answer.end('two'));
    await using evenkeel = new EvenkeelProcess(['run', await documentFor('faulty.yaml', one, two)]);
    const admin = await evenkeel.line(/admin on (\S+)/);
    const url = await evenkeel.line(/listening on (\S+)/);

    const texts: string[] = [];
    for (let sent = 0; sent < 100; sent++) {
      const response = await fetch(url);
      assert.equal(response.status, 200);
      texts.push(await response.text());
    }
    // Ninety are the policy's; the others are picked in turn.
    assert.equal(texts.filter((text) => text === 'one').length, 95);
    assert.equal(texts.filter((text) => text === 'two').length, 5);

    const metrics = await (await fetch(new URL('/metrics', admin))).text();
    assert.match(metrics, /^evenkeel_pool_policy_faults_total\{pool="web"\} 10$/m);

    evenkeel.signal('SIGTERM');
    const { code, err } = await evenkeel.ended();
    assert.equal(code, 0);
    const file = join(folder, 'faulty.ts');
    const line = `evenkeel: Pool web: its policy ${file} failed, and traffic went on without it: pick threw Error: no endpoint for pick 10 at ${file}:13:37`;
    assert.deepEqual(err, [line]);
  });
});
