import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { ListenOptions, Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { BindAddress } from '../../data-plane/listening/settings.ts';
import { checkAddresses } from './check-addresses.ts';

const tcp = (port: number, host: string | undefined = '127.0.0.1'): BindAddress => ({
  kind: 'tcp',
  host,
  port,
  text: `${host ?? ''}:${port}`,
});
const unix = (path: string): BindAddress => ({ kind: 'unix', path, text: `unix:${path}` });

describe('ports', () => {
  test('a free port is free again after the look', async () => {
    const port = await freePort();
    await checkAddresses([tcp(port)]);
    const server = await listen({ port, host: '127.0.0.1' });
    server.close();
  });

  test('a port that another program shares with SO_REUSEPORT is in use', async () => {
    const server = await listen({ port: 0, host: '127.0.0.1', reusePort: true });
    const port = portOf(server);
    await assert.rejects(checkAddresses([tcp(port)]), new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port}: it is in use`));
    server.close();
  });

  test('two listeners on one port are found before the workers share it by mistake', async () => {
    const port = await freePort();
    await assert.rejects(checkAddresses([tcp(port), tcp(port)]), /: it is in use/);
    await assert.rejects(checkAddresses([tcp(port, '0.0.0.0'), tcp(port)]), /: it is in use/);
  });

  test('port 0 can be asked for any number of times', async () => {
    await checkAddresses([tcp(0), tcp(0), tcp(0, undefined)]);
  });

  test('an address of another machine is refused with what helps', async () => {
    await assert.rejects(
      checkAddresses([tcp(4000, '192.0.2.1')]),
      /Cannot listen on 192\.0\.2\.1:4000: no network interface of this machine has that address/,
    );
  });

  test('the first problem lets go of what was held', async () => {
    const port = await freePort();
    await assert.rejects(checkAddresses([tcp(port), tcp(4000, '192.0.2.1')]));
    await checkAddresses([tcp(port)]);
  });
});

describe('socket files', () => {
  test('a path where nothing is, is free', async () => {
    await using folder = await temporaryFolder();
    await checkAddresses([unix(join(folder.path, 'a.sock'))]);
  });

  test('a socket file that somebody answers on is in use and stays', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.sock');
    const server = await listen({ path });
    await assert.rejects(checkAddresses([unix(path)]), /Cannot listen on unix:.*a\.sock: it is in use/);
    assert.equal(existsSync(path), true);
    server.close();
  });

  test('a socket file that nobody answers on is removed', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.sock');
    await leaveSocketFile(path);
    assert.equal(existsSync(path), true);
    await checkAddresses([unix(path)]);
    assert.equal(existsSync(path), false);
  });

  test('a file that is no socket is never removed', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'notes.txt');
    await writeFile(path, 'precious');
    await assert.rejects(checkAddresses([unix(path)]), /Cannot listen on unix:.*notes\.txt: a file that is not a socket is there/);
    assert.equal(existsSync(path), true);
  });
});

async function listen(options: ListenOptions): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen(options);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

async function freePort(): Promise<number> {
  const server = await listen({ port: 0, host: '127.0.0.1' });
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** As a killed program leaves it: closing removes the file by its first name, so one that was moved stays. */
async function leaveSocketFile(path: string): Promise<void> {
  const server = await listen({ path: `${path}.bound` });
  await rename(`${path}.bound`, path);
  server.close();
  await once(server, 'close');
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'evenkeel-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
