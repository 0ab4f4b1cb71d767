// Sockets in the file system in place of ports, on either side.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { documentedOnly } from '../../src/data-plane/sockets/native-stream.ts';
import { balanced, eventually } from '../support/balanced.ts';
import { echoHead, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'evenkeel-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

for (const { name, abilities } of [
  { name: 'with all that Node.js can do', abilities: undefined },
  { name: 'with what Node.js documents', abilities: documentedOnly },
]) {
  describe(`socket files ${name}`, { timeout }, () => {
    test('carry exchanges on both sides, one after another', async () => {
      await using files = await folder();
      await using endpoint = await ScriptedEndpoint.open(echoHead, { path: join(files.path, 'app.sock') });
      await using here = await balanced({ endpoints: [endpoint], listener: { bind: `unix:${join(files.path, 'web.sock')}` }, abilities });
      await using client = await here.connect();
      for (const path of ['/one', '/two']) {
        client.send(`POST ${path} HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello`);
        const { startLine, body } = await client.answer();
        assert.equal(startLine, 'HTTP/1.1 200 OK');
        assert.match(body, new RegExp(`^POST ${path} HTTP/1\\.1\r\n`));
        assert.match(body, /X-Forwarded-For: unknown\r\n.*Forwarded: for=unknown;/s);
        assert.doesNotMatch(body, /X-Forwarded-Port/);
      }
      assert.equal(endpoint.peers.length, 1);
    });

    test('show a broken answer without a reset, which they do not have', async () => {
      await using files = await folder();
      await using endpoint = await ScriptedEndpoint.open(undefined, { path: join(files.path, 'app.sock') });
      await using here = await balanced({ endpoints: [endpoint], listener: { bind: `unix:${join(files.path, 'web.sock')}` }, abilities });
      await using client = await here.connect();
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      const upstream = await endpoint.connection();
      await upstream.request();
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
      await client.until('abc');
      upstream.close();
      assert.equal((await client.over()).rest, '');
      await eventually(() => here.listener.openConnections === 0, 'the connection is closed');
    });

    test('show a client that leaves', async () => {
      await using files = await folder();
      await using endpoint = await ScriptedEndpoint.open(undefined, { path: join(files.path, 'app.sock') });
      await using here = await balanced({ endpoints: [endpoint], listener: { bind: `unix:${join(files.path, 'web.sock')}` }, abilities });
      await using client = await here.connect();
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      const upstream = await endpoint.connection();
      await upstream.request();
      client.close();
      await upstream.closed();
      await eventually(() => here.endpoint().inFlight === 0, 'the attempt is given up');
    });
  });
}
