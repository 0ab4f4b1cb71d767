// Networks as people write them, and addresses as sockets give them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AddressRanges } from './address-ranges.ts';
import { parseAddressRanges } from './address-ranges.ts';

function rangesOf(...networks: readonly string[]): AddressRanges {
  const parsed = parseAddressRanges(networks);
  return parsed.ok ? parsed.value : assert.fail(`${parsed.fault.kind}: ${parsed.fault.network}`);
}

function expectAll(ranges: AddressRanges, inside: readonly string[], outside: readonly string[]): void {
  for (const address of inside) assert.equal(ranges.contains(address), true, `${address} is inside`);
  for (const address of outside) assert.equal(ranges.contains(address), false, `${address} is outside`);
}

describe('address ranges', () => {
  test('of no networks hold nothing', () => {
    expectAll(rangesOf(), [], ['10.0.0.1', '::1', '']);
  });

  test('of IPv4 hold their first and last address and none beside', () => {
    expectAll(rangesOf('10.0.0.0/8'), ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0', '::1', 'a00::']);
    expectAll(rangesOf('192.168.4.0/22'), ['192.168.4.0', '192.168.7.255'], ['192.168.3.255', '192.168.8.0']);
    expectAll(rangesOf('192.0.2.128/25'), ['192.0.2.128', '192.0.2.255'], ['192.0.2.127', '192.0.3.0']);
    expectAll(rangesOf('192.0.2.7'), ['192.0.2.7'], ['192.0.2.6', '192.0.2.8']);
    expectAll(rangesOf('192.0.2.7/32'), ['192.0.2.7'], ['192.0.2.6', '192.0.2.8']);
    expectAll(rangesOf('0.0.0.0/0'), ['0.0.0.0', '255.255.255.255'], ['::', '::1']);
  });

  test('of IPv6 hold their first and last address and none beside', () => {
    expectAll(
      rangesOf('fd00::/8'),
      ['fd00::', 'FDFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fd12:3456::1'],
      ['fc00::', 'fe00::', '253.0.0.0'],
    );
    expectAll(rangesOf('2001:db8::/33'), ['2001:db8:7fff::1', '2001:0db8:0:0:0:0:0:1'], ['2001:db8:8000::']);
    expectAll(rangesOf('::1'), ['::1', '0:0:0:0:0:0:0:1', '::0.0.0.1'], ['::', '::2', '127.0.0.1']);
    expectAll(rangesOf('1:2:3:4:5:6:7::'), ['1:2:3:4:5:6:7:0'], ['1:2:3:4:5:6:7:1']);
    expectAll(rangesOf('::/0'), ['::', 'ffff::', '64:ff9b::1.2.3.4'], ['10.0.0.1', '::ffff:10.0.0.1']);
  });

  test('take an IPv4 address in its IPv6 form for the IPv4 address', () => {
    expectAll(rangesOf('10.0.0.0/8'), ['::ffff:10.1.2.3', '::FFFF:a01:203', '0:0:0:0:0:ffff:10.1.2.3'], ['::ffff:11.1.2.3', '::10.1.2.3']);
    expectAll(rangesOf('::ffff:10.0.0.0/104'), ['10.1.2.3', '::ffff:10.1.2.3'], ['11.0.0.0']);
    expectAll(rangesOf('::ffff:10.0.0.7'), ['10.0.0.7'], ['10.0.0.8']);
    expectAll(rangesOf('::ffff:0:0/96'), ['1.2.3.4'], ['::1']);
  });

  test('do not look at bits behind the prefix', () => {
    expectAll(rangesOf('10.1.2.3/8'), ['10.200.0.1'], ['11.0.0.0']);
    expectAll(rangesOf('10.1.2.3/13'), ['10.0.0.0', '10.7.255.255'], ['10.8.0.0']);
  });

  test('do not look at the zone of an address', () => {
    expectAll(rangesOf('fe80::/10'), ['fe80::1%eth0', 'febf::1%2'], ['fec0::1%eth0']);
  });

  test('may overlap, hold each other and come in any order', () => {
    const ranges = rangesOf(
      '192.0.2.0/24',
      '10.1.0.0/16',
      'fd00::/8',
      '10.0.0.0/8',
      '10.2.0.0/16',
      '192.0.2.0/25',
      '192.0.2.0/24',
      '1.1.1.1',
    );
    expectAll(
      ranges,
      ['10.1.0.1', '10.2.0.1', '10.3.0.1', '192.0.2.1', '192.0.2.200', 'fd00::1', '1.1.1.1'],
      ['192.0.3.0', '11.0.0.0', '1.1.1.2'],
    );
    expectAll(rangesOf('10.0.0.0/9', '10.64.0.0/9', '10.0.0.0/8'), ['10.127.0.0', '10.255.0.0'], ['11.0.0.0']);
  });

  test('hold nothing that is no address', () => {
    const all = rangesOf('0.0.0.0/0', '::/0');
    const faulty = [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4 ',
      'localhost',
      ':',
      ':::',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
    ];
    expectAll(
      all,
      [],
      [...faulty, '1::2::3', '1:2:3:4:5:6:7:8::', '12345::', 'g::', '::1.2.3', '1.2.3.4::', '[::1]', '%eth0', ':1:2:3:4:5:6:7'],
    );
  });
});

describe('reading networks', () => {
  const faults: readonly (readonly [network: string, kind: string])[] = [
    ['', 'not-an-address'],
    ['example.com/8', 'not-an-address'],
    ['10.0.0/8', 'not-an-address'],
    ['fe80::1%eth0', 'not-an-address'],
    ['10.0.0.0/33', 'prefix-out-of-range'],
    ['10.0.0.0/', 'prefix-out-of-range'],
    ['10.0.0.0/-1', 'prefix-out-of-range'],
    ['10.0.0.0/8/8', 'prefix-out-of-range'],
    ['10.0.0.0/255.0.0.0', 'prefix-out-of-range'],
    ['::/129', 'prefix-out-of-range'],
    ['::ffff:10.0.0.0/95', 'prefix-out-of-range'],
    ['::ffff:10.0.0.0/129', 'prefix-out-of-range'],
  ];
  for (const [network, kind] of faults) {
    test(`refuses "${network}": ${kind}`, () => {
      assert.deepEqual(parseAddressRanges(['10.0.0.0/8', network, '::/0']), { ok: false, fault: { kind, network } });
    });
  }
});
