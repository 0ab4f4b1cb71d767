// Servers that lie to the probes of databases: too much, too little, nonsense, silence. Each is refused with a reason and costs little.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ask, askScript } from '../../../../test/support/databases/ask.ts';
import { ScriptedEndpoint } from '../../../../test/support/scripted-endpoint.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';

const login = { user: 'me', database: 'shop', password: 'secret' };
const mebibyte = 1024 * 1024;

/** `endless`: what the protocol allows to come again and again. `huge`: the announcement of a very long message. */
const liars = [
  {
    name: 'PostgreSQL',
    probe: (address: string, signal?: AbortSignal) => ask(postgres, address, { login }, signal),
    endless: 'N\0\0\0\x05\0',
    huge: 'R\x7f\xff\xff\xff',
    half: 'R\0\0',
    foreign: 'the answer was not of the PostgreSQL protocol',
  },
  {
    name: 'MySQL',
    probe: (address: string, signal?: AbortSignal) => ask(mysql, address, { login }, signal),
    endless: '\xff\xff\x00\x00aaaa',
    huge: '\xff\xff\xff\0',
    half: '\x4a\0\0\0\x0a8.4',
    foreign: 'the answer was not of the MySQL protocol',
  },
  {
    name: 'Redis',
    probe: (address: string, signal?: AbortSignal) => ask(redis, address, { password: 'secret', role: 'primary' as const }, signal),
    endless: 'a',
    huge: '$999999999\r\n',
    half: '+O',
    foreign: 'the answer was not of the Redis protocol: "HTTP/1.1 400 Bad Request"',
  },
];

const tooLong = 'the answer is longer than 65536 bytes';

for (const { name, probe, endless, huge, half, foreign } of liars) {
  describe(`a server that is no honest ${name}`, { timeout: 60_000 }, () => {
    /** What the probe says of a server that sends this and keeps the connection open. */
    const saidOf = async (bytes: string): Promise<string> => {
      await using server = await ScriptedEndpoint.open((peer) => void peer.send(bytes));
      return await probe(server.address);
    };

    test('and sends without an end is left', async () => {
      await using server = await ScriptedEndpoint.open();
      const said = probe(server.address);
      const peer = await server.connection();
      peer.send(endless.repeat(mebibyte / endless.length));
      assert.equal(await said, tooLong);
      await peer.over();
    });

    test('and announces more than anybody needs is not waited for', async () => assert.equal(await saidOf(huge), tooLong));

    test('and speaks another protocol is told apart', async () => {
      assert.equal(await saidOf('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'), foreign);
    });

    test('and closes early does not pass, whether it has spoken or not', async () => {
      for (const bytes of ['', half]) {
        await using server = await ScriptedEndpoint.open((peer) => {
          peer.send(bytes);
          peer.end();
        });
        assert.equal(await probe(server.address), 'the connection was closed before the answer was whole');
      }
    });

    test('and resets the connection does not pass', async () => {
      await using server = await ScriptedEndpoint.open((peer) => peer.reset());
      assert.match(await probe(server.address), /^the connection was (reset|closed)/);
    });

    test('and speaks byte by byte, or not at all, holds the probe no longer than its time', async () => {
      for (const bytes of ['', half]) {
        await using server = await ScriptedEndpoint.open();
        const time = new AbortController();
        const said = probe(server.address, time.signal);
        const peer = await server.connection();
        for (const byte of bytes) peer.send(byte);
        time.abort(new Error('the time is up'));
        assert.match(await said, /the time is up|aborted/);
        await peer.over();
      }
    });

    test('and sends any bytes does not pass, and fails nothing', async () => {
      const property = fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
        await using server = await ScriptedEndpoint.open((peer) => {
          peer.send(Buffer.from(bytes));
          peer.end();
        });
        assert.notEqual(await probe(server.address), 'pass');
      });
      await fc.assert(property, { seed: 11, numRuns: 40 });
    });
  });
}

test('a MySQL that greets and then leaves the login without an answer does not pass', { timeout: 60_000 }, async () => {
  const greeting = `\x0a8\0\x01\0\0\0aaaaaaaa\0\xff\xff\x21\x02\0\xff\xff\x15${'\0'.repeat(10)}aaaaaaaaaaaa\0mysql_native_password\0`;
  const said = await askScript(mysql, {}, (peer) => {
    peer.send(`${String.fromCharCode(greeting.length)}\0\0\0${greeting}`);
    peer.end();
  });
  assert.equal(said, 'the connection was closed before the answer was whole');
});
