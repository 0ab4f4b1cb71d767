// What a MySQL server may say to the probe, said by a script. A real server: test/integration/probed-mysql.test.ts.
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import type { BytePeer } from '../../../../test/support/byte-peer.ts';
import { ask, askScript } from '../../../../test/support/databases/ask.ts';
import { certificate, key } from '../../../../test/support/probing/certificate.ts';
import { passwordProof } from '../wire/mysql-passwords.ts';
import type { MysqlProbeSettings } from './mysql.ts';
import { mysql } from './mysql.ts';

const packet = (number: number, body: string): string =>
  `${String.fromCharCode(body.length & 255, body.length >> 8)}\0${String.fromCharCode(number)}${body}`;
const challenge = '\x01\x02\x03\x04\x05\x06\x07\x08\x09abcdefghijk';
const greeting = (plugin: string, capabilities = '\xff\xff'): string =>
  packet(
    0,
    `\x0a8.4.0\0\x08\0\0\0${challenge.slice(0, 8)}\0${capabilities}\x21\x02\0\xff\xdf\x15${'\0'.repeat(10)}${challenge.slice(8)}\0${plugin}\0`,
  );
const failure = (code: number, text: string): string => `\xff${String.fromCharCode(code & 255, code >> 8)}${text}`;
const ok = '\0\0\0\x02\0\0\0';
const quit = '\x01\0\0\0\x01';

async function take(peer: BytePeer): Promise<string> {
  const head = await peer.bytes(4);
  return peer.bytes(Buffer.from(head, 'latin1').readUIntLE(0, 3));
}

/** Greets, then says each thing after one packet. Numbers count as the server's do, until the first command. */
const said = (settings: MysqlProbeSettings, ...answers: readonly string[]): Promise<string> =>
  askScript(mysql, settings, async (peer) => {
    peer.send(greeting('mysql_native_password'));
    for (const [index, body] of answers.entries()) {
      await take(peer);
      peer.send(packet(2 + 2 * index, body));
    }
  });

const login = { user: 'me', password: 'secret' };
const proof = (plugin: string): string => passwordProof(plugin, 'secret', Buffer.from(challenge, 'latin1'))?.latin1Slice() ?? '';

describe('a MySQL that is asked without a user', { timeout: 30_000 }, () => {
  test('passes when it has judged a login, by which no handshake is broken off', async () => {
    for (const code of [1045, 1698, 1251, 3118, 3159, 4151]) assert.equal(await said({}, failure(code, '#28000no')), 'pass');
  });

  test('passes when it lets the stranger in, and hears a farewell', async () => {
    const seen = await askScript(mysql, {}, async (peer) => {
      peer.send(greeting('mysql_native_password'));
      assert.match(await take(peer), /evenkeel\0\0mysql_native_password\0$/);
      peer.send(packet(2, ok));
      assert.deepEqual(await peer.over(), { ending: 'end', rest: quit });
    });
    assert.equal(seen, 'pass');
  });

  test('passes when it wants the stranger to log in by another way, of whatever name', async () => {
    for (const plugin of ['caching_sha2_password', 'client_ed25519', 'auth_gssapi_client']) {
      const seen = await askScript(mysql, {}, async (peer) => {
        peer.send(greeting('mysql_native_password'));
        await take(peer);
        peer.send(packet(2, `\xfe${plugin}\0${challenge}\0`));
        assert.equal(await take(peer), '');
        peer.send(packet(4, failure(1045, '#28000Access denied')));
        await peer.over();
      });
      assert.equal(seen, 'pass');
    }
  });

  test('does not pass when it takes nobody, or not this host', async () => {
    for (const [code, text] of [
      [1040, 'Too many connections'],
      [1129, 'Host is blocked because of many connection errors'],
      [1130, 'Host is not allowed to connect to this server'],
    ] as const) {
      const seen = await askScript(mysql, {}, (peer) => void peer.send(packet(0, failure(code, text))));
      assert.equal(seen, `the server said "${text}" (error ${code})`);
    }
  });

  test('does not pass when it refuses for reasons of its own', async () => {
    for (const code of [1040, 1041, 1053, 1135, 1203])
      assert.equal(await said({}, failure(code, '#08004no')), `the server said "no" (error ${code})`);
  });
});

