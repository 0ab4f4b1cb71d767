// What a PostgreSQL server may say to the probe, said by a script. Real servers: test/integration/probed-postgres.test.ts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BytePeer } from '../../../../test/support/byte-peer.ts';
import { askScript } from '../../../../test/support/databases/ask.ts';
import type { PostgresProbeSettings } from './postgres.ts';
import { postgres } from './postgres.ts';

const message = (kind: string, body: string): string => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(4 + body.length);
  return kind + head.latin1Slice() + body;
};
const loginRequest = (code: number, rest = ''): string => message('R', `\0\0\0${String.fromCharCode(code)}${rest}`);
const refusal = (code: string): string => message('E', `SFATAL\0C${code}\0Mno\0\0`);
const aside = message('N', 'SNOTICE\0C00000\0Mhello\0\0') + message('S', 'server_version\x0018\0') + message('K', '12345678');
const ready = message('Z', 'I');
const letIn = loginRequest(0) + aside + ready;
const value = (text: string): string => message('D', `\0\x01\0\0\0${String.fromCharCode(text.length)}${text}`);
const answer = (text: string): string => message('T', '\0\0') + value(text) + message('C', 'SELECT 1\0') + ready;

async function startup(peer: BytePeer): Promise<string> {
  const length = Buffer.from(await peer.bytes(4), 'latin1').readInt32BE();
  return peer.bytes(length - 4);
}

/** Says the first thing after the startup message, and each other after one more message. */
const said = (settings: PostgresProbeSettings, ...answers: readonly string[]): Promise<string> =>
  askScript(postgres, settings, async (peer) => {
    await startup(peer);
    for (const [index, text] of answers.entries()) {
      if (index > 0) await peer.bytes(Buffer.from((await peer.bytes(5)).slice(1), 'latin1').readInt32BE() - 4);
      peer.send(text);
    }
  });

const login = { user: 'me', database: 'shop', password: 'secret' };

describe('a PostgreSQL that is asked without a user', { timeout: 30_000 }, () => {
  test('passes when it asks for a login in any way, and is left without a word', async () => {
    for (const code of [3, 5, 7, 10, 77]) {
      const seen = await askScript(postgres, {}, async (peer) => {
        assert.ok((await startup(peer)).startsWith('\0\x03\0\0user\0evenkeel\0'));
        peer.send(loginRequest(code, '1234'));
        assert.deepEqual(await peer.over(), { ending: 'end', rest: '' });
      });
      assert.equal(seen, 'pass');
    }
  });

  test('passes when it lets everybody in, and hears a farewell', async () => {
    const seen = await askScript(postgres, {}, async (peer) => {
      await startup(peer);
      peer.send(letIn);
      assert.deepEqual(await peer.over(), { ending: 'end', rest: 'X\0\0\0\x04' });
    });
    assert.equal(seen, 'pass');
  });

  test('passes when it refuses the stranger, at once or after having let him in', async () => {
    for (const code of ['28000', '28P01', '3D000', '08P01', '42501']) {
      assert.equal(await said({}, refusal(code)), 'pass');
      assert.equal(await said({}, loginRequest(0) + aside + refusal(code)), 'pass');
    }
  });

  test('does not pass when it says that it is starting, stopping, full or broken', async () => {
    for (const code of ['57P03', '57P01', '53300', '53200', '58030', 'XX000']) {
      assert.equal(await said({}, refusal(code)), `the server said "no" (SQLSTATE ${code})`);
    }
  });
});

