// What endpoints are told about the client: by us alone, and behind a balancer that is believed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Arrival, ForwardedFields } from './forwarding-headers.ts';
import { addedForwardingLines, forwardingLines } from './forwarding-headers.ts';

const arrival: Arrival = { client: '192.0.2.1', proto: 'http', port: '8080' };
const nothing: ForwardedFields = { forwarded: '', for: '', proto: '', host: '', port: '' };
const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\r\n`).join('');

describe('a client that is not believed', () => {
  test('is told about in the usual fields and in the standard one', () => {
    assert.equal(
      forwardingLines(arrival, 'shop.test'),
      lines(
        'X-Forwarded-For: 192.0.2.1',
        'X-Forwarded-Proto: http',
        'X-Forwarded-Host: shop.test',
        'X-Forwarded-Port: 8080',
        'Forwarded: for=192.0.2.1;host=shop.test;proto=http',
      ),
    );
  });

  test('has colons and brackets in quotes', () => {
    assert.equal(
      forwardingLines({ client: '2001:db8::1', proto: 'https', port: '443' }, '[::1]:443'),
      lines(
        'X-Forwarded-For: 2001:db8::1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: [::1]:443',
        'X-Forwarded-Port: 443',
        'Forwarded: for="[2001:db8::1]";host="[::1]:443";proto=https',
      ),
    );
  });

  test('without a host, on a Unix socket, leaves out what nobody knows', () => {
    assert.equal(
      forwardingLines({ client: 'unknown', proto: 'http', port: '' }, ''),
      lines('X-Forwarded-For: unknown', 'X-Forwarded-Proto: http', 'Forwarded: for=unknown;proto=http'),
    );
  });
});

describe('a balancer in front that is believed', () => {
  test('has its word kept, and this hop added to the lists', () => {
    const told = { forwarded: 'for=203.0.113.9', for: '203.0.113.9', proto: 'https', host: 'outer.test', port: '443' };
    assert.equal(
      addedForwardingLines(told, arrival, 'inner.test'),
      lines(
        'X-Forwarded-For: 203.0.113.9, 192.0.2.1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: outer.test',
        'X-Forwarded-Port: 443',
        'Forwarded: for=203.0.113.9, for=192.0.2.1;host=inner.test;proto=http',
      ),
    );
  });

  test('that told nothing is a client like any other', () => {
    assert.equal(addedForwardingLines(nothing, arrival, 'shop.test'), forwardingLines(arrival, 'shop.test'));
    const local: Arrival = { client: 'unknown', proto: 'http', port: '' };
    assert.equal(addedForwardingLines(nothing, local, ''), forwardingLines(local, ''));
  });
});
