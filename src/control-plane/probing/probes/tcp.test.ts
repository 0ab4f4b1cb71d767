// What passes and what does not, with endpoints that listen, that do not, and that never come to an end.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../../../test/support/balanced.ts';
import { ask, asking, isLeft, leavesNothingOpen, reasonOf, rude, writeForEver } from '../../../../test/support/probing/probed-server.ts';
import { tcp } from './tcp.ts';

test('a connection is enough where nothing is expected, on IPv4, IPv6 and sockets of the machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-'));
  for (const where of [{ host: '127.0.0.1' }, { host: '::1' }, { path: join(folder, 'app.sock') }]) {
    await leavesNothingOpen(async () => {
      await using server = await rude(() => {}, where);
      assert.deepEqual(await ask(tcp, server.target, {}), { passed: true });
    });
  }
  rmSync(folder, { recursive: true });
});

test('an endpoint that does not listen is said to refuse', async () => {
  const server = await rude(() => {});
  await server[Symbol.asyncDispose]();
  assert.equal(await reasonOf(ask(tcp, server.target, {})), 'the connection was refused');
});

test('a socket that is not there is told of', async () => {
  const target = { id: 'unix:/nowhere', address: { kind: 'unix', path: '/nowhere/app.sock' } } as const;
  assert.equal(await reasonOf(ask(tcp, target, {})), 'there is no such file');
});

test('an expected text passes wherever it comes, in any number of pieces', async () => {
  await using server = await rude((socket) => {
    socket.setNoDelay(true);
    socket.once('data', (sent: Buffer) => {
      socket.write(Buffer.concat([Buffer.from('220 hello'), sent, Buffer.from('\r\nPO')]), () => socket.write('NG and more'));
    });
  });
  assert.deepEqual(await ask(tcp, server.target, { send: 'PING', expect: 'PONG' }), { passed: true });
  assert.deepEqual(await ask(tcp, server.target, { send: '\xff', expect: 'hello\xff\r\n' }), { passed: true }, 'each character is a byte');
});

test('a connection that ends before the text has come fails', async () => {
  await using server = await rude((socket) => socket.end('something else'));
  assert.equal(await reasonOf(ask(tcp, server.target, { expect: 'PONG' })), 'the connection was closed before the answer was whole');
});

test('an endpoint that never stops talking is left after 64 KiB', async () => {
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) => writeForEver(socket, Buffer.alloc(16 * 1024, 'x')));
    assert.equal(await reasonOf(ask(tcp, server.target, { expect: 'PONG' })), 'the answer is longer than 65536 bytes');
    await isLeft(server);
  });
});

test('an endpoint that says nothing is left when the time is up', async () => {
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) => socket.write('a drip'));
    const asked = asking(tcp, server.target, { expect: 'PONG' });
    await eventually(() => asked.step() === 'waiting for the expected text' && server.sockets.length === 1, 'the probe waits');
    asked.abort();
    assert.equal((await asked.result).passed, false);
    await isLeft(server);
  });
});

test('a probe whose time is up before it begins connects to nobody', async () => {
  await using server = await rude(() => {});
  const controller = new AbortController();
  controller.abort(new Error('the time was up'));
  const result = await tcp.run(server.target, {}, { signal: controller.signal, step: () => {} });
  assert.equal(result.passed, false);
  assert.equal(server.sockets.length, 0);
});
