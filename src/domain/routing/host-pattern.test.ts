// Hosts as clients write them, and the patterns that they are compared with.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bareHost, parseHostPattern } from './host-pattern.ts';

describe('a bare host', () => {
  const forms: readonly (readonly [written: string, bare: string])[] = [
    ['shop.example.com', 'shop.example.com'],
    ['shop.example.com:8080', 'shop.example.com'],
    ['shop.example.com:', 'shop.example.com'],
    ['Shop.EXAMPLE.com', 'shop.example.com'],
    ['Shop.EXAMPLE.com:443', 'shop.example.com'],
    ['shop.example.com.', 'shop.example.com'],
    ['shop.example.com.:80', 'shop.example.com'],
    ['10.0.0.1:80', '10.0.0.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8::1]:8080', '[2001:db8::1]'],
    ['a-z@[`{', 'a-z@[`{'],
    [':80', ''],
    ['.', ''],
    ['', ''],
  ];
  for (const [written, bare] of forms) {
    test(`of "${written}" is "${bare}"`, () => assert.equal(bareHost(written), bare));
  }
});

describe('a host pattern', () => {
  test('is exact without a star', () => {
    assert.deepEqual(parseHostPattern('Shop.Example.com'), { kind: 'exact', host: 'shop.example.com' });
    assert.deepEqual(parseHostPattern('[::1]'), { kind: 'exact', host: '[::1]' });
  });

  test('takes every name below with a star', () => {
    assert.deepEqual(parseHostPattern('*.Example.com'), { kind: 'below', suffix: '.example.com' });
  });
});
