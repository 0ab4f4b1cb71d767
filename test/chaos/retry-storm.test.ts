// Promise: when three layers of balancers try again and everything behind them fails, budgets of a fifth keep the load on the last layer at or
// below 1.8 times what clients ask for: 1.2 ^ 3 is 1.73. Without budgets four tries in each layer make it 64 times.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Amplified } from '../support/overload/layers.ts';
import { amplify, attempts, layers } from '../support/overload/layers.ts';

const share = 0.2;

/** 503 of the endpoints, and no answer that a balancer had to make up. */
const failed = new Set(['503 ok']);

const tell = (what: string, { requests, arrived, seconds }: Amplified): string =>
  `${what}: ${requests} requests in ${seconds.toFixed(1)} s became ${arrived}, ${(arrived / requests).toFixed(2)} times as many`;

describe('three layers that try four times each, before endpoints that fail everything', () => {
  test('without budgets: 64 times the load', async (t) => {
    const result = await amplify(20, 'none');
    t.diagnostic(tell('without budgets', result));
    assert.equal(result.arrived, attempts ** layers * result.requests);
    assert.deepEqual(result.answers, failed);
  });

  test('with budgets of a fifth: no more than 1.8 times', async (t) => {
    const result = await amplify(1000, '{ share: 20, perSecond: 0 }');
    t.diagnostic(tell('with budgets of 20 % and no minimum', result));
    const times = result.arrived / result.requests;
    assert.ok(times <= 1.8, `${times} times`);
    // What the budget has is spent.
    assert.ok(times >= 1.5, `${times} times`);
    assert.deepEqual(result.answers, failed);
  });

  test('with budgets as they are by default: no more than that and the ten a second of each layer', async (t) => {
    const result = await amplify(6000, '{}');
    // In any ten seconds a hundred retries are free, and one more for the worker.
    const free = 101 * (Math.floor(result.seconds / 10) + 1);
    const most = result.requests * (1 + share) ** layers + free * ((1 + share) ** 2 + (1 + share) + 1);
    t.diagnostic(`${tell('with budgets by default', result)}, of ${(most / result.requests).toFixed(2)} that they allow`);
    assert.ok(result.arrived <= most, `${result.arrived} of ${most}`);
    assert.ok(result.arrived >= 1.5 * result.requests, `${result.arrived} of ${result.requests}`);
    assert.deepEqual(result.answers, failed);
  });
});
