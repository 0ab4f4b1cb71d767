// The time that a client gives, and what an endpoint is told of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { milliseconds } from '../../foundation/basics/units.ts';
import { fieldValue } from '../http/field-text.ts';
import { timeGiven, withTimeLeft } from './request-deadline.ts';
import type { DeadlineRules } from './rules.ts';

const margin = milliseconds(1);
const grpc: DeadlineRules = { headers: ['grpc-timeout'], margin };
const own: DeadlineRules = { headers: ['x-timeout', 'grpc-timeout'], margin };

describe('the time that a client gives', () => {
  test('is read in the form of its field', () => {
    assert.equal(timeGiven('Grpc-Timeout: 100m\r\n', grpc), 100);
    assert.equal(timeGiven('grpc-timeout: 2S\r\nA: b\r\n', grpc), 2000);
    assert.equal(timeGiven('X-Timeout: 250\r\n', own), 250);
    assert.equal(timeGiven('X-Timeout: 2s\r\n', own), 2000);
    assert.equal(timeGiven('grpc-timeout: 2S\r\n', own), 2000);
    assert.equal(timeGiven('X-Timeout: 250\r\n', grpc), Number.POSITIVE_INFINITY);
  });

  test('is any time where nothing can be read', () => {
    for (const fields of ['', 'A: b\r\n', 'X-Timeout: soon\r\n', 'X-Timeout: -1\r\n', 'X-Timeout:\r\n', 'X-Timeout2: 5\r\n']) {
      assert.equal(timeGiven(fields, own), Number.POSITIVE_INFINITY, fields);
    }
  });

  test('is the least where it says several', () => {
    assert.equal(timeGiven('X-Timeout: 250\r\nA: b\r\nx-timeout: 100\r\nX-Timeout: soon\r\n', own), 100);
    assert.equal(timeGiven('X-Timeout: soon\r\nX-Timeout: 100\r\n', own), 100);
    assert.equal(timeGiven('X-Timeout: 250\r\ngrpc-timeout: 20m\r\n', own), 20);
  });
});

describe('what an endpoint is told', () => {
  test('is what is left, and nothing else changes', () => {
    assert.equal(withTimeLeft('A: b\r\nX-Timeout: 250\r\nC: d\r\n', own, 240), 'A: b\r\nX-Timeout: 240\r\nC: d\r\n');
    assert.equal(withTimeLeft('grpc-timeout:2S\r\n', grpc, 1999), 'grpc-timeout: 1999m\r\n');
  });

  test('has the unit that the client wrote', () => {
    for (const [written, told] of [
      ['2s', '1999ms'],
      ['2000ms', '1999ms'],
      ['2000', '1999'],
    ])
      assert.equal(withTimeLeft(`X-Timeout: ${written}\r\n`, own, 1999), `X-Timeout: ${told}\r\n`);
  });

  test('stands in each of the fields, once: two readers do not read two times', () => {
    assert.equal(
      withTimeLeft('grpc-timeout: 2S\r\nX-Timeout: 250\r\nA: b\r\nx-timeout: soon\r\nX-TIMEOUT: 9s\r\n', own, 240),
      'grpc-timeout: 240m\r\nX-Timeout: 240\r\nA: b\r\n',
    );
  });

  test('is added where the client says nothing', () => {
    assert.equal(withTimeLeft('A: b\r\n', own, 7), 'A: b\r\nx-timeout: 7\r\n');
    assert.equal(withTimeLeft('', grpc, 7), 'grpc-timeout: 7m\r\n');
  });

  test('is read back as it was written', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/);
    const value = fc.stringMatching(/^[ -9;-~]{0,20}$/);
    const lines = fc.array(fc.tuple(name, value), { maxLength: 6 }).map((all) => all.map(([n, v]) => `${n}: ${v}\r\n`).join(''));
    fc.assert(
      fc.property(lines, lines, fc.integer({ min: 1, max: 1_000_000 }), (before, after, time) => {
        for (const lines of [before, after]) fc.pre(own.headers.every((header) => fieldValue(lines, header) === undefined));
        const changed = withTimeLeft(`${before}X-Timeout: 1h\r\n${after}`, own, time);
        assert.equal(changed, `${before}X-Timeout: ${time}ms\r\n${after}`);
        assert.equal(timeGiven(changed, own), time);
      }),
      { seed: 0x5eed, numRuns: 300 },
    );
  });
});
