// Which failure each fault is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParseFault } from '../http/parse-fault.ts';
import { parseFaults } from '../http/parse-fault.ts';
import { catalogue } from './catalogue.ts';
import { requestFailure, responseFailure } from './from-parse-fault.ts';

// The cast names what the keys of the table are.
const faults = Object.keys(parseFaults) as ParseFault[];

test('a request beyond a limit is told which one', () => {
  const limits = {
    'head-too-large': 431,
    'too-many-headers': 431,
    'target-too-long': 414,
    'body-too-large': 413,
    'trailers-too-large': 400,
  } as const;
  for (const [fault, status] of Object.entries(limits)) {
    // The cast names what the keys of the table are.
    assert.equal(catalogue[requestFailure(fault as ParseFault).kind].status, status, fault);
  }
});

test('any other fault makes a malformed request', () => {
  const others = faults.filter((fault) => requestFailure(fault).kind === 'malformed-request');
  assert.equal(others.length, faults.length - 4);
  assert.equal(catalogue['malformed-request'].status, 400);
});

test('any fault makes a malformed answer, which is 502', () => {
  for (const fault of faults) assert.deepEqual(responseFailure(fault), { kind: 'malformed-response', fault });
  assert.equal(catalogue['malformed-response'].status, 502);
});

test('the fault stays with the failure', () => {
  for (const fault of faults) assert.equal(requestFailure(fault).fault, fault);
});
