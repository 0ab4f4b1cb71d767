// An endpoint is an address, alone or with its weight; its identity is the canonical text of the address.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointSettings } from './endpoint-settings.ts';

describe('endpoint settings', () => {
  test('an address alone weighs 1', () => {
    assert.deepEqual(endpointSettings.parse('10.0.0.1:8080'), {
      id: '10.0.0.1:8080',
      address: { kind: 'tcp', host: '10.0.0.1', port: 8080 },
      weight: 1,
      backup: false,
      priority: 0,
      maxConnections: Number.POSITIVE_INFINITY,
      metadata: {},
    });
  });

  test('the long form says the same and more', () => {
    assert.deepEqual(endpointSettings.parse({ address: '10.0.0.1:8080' }), endpointSettings.parse('10.0.0.1:8080'));
    assert.equal(endpointSettings.parse({ address: '10.0.0.1:8080', weight: 3 }).weight, 3);
  });

  test('may say how it is used', () => {
    const whole = { address: '10.0.0.1:8080', capacity: 400, backup: true, priority: 2, maxConnections: 50, metadata: { version: 'v2' } };
    const { id, capacity, backup, priority, maxConnections, metadata } = endpointSettings.parse(whole);
    assert.deepEqual({ address: id, capacity, backup, priority, maxConnections, metadata }, whole);
  });

  test('a weight may be 0, fractional and large, within bounds', () => {
    for (const weight of [0, 0.001, 0.5, 3, 1_000_000])
      assert.equal(endpointSettings.parse({ address: '10.0.0.1:80', weight }).weight, weight);
    for (const weight of [-1, 0.0001, 1_000_001, Number.NaN, Number.POSITIVE_INFINITY, '3', null]) {
      assert.equal(endpointSettings.safeParse({ address: '10.0.0.1:80', weight }).success, false);
    }
  });

  test('weight and capacity together are refused', () => {
    const parsed = endpointSettings.safeParse({ address: '10.0.0.1:80', weight: 1, capacity: 400 });
    assert.match(parsed.error?.issues[0]?.message ?? '', /weight or capacity, not both/);
  });

  test('the identity is canonical', () => {
    assert.equal(endpointSettings.parse('[0:0::1]:80').id, '[::1]:80');
    assert.equal(endpointSettings.parse('unix:/run/app.sock').id, 'unix:/run/app.sock');
  });

  test('what nobody can connect to is refused', () => {
    for (const input of [':8080', 'localhost:0', '10.0.0.1', 8080, null, {}])
      assert.equal(endpointSettings.safeParse(input).success, false);
  });
});
