// Which class each failure and each status belongs to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../exceptions/catalogue.ts';
import type { FailureKind } from '../exceptions/failure.ts';
import { evidenceOfFailure, evidenceOfStatus, speaksAgainst } from './evidence.ts';

// The catalogue has all kinds as its keys.
const kinds = Object.keys(catalogue) as FailureKind[];

test('failures that are blamed on the endpoint speak against it, and no others say anything', () => {
  for (const kind of kinds) {
    assert.equal(evidenceOfFailure(kind), catalogue[kind].blamesEndpoint ? 'local' : 'nothing', kind);
    assert.equal(speaksAgainst(evidenceOfFailure(kind)), catalogue[kind].blamesEndpoint, kind);
  }
  assert.equal(evidenceOfFailure('connect-refused'), 'local');
  assert.equal(evidenceOfFailure('response-timeout'), 'local');
  assert.equal(evidenceOfFailure('client-gone'), 'nothing');
  assert.equal(evidenceOfFailure('pool-saturated'), 'nothing');
});

test('a status below 500 speaks for the endpoint, whoever made the mistake', () => {
  for (const status of [200, 204, 301, 304, 400, 401, 403, 404, 429, 499]) assert.equal(evidenceOfStatus(status), 'ok', String(status));
});

test('502, 503 and 504 are told apart from other errors', () => {
  for (const status of [502, 503, 504]) assert.equal(evidenceOfStatus(status), 'gateway');
  for (const status of [500, 501, 505, 507, 599, 600, 999]) assert.equal(evidenceOfStatus(status), 'fivexx');
});

test('what speaks against an endpoint is an error or a failure', () => {
  assert.deepEqual((['ok', 'fivexx', 'gateway', 'local', 'nothing'] as const).filter(speaksAgainst), ['fivexx', 'gateway', 'local']);
});
