// What records SRV mean for a pool: RFC 2782.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ServiceRecord } from './service-records.ts';
import { isUnavailable, serviceEntries } from './service-records.ts';

const record = (name: string, given: Partial<ServiceRecord> = {}): ServiceRecord => ({
  name,
  port: 80,
  priority: 10,
  weight: 10,
  ...given,
});
const addresses = new Map([
  ['a', ['10.0.0.1']],
  ['b', ['10.0.0.2']],
  ['c', ['10.0.0.3', 'fd00::3']],
]);
const weights = (...records: readonly ServiceRecord[]) => serviceEntries(records, addresses).map(({ weight }) => weight);

describe('records SRV', () => {
  test('name the port, and share traffic by weight', () => {
    assert.deepEqual(serviceEntries([record('a', { port: 8080, weight: 3 }), record('b', { weight: 1 })], addresses), [
      { address: '10.0.0.1:8080', weight: 3, backup: false, priority: 0 },
      { address: '10.0.0.2:80', weight: 1, backup: false, priority: 0 },
    ]);
  });

  test('a target with several addresses has its weight once', () => {
    assert.deepEqual(serviceEntries([record('c')], addresses), [
      { address: '10.0.0.3:80', weight: 5, backup: false, priority: 0 },
      { address: '[fd00::3]:80', weight: 5, backup: false, priority: 0 },
    ]);
  });

  test('the lowest priority gets everything, and those behind it are backups in their order', () => {
    const records = [record('c', { priority: 30 }), record('a', { priority: 20 }), record('b', { priority: 5 })];
    assert.deepEqual(
      serviceEntries(records, addresses).map(({ address, backup, priority }) => [address, backup, priority]),
      [
        ['10.0.0.2:80', false, 0],
        ['10.0.0.1:80', true, 0],
        ['10.0.0.3:80', true, 1],
        ['[fd00::3]:80', true, 1],
      ],
    );
    const many = Array.from({ length: 40 }, (_, priority) => record('a', { priority }));
    assert.equal(Math.max(...serviceEntries(many, addresses).map(({ priority }) => priority)), 15, 'there are not more');
  });

  test('weight 0 is chosen as seldom as the draw of the RFC has it', () => {
    assert.deepEqual(
      weights(record('a', { weight: 0 }), record('b', { weight: 0 })),
      [1, 1],
      'where all are 0 there is nothing to choose by',
    );
    assert.deepEqual(weights(record('a', { weight: 0 }), record('b', { weight: 99 })), [1, 99]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }), (others) => {
        const records = [record('a', { weight: 0 }), ...others.map((weight, index) => record('b', { weight, port: 81 + index }))];
        const [zero = 0, ...rest] = weights(...records);
        const sum = others.reduce((total, weight) => total + weight, 0);
        // The numbers from 0 to the sum, both included, each of which stands for one target: the first whose running sum is not below it.
        const draws = Array.from({ length: sum + 1 }, (_, number) => number).filter((number) => number <= 0).length;
        const share = zero / (zero + rest.reduce((total, weight) => total + weight, 0));
        assert.ok(Math.abs(share - draws / (sum + 1)) < 1e-9);
      }),
      { seed: 1 },
    );
  });

  test('a target that has no address is left out', () => {
    assert.deepEqual(serviceEntries([record('nowhere'), record('a')], addresses).length, 1);
  });

  test('"." as the only target says that the service is not there', () => {
    assert.equal(isUnavailable([record('.', { port: 0 })]), true);
    assert.equal(isUnavailable([record('')]), true);
    assert.equal(isUnavailable([record('a')]), false);
    assert.equal(isUnavailable([]), false);
  });
});
