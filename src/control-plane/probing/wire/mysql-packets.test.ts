// Packets of MySQL: a greeting byte by byte, and bytes of any kind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loginPacket, readGreeting, readReply } from './mysql-packets.ts';

const part = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** As MySQL 8.0 sends it, with challenge bytes that count from 1 to 20. */
const greeting = Buffer.concat([
  part('0a'),
  Buffer.from('8.0.36\0'),
  part('08000000 0102030405060708 00 ffff 21 0200 ffc7 15'),
  Buffer.alloc(10),
  part('090a0b0c0d0e0f1011121314 00'),
  Buffer.from('caching_sha2_password\0'),
]);

describe('a greeting', () => {
  test('tells version, challenge, way of login and TLS', () => {
    assert.deepEqual(readGreeting(greeting), {
      version: '8.0.36',
      challenge: part('0102030405060708090a0b0c0d0e0f1011121314'),
      plugin: 'caching_sha2_password',
      offersTls: true,
    });
  });

  test('is none when it is of another version, or is cut short', () => {
    assert.equal(readGreeting(Buffer.concat([part('09'), greeting.subarray(1)])), undefined);
    for (let length = 0; length < 8 + 31 + 13; length++) assert.equal(readGreeting(greeting.subarray(0, length)), undefined);
  });
});

describe('a reply', () => {
  test('is an error with or without an SQLSTATE', () => {
    assert.deepEqual(readReply(Buffer.concat([part('ff 1504'), Buffer.from('#28000Access denied')])), {
      kind: 'error',
      code: 1045,
      text: 'Access denied',
    });
    assert.deepEqual(readReply(Buffer.concat([part('ff 6904'), Buffer.from('Host is blocked')])), {
      kind: 'error',
      code: 1129,
      text: 'Host is blocked',
    });
    assert.equal(readReply(part('ff15')), undefined);
  });

  test('asks for another way of login, of today or of before 4.1', () => {
    const reply = readReply(Buffer.concat([part('fe'), Buffer.from('mysql_native_password\0'), greeting.subarray(-35, -15), part('00')]));
    assert.deepEqual(reply, { kind: 'switch', plugin: 'mysql_native_password', challenge: greeting.subarray(-35, -15) });
    assert.deepEqual(readReply(part('fe')), { kind: 'switch', plugin: 'mysql_old_password', challenge: Buffer.alloc(0) });
  });

  test('and a greeting of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        readReply(Buffer.from(bytes));
        readGreeting(Buffer.from([10, ...bytes]));
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

test('a login has its length, its number, what the client can do, and the user with proof and plugin', () => {
  const bytes = loginPacket(1, { user: 'me', proof: part('aabb'), plugin: 'mysql_native_password' });
  assert.deepEqual(bytes.subarray(0, 13), part('3c0000 01 01820800 ffffff00 2d'));
  assert.equal(bytes.length, 4 + 0x3c);
  assert.deepEqual(bytes.subarray(36), Buffer.concat([Buffer.from('me\0'), part('02aabb'), Buffer.from('mysql_native_password\0')]));
});
