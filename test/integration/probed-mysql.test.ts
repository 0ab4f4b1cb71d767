// The probe of MySQL against a real MariaDB: logins, a server that is full, and that no handshake is broken off, which would get the host blocked.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mysql } from '../../src/control-plane/probing/probes/mysql.ts';
import { BytePeer } from '../support/byte-peer.ts';
import { ask } from '../support/databases/ask.ts';
import { MariadbServer, noMariadb, password } from '../support/databases/mariadb-server.ts';
import { certificate } from '../support/probing/certificate.ts';

describe('the probe of MySQL', { timeout: 120_000 }, () => {
  test('passes with and without a user, and never breaks a handshake off', { skip: noMariadb }, async () => {
    await using server = await MariadbServer.start();
    for (let time = 0; time < 5; time++) assert.equal(await ask(mysql, server.address, {}), 'pass');
    assert.equal(await ask(mysql, server.address, { login: { user: 'probe', password } }), 'pass');
    assert.equal(await ask(mysql, server.address, { login: { user: 'open' } }), 'pass');
    assert.match(
      await ask(mysql, server.address, { login: { user: 'probe', password: 'wrong' } }),
      /^the server said "Access denied .*\(error 1045\)$/,
    );
    const secure = { login: { user: 'probe', password, tls: { verify: true } } };
    assert.equal(await ask(mysql, server.address, secure), 'the server does not offer TLS');

    // Whoever reads the greeting and goes is what the server counts: the log tells of this one, and of no other.
    const rude = await BytePeer.connect({ path: server.address.slice('unix:'.length) });
    await rude.bytes(5);
    await rude.until('\0');
    const number = Buffer.from(await rude.bytes(4), 'latin1').readUInt32LE();
    rude.close();
    await server.says(new RegExp(`Aborted connection ${number} `));
    assert.equal(server.log.filter((line) => /Aborted connection/.test(line)).length, 1);
  });

  test('speaks TLS behind the greeting where it is told to', { skip: noMariadb }, async () => {
    await using server = await MariadbServer.start({ speaksTls: true });
    const login = { user: 'probe', password };
    assert.equal(await ask(mysql, server.address, { login: { ...login, tls: { verify: false } } }), 'pass');
    const unknown = await ask(mysql, server.address, { login: { ...login, tls: { verify: true } } });
    assert.equal(unknown, 'the certificate is signed by itself');
    const tls = { verify: true, serverName: 'shop.test', authorities: certificate };
    assert.equal(await ask(mysql, server.address, { login: { ...login, tls } }), 'pass');
  });

  test('does not pass a server that is full', { skip: noMariadb }, async () => {
    await using server = await MariadbServer.start({ most: 10 });
    const guests: BytePeer[] = [];
    // The eleventh place is kept for administrators, who are known only after their login.
    for (let guest = 0; guest < 11; guest++) {
      const peer = await BytePeer.connect({ path: server.address.slice('unix:'.length) });
      guests.push(peer);
      await peer.bytes(10);
    }
    assert.equal(await ask(mysql, server.address, {}), 'the server said "Too many connections" (error 1040)');
    for (const peer of guests) peer.close();
  });
});
