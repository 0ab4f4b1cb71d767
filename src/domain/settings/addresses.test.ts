// Addresses are taken apart, and two ways of writing one address come out the same.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAddress } from './addresses.ts';

describe('addresses', () => {
  test('a port alone has no host', () => {
    assert.deepEqual(parseAddress(':8080'), { kind: 'tcp', host: undefined, port: 8080, text: ':8080' });
  });

  test('hosts are version 4 addresses, names, and version 6 addresses in brackets', () => {
    assert.deepEqual(parseAddress('10.0.0.1:80'), { kind: 'tcp', host: '10.0.0.1', port: 80, text: '10.0.0.1:80' });
    assert.deepEqual(parseAddress('localhost:3001'), { kind: 'tcp', host: 'localhost', port: 3001, text: 'localhost:3001' });
    assert.deepEqual(parseAddress('[::1]:80'), { kind: 'tcp', host: '::1', port: 80, text: '[::1]:80' });
  });

  test('a socket is given by its whole path', () => {
    assert.deepEqual(parseAddress('unix:/run/app.sock'), { kind: 'unix', path: '/run/app.sock', text: 'unix:/run/app.sock' });
  });

  test('two ways of writing one address have one text', () => {
    assert.equal(parseAddress('[0:0:0:0:0:0:0:1]:080')?.text, '[::1]:80');
    assert.equal(parseAddress('[2001:DB8::0:1]:80')?.text, '[2001:db8::1]:80');
    assert.equal(parseAddress('Shop.Example.COM:80')?.text, 'shop.example.com:80');
  });

  test('the canonical text is read as itself', () => {
    for (const text of [':0', ':65535', 'a-b.c_d:1', '[fe80::1]:1', '[::ffff:1.2.3.4]:1', 'unix:/a b']) {
      const once = parseAddress(text)?.text ?? 'refused';
      assert.equal(parseAddress(once)?.text, once);
    }
  });

  test('what is no address is refused', () => {
    const texts = [
      '',
      ':',
      'localhost',
      '8080',
      '10.0.0.1',
      ':65536',
      ':-1',
      ':8080x',
      ':123456',
      'http://localhost:80',
      'localhost:80/',
      'a b:80',
    ];
    for (const text of texts) assert.equal(parseAddress(text), undefined, text);
  });

  test('a host that is nearly a version 4 address is not taken for a name', () => {
    for (const text of ['10.0.0.256:80', '10.1:80', '010.0.0.1:80', '1.2.3.4.5:80', '0x7f:80', '127:80'])
      assert.equal(parseAddress(text), undefined, text);
  });

  test('brackets hold version 6 addresses and nothing else', () => {
    for (const text of ['::1:80', '[::1:80', '[::1]80', '[localhost]:80', '[10.0.0.1]:80', '[]:80', '[::1%lo]:80', '[:::]:80']) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });

  test('names keep to the length and the letters of DNS', () => {
    const label = 'a'.repeat(63);
    assert.equal(parseAddress(`${label}.a:80`)?.kind, 'tcp');
    for (const host of [`${label}a`, '-a', 'a-', 'a..b', '.a', 'a.', 'ä', `${`${label}.`.repeat(4)}a`])
      assert.equal(parseAddress(`${host}:80`), undefined, host);
  });

  test('the path of a socket is absolute and short enough for the kernel', () => {
    assert.equal(parseAddress(`unix:/${'a'.repeat(106)}`)?.kind, 'unix');
    for (const text of ['unix:', 'unix:/', 'unix:app.sock', 'unix:/a\0b', `unix:/${'a'.repeat(107)}`])
      assert.equal(parseAddress(text), undefined, text);
  });
});
