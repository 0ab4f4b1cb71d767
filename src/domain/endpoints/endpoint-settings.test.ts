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
    });
  });

  test('the long form says the same and more', () => {
    assert.deepEqual(endpointSettings.parse({ address: '10.0.0.1:8080' }), endpointSettings.parse('10.0.0.1:8080'));
    assert.equal(endpointSettings.parse({ address: '10.0.0.1:8080', weight: 3 }).weight, 3);
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
