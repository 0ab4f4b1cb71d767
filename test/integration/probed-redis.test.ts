// The probe of Redis against real servers: a password, a primary and its replica, and a replica that has lost its primary.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { redis } from '../../src/control-plane/probing/probes/redis.ts';
import { ask } from '../support/databases/ask.ts';
import { noRedis, RedisServer } from '../support/databases/redis-server.ts';
import { freePort } from '../support/databases/server-process.ts';
import { certificate } from '../support/probing/certificate.ts';

describe('the probe of Redis', { timeout: 120_000 }, () => {
  test('gives the password where one is wanted', { skip: noRedis }, async () => {
    await using server = await RedisServer.start('requirepass hush');
    assert.equal(await ask(redis, server.address, { password: 'hush' }), 'pass');
    assert.match(await ask(redis, server.address, { password: 'hiss' }), /^the answer to AUTH was "-WRONGPASS /);
    assert.equal(await ask(redis, server.address, {}), 'the answer to PING was "-NOAUTH Authentication required."');
  });

  test('tells a primary from its replica', { skip: noRedis }, async () => {
    const port = await freePort();
    await using primary = await RedisServer.start(`port ${port}`, 'repl-diskless-sync-delay 0');
    await using replica = await RedisServer.start(`replicaof 127.0.0.1 ${port}`);
    await replica.says(/sync: Finished with success/);
    assert.equal(await ask(redis, primary.address, {}), 'pass');
    assert.equal(await ask(redis, primary.address, { role: 'primary' }), 'pass');
    assert.equal(await ask(redis, replica.address, { role: 'replica' }), 'pass');
    assert.equal(await ask(redis, primary.address, { role: 'replica' }), 'it is a primary, not a replica');
    assert.equal(await ask(redis, replica.address, { role: 'primary' }), 'it is a replica, not a primary');
  });

  test('does not pass a replica without its primary that serves no stale data', { skip: noRedis }, async () => {
    await using replica = await RedisServer.start(`replicaof 127.0.0.1 ${await freePort()}`, 'replica-serve-stale-data no');
    assert.match(await ask(redis, replica.address, { role: 'replica' }), /^the answer to PING was "-MASTERDOWN Link with MASTER is down/);
  });

  test('speaks TLS where it is told to', { skip: noRedis }, async () => {
    const port = await freePort();
    await using _ = await RedisServer.withTls(port);
    assert.equal(await ask(redis, `127.0.0.1:${port}`, { tls: { verify: false } }), 'pass');
    assert.equal(await ask(redis, `127.0.0.1:${port}`, { tls: { verify: true } }), 'the certificate is signed by itself');
    assert.equal(await ask(redis, `127.0.0.1:${port}`, { tls: { verify: true, authorities: certificate } }), 'pass');
  });
});