describe('a MySQL that is asked with a user', { timeout: 30_000 }, () => {
  for (const plugin of ['mysql_native_password', 'caching_sha2_password']) {
    test(`passes when it lets him in by ${plugin} and answers a ping`, async () => {
      const seen = await askScript(mysql, { login }, async (peer) => {
        peer.send(greeting(plugin));
        const sent = await take(peer);
        assert.ok(sent.includes(`me\0${String.fromCharCode(proof(plugin).length)}${proof(plugin)}${plugin}\0`));
        if (plugin === 'mysql_native_password') peer.send(packet(2, ok));
        else peer.send(packet(2, '\x01\x03') + packet(3, ok));
        assert.equal(await take(peer), '\x0e');
        peer.send(packet(1, ok));
        assert.deepEqual(await peer.over(), { ending: 'end', rest: quit });
      });
      assert.equal(seen, 'pass');
    });
  }

  test('may want another way of login, with a challenge of its own', async () => {
    const seen = await askScript(mysql, { login }, async (peer) => {
      peer.send(greeting('caching_sha2_password'));
      await take(peer);
      peer.send(packet(2, `\xfemysql_native_password\0${challenge.toUpperCase()}\0`));
      const expected = passwordProof('mysql_native_password', 'secret', Buffer.from(challenge.toUpperCase(), 'latin1'));
      assert.equal(await take(peer), expected?.latin1Slice());
      peer.send(packet(4, ok));
      await take(peer);
      peer.send(packet(1, ok));
      await peer.over();
    });
    assert.equal(seen, 'pass');
  });

  test('gets the whole password only for its key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const seen = await askScript(mysql, { login }, async (peer) => {
      peer.send(greeting('caching_sha2_password'));
      await take(peer);
      peer.send(packet(2, '\x01\x04'));
      assert.equal(await take(peer), '\x02');
      peer.send(packet(4, `\x01${publicKey.export({ type: 'spki', format: 'pem' })}`));
      const sealed = Buffer.from(await take(peer), 'latin1');
      const opened = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, sealed);
      assert.equal(String.fromCharCode(...opened.map((byte, index) => byte ^ challenge.charCodeAt(index))), 'secret\0');
      peer.send(packet(6, ok));
      await take(peer);
      peer.send(packet(1, ok));
      await peer.over();
    });
    assert.equal(seen, 'pass');
    const noKey = 'the server gave no key to send the password with';
    assert.equal(await said({ login }, '\x01\x04', '\x01nothing'), noKey);
  });

  test('gets the whole password as it is where TLS hides it', async () => {
    let heard = '';
    const farewell = Promise.withResolvers<void>();
    await using server = createServer((raw) => {
      raw.on('error', () => {});
      raw.write(Buffer.from(greeting('caching_sha2_password'), 'latin1'));
      raw.once('readable', () => {
        // The request for TLS is the beginning of a login, without the user.
        const request: Buffer | null = raw.read(4 + 32);
        assert.equal(request?.readUIntLE(0, 3), 32);
        const answers = [packet(3, '\x01\x04'), packet(5, ok), packet(1, ok)];
        const secured = new TLSSocket(raw, { isServer: true, key, cert: certificate });
        secured.on('error', () => {});
        secured.on('data', (bytes: Buffer) => {
          heard += bytes.latin1Slice();
          secured.write(Buffer.from(answers.shift() ?? '', 'latin1'));
          if (heard.endsWith(quit)) farewell.resolve();
        });
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.equal(await ask(mysql, `127.0.0.1:${port}`, { login: { ...login, tls: { verify: false } } }), 'pass');
    await farewell.promise;
    assert.ok(heard.includes(`me\0\x20${proof('caching_sha2_password')}caching_sha2_password\0`));
    assert.ok(heard.endsWith(`${packet(4, 'secret\0')}${packet(0, '\x0e')}${quit}`));
  });

  test('does not pass when it refuses him, or does not answer the ping', async () => {
    assert.equal(await said({ login }, failure(1045, '#28000Access denied')), 'the server said "Access denied" (error 1045)');
    const seen = await askScript(mysql, { login }, async (peer) => {
      peer.send(greeting('mysql_native_password'));
      await take(peer);
      peer.send(packet(2, ok));
      await take(peer);
      peer.send(packet(1, failure(1053, '#08S01Server shutdown in progress')));
    });
    assert.equal(seen, 'the server said "Server shutdown in progress" (error 1053)');
  });

  test('is told nothing by a way of login that is not known', async () => {
    const seen = await said({ login }, `\xfemysql_clear_password\0`, failure(1045, '#28000Access denied'));
    assert.equal(seen, 'the server said "Access denied" (error 1045)');
    assert.equal(
      await said({ login }, `\xfemysql_clear_password\0`, ok),
      'the server asks for a login that the probe does not know: "mysql_clear_password"',
    );
  });

  test('may not number its packets as it likes, nor speak where it has nothing to say', async () => {
    const numbered = (text: string) =>
      askScript(mysql, { login }, async (peer) => {
        peer.send(greeting('mysql_native_password'));
        await take(peer);
        peer.send(text);
        await peer.over();
      });
    assert.equal(await numbered(packet(1, ok)), 'the answer was not of the MySQL protocol');
    assert.equal(await numbered(packet(2, '')), 'the answer was not of the MySQL protocol');
    assert.equal(await numbered(packet(2, '\x05')), 'the answer was not of the MySQL protocol');
    assert.equal(await numbered(packet(2, '\x01\x07')), 'the server sent a packet of kind "more" where none may come');
    assert.equal(
      await said({ login }, '\xfemysql_native_password\0', '\xfea\0'),
      'the server sent a packet of kind "switch" where none may come',
    );
  });

  test('has to offer TLS when it is asked for; if not, the login is ended without the password', async () => {
    const seen = await askScript(mysql, { login: { ...login, tls: { verify: true } } }, async (peer) => {
      peer.send(greeting('mysql_native_password', '\xff\xf7'));
      assert.ok(!(await take(peer)).includes(proof('mysql_native_password')));
      peer.send(packet(2, failure(1045, '#28000Access denied')));
      assert.equal((await peer.over()).ending, 'end');
    });
    assert.equal(seen, 'the server does not offer TLS');
  });
});
