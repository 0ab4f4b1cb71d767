// Bytes of the health check as protocol buffers have them, and bytes that are none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProbeFailure } from '../probe.ts';
import { codeName, healthRequest, servingStatus } from './grpc-messages.ts';

const framed = (...message: readonly number[]): Buffer => Buffer.from([0, 0, 0, 0, message.length, ...message]);

test('a request without a service is an empty message', () => {
  assert.deepEqual([...healthRequest('')], [0, 0, 0, 0, 0]);
});

test('a request has the name of the service in field 1', () => {
  assert.equal(healthRequest('shop').toString('hex'), '00000000060a0473686f70');
  assert.equal(healthRequest('é').toString('hex'), '00000000040a02c3a9');
  const long = healthRequest('x'.repeat(300));
  assert.equal(long.subarray(0, 8).toString('hex'), '000000012f0aac02');
  assert.equal(long.length, 5 + 3 + 300);
});

test('the status is field 1 of the answer, 0 when absent, and of several the last', () => {
  assert.equal(servingStatus(framed(0x08, 1)), 1);
  assert.equal(servingStatus(framed(0x08, 2)), 2);
  assert.equal(servingStatus(framed()), 0);
  assert.equal(servingStatus(framed(0x08, 2, 0x08, 1)), 1);
  assert.equal(servingStatus(framed(0x08, 0x81, 0)), 1, 'a varint may be longer than it has to be');
});

test('fields that mean nothing here are passed over, of any kind', () => {
  const others = [0x10, 0xff, 1, 0x19, ...new Array(8).fill(9), 0x22, 2, 0x08, 2, 0x2d, 1, 2, 3, 4];
  assert.equal(servingStatus(framed(...others, 0x08, 1)), 1);
  assert.equal(servingStatus(framed(0x08, 1, ...others)), 1);
});

test('what is no message is refused', () => {
  const malformed = 'the message of the answer is malformed';
  const cases: readonly (readonly [Buffer, string])[] = [
    [Buffer.from([0, 0, 0]), 'the answer has no message'],
    [Buffer.from([1, 0, 0, 0, 0]), 'the message of the answer is compressed, and nobody said that it may be'],
    [Buffer.from([0, 0, 0, 0, 3, 8, 1]), 'the answer is not one whole message'],
    [Buffer.concat([framed(8, 1), framed(8, 1)]), 'the answer is not one whole message'],
    [Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 8, 1]), 'the answer is not one whole message'],
    [framed(0x08), malformed],
    [framed(0x08, ...new Array(11).fill(0x80)), malformed],
    [framed(0x12, 200, 1), malformed],
    [framed(0x19, 1), malformed],
    [framed(0x0b), malformed],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(
      () => servingStatus(bytes),
      (error) => error instanceof ProbeFailure && error.message === message,
      bytes.toString('hex'),
    );
  }
});

test('whatever the bytes, there is a status or a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (message) => {
      try {
        assert.ok(servingStatus(framed(...message)) >= 0);
      } catch (error) {
        assert.ok(error instanceof ProbeFailure);
      }
    }),
    { seed: 0x5eed, numRuns: 2000 },
  );
});

test('a code has a name', () => {
  assert.deepEqual(
    [codeName(0), codeName(12), codeName(16), codeName(99)],
    ['OK', 'UNIMPLEMENTED', 'UNAUTHENTICATED', 'a code without a name, 99'],
  );
});
