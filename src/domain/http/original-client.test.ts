// Nobody becomes another client by writing a header.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ForwardedFields } from './forwarding-headers.ts';
import { originalClient } from './original-client.ts';

const trusted = ['10.0.0.1', '10.0.0.2', 'fd00::1'];
const isTrusted = (address: string): boolean => trusted.includes(address);
const told = (lists: Partial<ForwardedFields>): ForwardedFields => ({ forwarded: '', for: '', proto: '', host: '', port: '', ...lists });
const clientOf = (lists: Partial<ForwardedFields>): string => originalClient(told(lists), '10.0.0.1', isTrusted);

describe('the original client', () => {
  test('is the peer when nothing was told', () => {
    assert.equal(clientOf({}), '10.0.0.1');
  });

  test('is the nearest address that is not trusted', () => {
    assert.equal(clientOf({ for: '203.0.113.7' }), '203.0.113.7');
    assert.equal(clientOf({ for: '203.0.113.7, 10.0.0.2' }), '203.0.113.7');
    assert.equal(clientOf({ for: '198.51.100.1,203.0.113.7,10.0.0.2' }), '203.0.113.7');
    assert.equal(clientOf({ for: '10.0.0.2' }), '10.0.0.2');
  });

  test('is not what the client claims beyond itself', () => {
    assert.equal(clientOf({ for: '1.1.1.1, 2.2.2.2, 203.0.113.7' }), '203.0.113.7');
  });

  test('is the hop that wrote something else than an address', () => {
    assert.equal(clientOf({ for: 'unknown, 10.0.0.2' }), '10.0.0.2');
    assert.equal(clientOf({ for: '203.0.113.7, _hidden' }), '10.0.0.1');
    assert.equal(clientOf({ for: ',' }), '10.0.0.1');
  });

  test('may be written with a port, in brackets and quotes', () => {
    assert.equal(clientOf({ for: '203.0.113.7:4711' }), '203.0.113.7');
    assert.equal(clientOf({ for: '"[2001:db8::1]:80"' }), '2001:db8::1');
    assert.equal(clientOf({ for: '2001:db8::1' }), '2001:db8::1');
  });

  test('is read from Forwarded when there is no X-Forwarded-For', () => {
    assert.equal(clientOf({ forwarded: 'for=203.0.113.7;proto=https, for="[fd00::1]";by=x' }), '203.0.113.7');
    assert.equal(clientOf({ forwarded: 'proto=https' }), '10.0.0.1');
  });
});
