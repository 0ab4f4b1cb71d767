import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseAddresses, moveAddresses, usualAddresses } from './addresses.ts';
import { freePort } from './ports.ts';

const document = readFileSync(join(import.meta.dirname, 'evenkeel.yaml'), 'utf8');

async function takenPort(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { port: address.port, [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
}

test('the usual addresses leave the document as it is', () => {
  assert.equal(moveAddresses(document, usualAddresses), document);
});

test('every address that moved is moved in the document, also onto the old place of another', () => {
  const moved = moveAddresses(document, { port: 81, adminPort: 82, instancePorts: [3002, 3003, 3004] });
  assert.match(moved, /bind: ":81"/);
  assert.match(moved, /bind: "127\.0\.0\.1:82"/);
  assert.match(moved, /- 127\.0\.0\.1:3002\n {6}- 127\.0\.0\.1:3003\n {6}- 127\.0\.0\.1:3004\n/);
});

test('a port that is taken gives way to a later one', async () => {
  await using taken = await takenPort();
  assert.ok((await freePort({ host: '127.0.0.1', port: taken.port })) > taken.port);
});

test('a port that was asked for and is taken is an error that says what to do', async () => {
  await using taken = await takenPort();
  await assert.rejects(
    chooseAddresses({ port: taken.port, adminPort: 0 }),
    new RegExp(`Port ${taken.port} is taken\\. Choose another with --port`),
  );
});

test('all addresses differ', async () => {
  const { addresses } = await chooseAddresses({ port: 0, adminPort: 0 });
  assert.equal(new Set([addresses.port, addresses.adminPort, ...addresses.instancePorts]).size, 5);
});
