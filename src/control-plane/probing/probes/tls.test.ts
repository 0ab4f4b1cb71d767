// Handshakes that end well, badly and never.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createServer } from 'node:tls';
import { eventually } from '../../../../test/support/balanced.ts';
import { certificate, key } from '../../../../test/support/probing/certificate.ts';
import type { ProbedServer } from '../../../../test/support/probing/probed-server.ts';
import {
  ask,
  asking,
  isLeft,
  leavesNothingOpen,
  probed,
  reasonOf,
  rude,
  writeForEver,
} from '../../../../test/support/probing/probed-server.ts';
import { tls } from './tls.ts';

const secured = (see: (socket: TLSSocket) => void = () => {}): Promise<ProbedServer> =>
  probed(
    createServer({ cert: certificate, key }, (socket) => {
      socket.on('error', () => {}).resume();
      see(socket);
    }),
  );

test('a handshake is enough, and no name is asked for', async () => {
  await leavesNothingOpen(async () => {
    let name: unknown = 'nobody came';
    await using server = await secured((socket) => {
      name = socket.servername;
    });
    assert.deepEqual(await ask(tls, server.target, {}), { passed: true });
    await eventually(() => name === false, 'no name was asked for');
    await isLeft(server);
  });
});

test('a name is asked for where one is given', async () => {
  let name: unknown;
  await using server = await secured((socket) => {
    name = socket.servername;
  });
  assert.deepEqual(await ask(tls, server.target, { serverName: 'other.test' }), { passed: true });
  await eventually(() => name === 'other.test', 'the name was asked for');
});

test('a host that is a name is asked for by it where it must be verified', async () => {
  let name: unknown;
  await using server = await secured((socket) => {
    name = socket.servername;
  });
  const { address } = server.target;
  assert.ok(address.kind === 'tcp');
  const target = { id: 'localhost', address: { ...address, host: 'localhost' } };
  assert.deepEqual(await ask(tls, target, { verify: true, authorities: certificate }), { passed: true });
  await eventually(() => name === 'localhost', 'the name was asked for');
});

test('a certificate that must be valid has to come from an authority that is trusted, and be for the name', async () => {
  await leavesNothingOpen(async () => {
    await using server = await secured();
    const trusted = { verify: true, authorities: certificate };
    assert.deepEqual(await ask(tls, server.target, { ...trusted, serverName: 'shop.test' }), { passed: true });
    assert.deepEqual(await ask(tls, server.target, trusted), { passed: true }, 'it is for 127.0.0.1 too');
    assert.equal(await reasonOf(ask(tls, server.target, { verify: true })), 'the certificate is signed by itself');
    assert.equal(await reasonOf(ask(tls, server.target, { ...trusted, serverName: 'other.test' })), 'the certificate is for another name');
  });
});

test('an endpoint that does not speak TLS fails', async () => {
  await leavesNothingOpen(async () => {
    await using plain = await rude((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assert.equal(await reasonOf(ask(tls, plain.target, {})), 'the answer is not TLS');
    await using silent = await rude((socket) => socket.once('data', () => socket.destroy()));
    assert.match(await reasonOf(ask(tls, silent.target, {})), /the connection was (closed|reset)/);
  });
});

test('a handshake that never ends is left when the time is up, whatever comes meanwhile', async () => {
  // The head of a record for a handshake, and pieces of a message that would be 16 MiB long.
  const endless = Buffer.concat([Buffer.from([22, 3, 3, 0x40, 0]), Buffer.alloc(0x4000, 0xff)]);
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) => socket.once('data', () => socket.write(endless.subarray(0, 100))));
    const asked = asking(tls, server.target, {});
    await eventually(() => (server.sockets[0]?.bytesWritten ?? 0) > 0, 'the handshake has begun');
    assert.equal(asked.step(), 'shaking hands for TLS');
    asked.abort();
    assert.equal((await asked.result).passed, false);
    await isLeft(server);
  });
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) => socket.once('data', () => writeForEver(socket, endless)));
    // OpenSSL says more, with the number of a thread and a line of its code.
    assert.match(await reasonOf(ask(tls, server.target, {})), /^the TLS handshake failed: [a-z ]+$/);
    await isLeft(server);
  });
});
