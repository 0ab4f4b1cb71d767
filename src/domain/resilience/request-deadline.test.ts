// The time that a client gives, and what an endpoint is told of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { milliseconds } from '../../foundation/basics/units.ts';
import { fieldValue } from '../http/field-text.ts';
import { timeGiven, withTimeLeft } from './request-deadline.ts';

const grpc = { header: 'grpc-timeout', margin: milliseconds(1) };
const own = { header: 'x-timeout', margin: milliseconds(1) };

describe('the time that a client gives', () => {
  test('is read in the form of its field', () => {
    assert.equal(timeGiven('Grpc-Timeout: 100m\r\n', grpc), 100);
    assert.equal(timeGiven('grpc-timeout: 2S\r\nA: b\r\n', grpc), 2000);
    assert.equal(timeGiven('X-Timeout: 250\r\n', own), 250);
    assert.equal(timeGiven('X-Timeout: 2s\r\n', own), 2000);
  });

  test('is any time where nothing can be read', () => {
    for (const fields of ['', 'A: b\r\n', 'X-Timeout: soon\r\n', 'X-Timeout: -1\r\n', 'X-Timeout:\r\n', 'X-Timeout2: 5\r\n']) {
      assert.equal(timeGiven(fields, own), Number.POSITIVE_INFINITY, fields);
    }
  });
});

describe('what an endpoint is told', () => {
  test('is what is left, and nothing else changes', () => {
    assert.equal(withTimeLeft('A: b\r\nX-Timeout: 250\r\nC: d\r\n', own, 240), 'A: b\r\nX-Timeout: 240\r\nC: d\r\n');
    assert.equal(withTimeLeft('grpc-timeout:2S\r\n', grpc, 1999), 'grpc-timeout: 1999m\r\n');
    assert.equal(withTimeLeft('A: b\r\n', own, 1), 'A: b\r\n');
  });

  test('is read back as it was written', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/);
    const value = fc.stringMatching(/^[ -9;-~]{0,20}$/);
    const lines = fc.array(fc.tuple(name, value), { maxLength: 6 }).map((all) => all.map(([n, v]) => `${n}: ${v}\r\n`).join(''));
    fc.assert(
      fc.property(lines, lines, fc.integer({ min: 1, max: 1_000_000 }), (before, after, time) => {
        fc.pre(fieldValue(before, 'x-timeout') === undefined);
        const changed = withTimeLeft(`${before}X-Timeout: 1h\r\n${after}`, own, time);
        assert.equal(changed, `${before}X-Timeout: ${time}\r\n${after}`);
        assert.equal(timeGiven(changed, own), time);
      }),
      { seed: 0x5eed, numRuns: 300 },
    );
  });
});
