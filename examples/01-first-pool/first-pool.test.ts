// What the page of this example says, seen with real processes. The document is its own, with ports that are free.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { EvenkeelProcess } from '../../test/support/evenkeel-process.ts';

const original = join(import.meta.dirname, 'evenkeel.yaml');

async function startEndpoint(name: string): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((_, answer) => answer.end(`${name}\n`)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { server, address: `127.0.0.1:${address.port}` };
}

async function stopEndpoint({ server }: { readonly server: Server }): Promise<void> {
  const closed = once(server.close(), 'close');
  server.closeAllConnections();
  await closed;
}

const ask = async (url: string): Promise<string> => (await fetch(url)).text();

test('the document is in order', async () => {
  await using check = new EvenkeelProcess(['check', original]);
  assert.equal((await check.ended()).code, 0);
});

test('two endpoints answer, one answers when the other stops, and the reason answers when both have stopped', async () => {
  const [one, two] = [await startEndpoint('one'), await startEndpoint('two')];
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-first-pool-'));
  const text = await readFile(original, 'utf8');
  const document = text.replace('":8080"', '"127.0.0.1:0"').replace('127.0.0.1:3001', one.address).replace('127.0.0.1:3002', two.address);
  const file = join(folder, 'evenkeel.yaml');
  await writeFile(file, document);

  await using evenkeel = new EvenkeelProcess(['run', file]);
  const url = await evenkeel.line(/listening on (\S+)/);
  const answers: string[] = [];
  for (let sent = 0; sent < 8; sent++) answers.push(await ask(url));
  assert.deepEqual(new Set(answers), new Set(['one\n', 'two\n']));

  await stopEndpoint(two);
  for (let sent = 0; sent < 8; sent++) assert.equal(await ask(url), 'one\n');

  await stopEndpoint(one);
  const refused = await fetch(url);
  assert.equal(refused.status, 502);
  assert.match(await refused.text(), /connect-refused/);

  evenkeel.signal('SIGINT');
  assert.equal((await evenkeel.ended()).code, 0);
  await rm(folder, { recursive: true });
});
