// Messages of PostgreSQL: as its documentation draws them, and bytes of any kind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  passwordMessage,
  queryMessage,
  readError,
  readHead,
  readLoginRequest,
  readOnlyValue,
  saslInitialResponse,
  startupMessage,
  terminateMessage,
  tlsRequest,
} from './postgres-messages.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');
const part = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('what is sent', () => {
  test('has the bytes that the documentation draws', () => {
    assert.equal(hex(tlsRequest()), '0000000804d2162f');
    assert.equal(hex(startupMessage({ user: 'a' })), hex(Buffer.concat([part('00000010 00030000'), Buffer.from('user\0a\0\0')])));
    assert.equal(hex(terminateMessage()), '5800000004');
    assert.equal(hex(passwordMessage('a')), '70000000066100');
    assert.equal(hex(queryMessage('x')), '51000000067800');
    assert.equal(hex(saslInitialResponse('M', 'ab')), '700000000c' + '4d00' + '00000002' + '6162');
  });

  test('counts bytes, not characters', () => {
    assert.deepEqual(readHead(passwordMessage('ä')), { kind: 'p', length: 3 });
  });
});

describe('what comes', () => {
  test('asks for a login in one of several ways', () => {
    assert.deepEqual(readLoginRequest(part('00000000')), { kind: 'ok' });
    assert.deepEqual(readLoginRequest(part('00000005 01020304')), { kind: 'md5', salt: part('01020304') });
    assert.deepEqual(readLoginRequest(Buffer.concat([part('0000000a'), Buffer.from('A\0B\0\0')])), {
      kind: 'sasl',
      mechanisms: ['A', 'B'],
    });
    assert.deepEqual(readLoginRequest(part('00000007')), { kind: 'other', name: 'GSSAPI' });
    assert.deepEqual(readLoginRequest(part('000000ff')), { kind: 'other', name: 'number 255' });
    assert.equal(readLoginRequest(part('00000005 0102')), undefined);
    assert.equal(readLoginRequest(part('0000')), undefined);
  });

  test('is an error with code and text, in whatever order', () => {
    assert.deepEqual(readError(Buffer.from('SFATAL\0VFATAL\0C57P03\0Mstarting up\0Fpostmaster.c\0\0')), {
      code: '57P03',
      text: 'starting up',
    });
    assert.deepEqual(readError(Buffer.from('Mx\0C28000\0\0')), { code: '28000', text: 'x' });
    for (const text of ['', 'Mx\0\0', 'C28000\0\0', 'C2\0Mx\0\0']) assert.equal(readError(Buffer.from(text)), undefined);
  });

  test('is one value, or none', () => {
    assert.equal(readOnlyValue(part('0001 00000001 74')), 't');
    assert.equal(readOnlyValue(part('0001 ffffffff')), undefined);
    assert.equal(readOnlyValue(part('0002 00000001 74 00000001 74')), undefined);
    assert.equal(readOnlyValue(part('0001 7fffffff 74')), undefined);
  });

  test('may be any bytes, and no reader throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const body = Buffer.from(bytes);
        readLoginRequest(body);
        readError(body);
        readOnlyValue(body);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
