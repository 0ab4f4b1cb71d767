// max_fails and fail_timeout between a policy and its endpoints.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestPool } from '../../../../test/support/pool.ts';
import { FailTimeoutGate } from './fail-timeout-gate.ts';

const rules = { maxFails: 2, failTimeout: 10_000 };

function gated(count: number, statuses?: 'gateway' | 'none'): { readonly pool: TestPool; readonly gate: FailTimeoutGate } {
  const given = statuses === undefined ? rules : { ...rules, statuses };
  const parts = { endpoints: Array.from({ length: count }, () => ({})) };
  const pool = new TestPool({ ...parts, gate: (endpoints, board, now) => new FailTimeoutGate({ endpoints, board, now, rules: given }) });
  assert.ok(pool.gate instanceof FailTimeoutGate);
  return { pool, gate: pool.gate };
}

describe('a gate of max_fails and fail_timeout', () => {
  test('lets nothing to an endpoint that failed too often, but one try in each time', () => {
    const { pool, gate } = gated(2);
    const [bad] = pool.endpoints;
    assert.ok(bad !== undefined);
    for (let failure = 0; failure < 2; failure++) {
      assert.ok((pool.shares(10)[0] ?? 0) > 0);
      gate.ended(bad, 'local');
    }
    assert.deepEqual(pool.shares(20), [0, 20]);
    pool.now += 10_100;
    assert.deepEqual(pool.shares(20), [1, 19]);
    gate.ended(bad, 'local');
    assert.deepEqual(pool.shares(20), [0, 20]);
    pool.now += 10_100;
    assert.deepEqual(pool.shares(20), [1, 19]);
    gate.ended(bad, 'ok');
    assert.deepEqual(pool.shares(20), [10, 10]);
  });

  test('never closes on the only endpoint of a pool', () => {
    const { pool, gate } = gated(1);
    const [only] = pool.endpoints;
    assert.ok(only !== undefined);
    for (let failure = 0; failure < 5; failure++) gate.ended(only, 'gateway');
    assert.deepEqual(pool.shares(5), [5]);
  });

  test('gives none when all have failed', () => {
    const { pool, gate } = gated(3);
    for (const endpoint of pool.endpoints) for (let failure = 0; failure < 2; failure++) gate.ended(endpoint, 'fivexx');
    assert.equal(pool.take(), undefined);
    assert.equal(pool.balancer.isSaturated, false);
  });

  test('counts the statuses that it is told to count', () => {
    for (const [statuses, closing] of [
      [undefined, ['local', 'gateway', 'fivexx']],
      ['gateway', ['local', 'gateway']],
      ['none', ['local']],
    ] as const) {
      for (const evidence of ['local', 'gateway', 'fivexx', 'ok', 'nothing'] as const) {
        const { pool, gate } = gated(2, statuses);
        const [first] = pool.endpoints;
        assert.ok(first !== undefined);
        for (let failure = 0; failure < 2; failure++) gate.ended(first, evidence);
        assert.equal(gate.isOpen(first), !closing.some((one) => one === evidence), `${evidence} with ${statuses}`);
      }
    }
  });
});
