// What nginx chooses for known addresses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { IpHashOrder, ipHash } from './ip-hash.ts';

const known: Readonly<Record<string, readonly number[]>> = {
  '127.0.0.1': [4040, 5510, 4957, 4956],
  '10.0.0.1': [2565, 1753, 5403, 5523],
  '10.0.0.200': [2565, 1753, 5403, 5523],
  '192.168.1.10': [154, 5654, 1196, 723],
  '203.0.113.7': [2592, 4547, 3065, 3085],
  '8.8.8.8': [3023, 4786, 1047, 632],
  '::1': [5945, 1692, 1535, 1830],
  '2001:db8::1': [2600, 2675, 497, 2792],
  'fe80::1': [5163, 542, 2794, 3116],
};
const build = (weights: readonly number[]) => {
  const pool = endpointsOf(weights);
  const picker = ipHash.build(pool, { fallback: 'round-robin', boundedLoad: 0 }, policyTools());
  return (key: string, attempt = 0) => pool.indexOf(picker.pick({ key, attempt }));
};

describe('ip-hash', () => {
  for (const [address, hashes] of Object.entries(known)) {
    test(`hashes ${address} as nginx does`, () => {
      const order = new IpHashOrder([1, 1, 1]);
      const places = times(4, (index) => (index === 0 ? order.first(address) : order.next()));
      assert.deepEqual(
        places,
        hashes.map((hash) => hash % 3),
      );
      const again = new IpHashOrder([1]);
      assert.deepEqual(
        hashes.map((_, index) => {
          if (index === 0) again.first(address);
          else again.next();
          return again.hash;
        }),
        hashes,
      );
    });
  }

  test('keeps a network together, and an IPv4 address that comes as IPv6 with it', () => {
    const placeOf = build([1, 1, 1, 1, 1, 1, 1]);
    const places = new Set(times(256, (host) => placeOf(`198.51.100.${host}`)));
    assert.equal(places.size, 1);
    assert.equal(placeOf('::ffff:198.51.100.9'), [...places][0]);
  });

  test('tells IPv6 addresses apart', () => {
    const placeOf = build([1, 1, 1, 1, 1, 1, 1]);
    assert.equal(new Set(times(256, (host) => placeOf(`2001:db8::${host.toString(16)}`))).size, 7);
  });

  test('follows weights', () => {
    const placeOf = build([1, 2, 3]);
    assert.equal(placeOf('10.0.0.1'), [0, 1, 1, 2, 2, 2][2565 % 6]);
    const counts = [0, 0, 0];
    for (let index = 0; index < 6000; index++) {
      const place = placeOf(`${index % 199}.${(index * 7) % 251}.${(index * 31) % 241}.1`);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    [1000, 2000, 3000].forEach((expected, place) => {
      assert.ok(Math.abs((counts[place] ?? 0) - expected) < 5 * Math.sqrt(expected));
    });
  });

  test('does not send to one place what is no address', () => {
    const placeOf = build([1, 1, 1]);
    assert.equal(new Set(times(20, (index) => placeOf(`session-${index}`))).size, 3);
  });

  test('knows no more after twenty rehashes', () => {
    const order = new IpHashOrder([1, 1, 1]);
    const places = times(23, (index) => (index === 0 ? order.first('8.8.8.8') : order.next()));
    assert.ok(places.slice(0, 21).every((place) => place >= 0));
    assert.deepEqual(places.slice(21), [-1, -1]);
  });
});