describe('a PostgreSQL that is asked with a user', { timeout: 30_000 }, () => {
  test('passes by its role', async () => {
    assert.equal(await said({ login }, letIn, answer('f')), 'pass');
    assert.equal(await said({ login: { ...login, role: 'primary' } }, letIn, answer('f')), 'pass');
    assert.equal(await said({ login: { ...login, role: 'replica' } }, letIn, answer('t')), 'pass');
    assert.equal(await said({ login: { ...login, role: 'primary' } }, letIn, answer('t')), 'it is a replica, not a primary');
    assert.equal(await said({ login: { ...login, role: 'replica' } }, letIn, answer('f')), 'it is a primary, not a replica');
    assert.equal(await said({ login }, letIn, answer('x')), 'the server did not tell its role but "x"');
  });

  test('gets the user, the database, the question and a farewell', async () => {
    const seen = await askScript(postgres, { login }, async (peer) => {
      assert.equal(await startup(peer), '\0\x03\0\0user\0me\0database\0shop\0application_name\0evenkeel\0\0');
      peer.send(loginRequest(3));
      await peer.until('p\0\0\0\x0bsecret\0');
      peer.send(letIn);
      await peer.until(/^Q\0\0\0.SELECT pg_catalog\.pg_is_in_recovery\(\)\0/);
      peer.send(answer('f'));
      assert.deepEqual(await peer.over(), { ending: 'end', rest: 'X\0\0\0\x04' });
    });
    assert.equal(seen, 'pass');
  });

  test('does not pass when it refuses, whatever the reason', async () => {
    for (const code of ['28000', '28P01', '3D000', '57P03']) {
      assert.equal(await said({ login }, refusal(code)), `the server said "no" (SQLSTATE ${code})`);
      assert.equal(await said({ login }, loginRequest(3), refusal(code)), `the server said "no" (SQLSTATE ${code})`);
      assert.equal(await said({ login }, letIn, refusal(code)), `the server said "no" (SQLSTATE ${code})`);
    }
    assert.equal(await said({ login }, message('E', 'SFATAL\0\0')), 'the server sent an error without a code');
  });

  test('is not sent a password that is not there, nor by a way that is not known', async () => {
    const { password: _, ...without } = login;
    assert.equal(await said({ login: without }, loginRequest(5, '1234')), 'the server asks for a password, and the probe has none');
    assert.equal(await said({ login }, loginRequest(7)), 'the server asks for a login that the probe does not know: GSSAPI');
    assert.equal(await said({ login }, loginRequest(10, 'OTHER\0\0')), 'the server asks for a login by "OTHER", not SCRAM-SHA-256');
    assert.equal(await said({ login }, loginRequest(5, '12')), 'the server asked for a login with a message that is cut short');
  });

  test('has to prove that it knows the password too', async () => {
    const offer = loginRequest(10, 'SCRAM-SHA-256\0\0');
    for (const last of [letIn, loginRequest(12, 'v=AAAA'), loginRequest(11, 'r=x')]) {
      const seen = await askScript(postgres, { login }, async (peer) => {
        await startup(peer);
        peer.send(offer);
        const [, nonce] = /r=([^,]+)$/.exec(await peer.until(/n,,n=,r=[\w+/=]{24}$/)) ?? [];
        peer.send(loginRequest(11, `r=${nonce}xyz,s=c2FsdA==,i=4096`));
        await peer.until(/p=[\w+/=]{44}$/);
        peer.send(last);
        await peer.over();
      });
      assert.equal(seen, 'the server did not prove that it knows the password');
    }
    assert.equal(await said({ login }, offer, loginRequest(11, 'r=x,s=x,i=1')), 'the server broke off SCRAM-SHA-256: sasl continue');
    assert.equal(await said({ login }, offer, letIn), 'the server broke off SCRAM-SHA-256: ok');
    assert.equal(
      await said({ login }, offer, loginRequest(11, 'r=x,s=x,i=600000')),
      'the server asks for 600000 rounds of SCRAM-SHA-256, and a probe makes no more than 100000',
    );
  });

  test('may not ask for logins again and again', async () => {
    assert.equal(await said({ login }, loginRequest(3), loginRequest(3)), 'the server asks for one more login: clear password');
    assert.equal(await said({ login }, loginRequest(0) + loginRequest(0)), 'the server sent a message of kind R where none may come');
  });

  test('has to give one value and nothing else', async () => {
    const none = message('T', '\0\0') + message('C', 'SELECT 0\0') + ready;
    assert.equal(await said({ login }, letIn, none), 'the server sent a message of kind C where none may come');
    const empty = message('T', '\0\0') + message('D', '\0\x01\xff\xff\xff\xff') + message('C', 'SELECT 1\0') + ready;
    assert.match(await said({ login }, letIn, empty), /^the server gave no value for "SELECT/);
  });

  test('has to offer TLS when it is asked for', async () => {
    const secure = { login: { ...login, tls: { verify: true } } };
    const offered = (text: string) =>
      askScript(postgres, secure, async (peer) => {
        await peer.until('\0\0\0\x08\x04\xd2\x16\x2f');
        peer.send(text);
        assert.equal((await peer.over()).rest.includes('secret'), false);
      });
    assert.equal(await offered('N'), 'the server does not offer TLS');
    assert.equal(await offered('E'), 'the server answered "E" to a request for TLS');
    // What came before the handshake would later be taken for something that was encrypted (CVE-2021-23222).
    assert.equal(await offered(`S${letIn}`), 'bytes came before the TLS handshake');
  });
});
