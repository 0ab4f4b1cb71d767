// The probe of PostgreSQL against real servers: ways of login, a primary and a replica that streams from it, and what they log.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { postgres } from '../../src/control-plane/probing/probes/postgres.ts';
import { startupMessage } from '../../src/control-plane/probing/wire/postgres-messages.ts';
import { BytePeer } from '../support/byte-peer.ts';
import { ask } from '../support/databases/ask.ts';
import { noPostgres, PostgresServer, password } from '../support/databases/postgres-server.ts';
import { freePort } from '../support/databases/server-process.ts';
import { certificate } from '../support/probing/certificate.ts';

describe('the probe of PostgreSQL', { timeout: 120_000 }, () => {
  test('tells a primary from its replica, logs in as it is asked, and leaves the log in peace', { skip: noPostgres }, async () => {
    await using primary = await PostgresServer.primary();
    await using replica = await primary.replica();
    const database = 'postgres';
    for (const user of ['by_scram', 'by_md5', 'in_clear', 'trusted']) {
      const login = { user, database, password };
      assert.equal(await ask(postgres, primary.address, { login: { ...login, role: 'primary' } }), 'pass', user);
    }
    const login = { user: 'by_scram', database, password };
    assert.equal(await ask(postgres, replica.address, { login: { ...login, role: 'replica' } }), 'pass');
    assert.equal(await ask(postgres, replica.address, { login }), 'pass');
    assert.equal(await ask(postgres, replica.address, { login: { ...login, role: 'primary' } }), 'it is a replica, not a primary');
    assert.equal(await ask(postgres, primary.address, { login: { ...login, role: 'replica' } }), 'it is a primary, not a replica');

    // Without a user: the stranger is asked for a password, and goes.
    assert.equal(await ask(postgres, primary.address, {}), 'pass');
    assert.equal(await ask(postgres, replica.address, {}), 'pass');
    const { password: _, ...without } = login;
    assert.equal(await ask(postgres, primary.address, { login: without }), 'the server asks for a password, and the probe has none');

    assert.equal(
      await ask(postgres, primary.address, { login: { ...login, password: 'wrong' } }),
      'the server said "password authentication failed for user "by_scram"" (SQLSTATE 28P01)',
    );
    assert.equal(
      await ask(postgres, primary.address, { login: { ...login, database: 'nowhere' } }),
      'the server said "database "nowhere" does not exist" (SQLSTATE 3D000)',
    );
    const tls = { verify: true };
    assert.equal(await ask(postgres, primary.address, { login: { ...login, tls } }), 'the server does not offer TLS');
    // The logs tell of the two that were refused, and of nothing else.
    await primary.says(/password authentication failed/);
    await primary.says(/database "nowhere" does not exist/);
    assert.equal(complaints(primary).length, 2, complaints(primary).join('\n'));
    assert.deepEqual(complaints(replica), []);
  });

  test('speaks TLS first where it is told to', { skip: noPostgres }, async () => {
    const port = await freePort();
    await using server = await PostgresServer.primary(port);
    const login = { user: 'by_scram', database: 'postgres', password };
    assert.equal(await ask(postgres, `127.0.0.1:${port}`, { login: { ...login, tls: { verify: false } } }), 'pass');
    assert.equal(
      await ask(postgres, `127.0.0.1:${port}`, { login: { ...login, tls: { verify: true } } }),
      'the certificate is signed by itself',
    );
    assert.equal(
      await ask(postgres, `127.0.0.1:${port}`, { login: { ...login, tls: { verify: true, authorities: certificate } } }),
      'pass',
    );
    assert.match(await ask(postgres, `127.0.0.1:${port}`, { login }), /^the server said "no pg_hba.conf entry .*\(SQLSTATE 28000\)$/);
    assert.equal(await ask(postgres, server.address, { login }), 'pass');
  });

  test('does not pass a server that is stopping', { skip: noPostgres }, async () => {
    await using server = await PostgresServer.primary();
    await using session = await BytePeer.connect({ path: server.address.slice('unix:'.length) });
    session.send(startupMessage({ user: 'trusted', database: 'postgres' }));
    await session.until('Z\0\0\0\x05I');
    await server.stopWhenIdle();
    const stopping = 'the server said "the database system is shutting down" (SQLSTATE 57P03)';
    assert.equal(await ask(postgres, server.address, {}), stopping);
    assert.equal(await ask(postgres, server.address, { login: { user: 'trusted', database: 'postgres' } }), stopping);
  });
});

const complaints = ({ log }: PostgresServer): readonly string[] =>
  log.filter((line) => /FATAL|ERROR|WARNING|unexpected|could not/.test(line));
