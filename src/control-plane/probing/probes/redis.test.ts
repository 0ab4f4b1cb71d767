// What a Redis server may say to the probe, said by a script. Real servers: test/integration/probed-redis.test.ts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askScript } from '../../../../test/support/databases/ask.ts';
import type { RedisProbeSettings } from './redis.ts';
import { redis } from './redis.ts';

/** Says one thing after each command. */
const said = (settings: RedisProbeSettings, ...answers: readonly string[]): Promise<string> =>
  askScript(redis, settings, async (peer) => {
    for (const answer of answers) {
      const [count] = /\d/.exec(await peer.until('\r\n')) ?? [];
      for (let word = 0; word < Number(count); word++) await peer.bytes(Number((await peer.until('\r\n')).slice(1)) + 2);
      peer.send(answer);
    }
  });

describe('a Redis', { timeout: 30_000 }, () => {
  test('that answers PING by PONG passes', async () => {
    assert.equal(await said({}, '+PONG\r\n'), 'pass');
    assert.equal(await said({}, '$4\r\nPONG\r\n'), 'pass');
  });

  for (const answer of [
    '-LOADING Redis is loading the dataset in memory',
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    '-NOAUTH Authentication required.',
    '-DENIED Redis is running in protected mode',
    '-ERR max number of clients reached',
    '+PING',
    ':1',
    '$-1',
  ]) {
    test(`that answers PING by ${answer} does not`, async () => {
      assert.match(await said({}, `${answer}\r\n`), new RegExp(`^the answer to PING was "${RegExp.escape(answer).slice(0, 60)}`));
    });
  }

  test('has to take the password first', async () => {
    assert.equal(await said({ password: 'a b\r\nc' }, '+OK\r\n', '+PONG\r\n'), 'pass');
    assert.match(
      await said({ password: 'x' }, '-WRONGPASS invalid password\r\n'),
      /^the answer to AUTH was "-WRONGPASS invalid password"$/,
    );
  });

  test('tells its role by its older name', async () => {
    const primary = '*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n';
    const replica = '*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:6379\r\n$9\r\nconnected\r\n:0\r\n';
    const sentinel = '*2\r\n$8\r\nsentinel\r\n*0\r\n';
    assert.equal(await said({ role: 'primary' }, '+PONG\r\n', primary), 'pass');
    assert.equal(await said({ role: 'replica' }, '+PONG\r\n', replica), 'pass');
    assert.equal(await said({ role: 'primary' }, '+PONG\r\n', replica), 'it is a replica, not a primary');
    assert.equal(await said({ role: 'replica' }, '+PONG\r\n', primary), 'it is a primary, not a replica');
    assert.equal(await said({ role: 'primary' }, '+PONG\r\n', sentinel), 'it is a "sentinel", not a primary');
  });

  test('that does not tell its role does not pass', async () => {
    const denied = "-NOPERM User default has no permissions to run the 'role' command";
    assert.match(await said({ role: 'primary' }, '+PONG\r\n', `${denied}\r\n`), /^the answer to ROLE was "-NOPERM User/);
    for (const answer of ['*0\r\n', '*-1\r\n', '*1\r\n:1\r\n']) {
      assert.match(await said({ role: 'primary' }, '+PONG\r\n', answer), /^the answer to ROLE was "[*:]/);
    }
  });
});
