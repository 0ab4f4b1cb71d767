// Addresses in every form, and any text beside Node's own judgement of it.
import assert from 'node:assert/strict';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addressBytes } from './address-bytes.ts';

/** Filled with rests of something else, which must not show. */
function bytesOf(text: string): number[] {
  const into = new Uint8Array(20).fill(0xee);
  const count = addressBytes(text, into);
  assert.deepEqual([...into.subarray(16)], [0xee, 0xee, 0xee, 0xee]);
  return [...into.subarray(0, count)];
}

describe('the bytes of an address', () => {
  const known: readonly (readonly [text: string, hex: string])[] = [
    ['0.0.0.0', '00000000'],
    ['203.0.113.7', 'cb007107'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:DB8::a:1', '20010db80000000000000000000a0001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::2:3:4:5:6:7:8', '00000002000300040005000600070008'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['1:2:3:4:5:6:192.0.2.33', '000100020003000400050006c0000221'],
    ['::ffff:10.1.2.3', '0a010203'],
    ['::FFFF:a01:203', '0a010203'],
    ['0:0:0:0:0:ffff:10.1.2.3', '0a010203'],
    ['::1.2.3.4', '00000000000000000000000001020304'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['fe80::1%a:b.c', 'fe800000000000000000000000000001'],
    ['10.0.0.1%1:2', '0a000001'],
  ];
  for (const [text, hex] of known) {
    test(`of ${text}`, () => assert.equal(Buffer.from(bytesOf(text)).toString('hex'), hex));
  }

  const faulty = [
    ...['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', '1..2.3', '.1.2.3', '1.2.3.', 'localhost', '%eth0', '[::1]'],
    ...[
      ':',
      ':::',
      '1:',
      ':1',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '::1:2:3:4:5:6:7:8',
      '1::2::3',
      '::1::',
      '12345::',
    ],
    ...[
      'g::',
      '::1.2.3',
      '1.2.3.4::',
      '1:2:3:4:5:6:7:1.2.3.4',
      '::1.2.3.4:5',
      ':1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:',
      '%::1',
      '1:2:3:4:5:1.2.3.4',
    ],
  ];
  for (const text of faulty) {
    test(`of "${text}" are none`, () => assert.deepEqual(bytesOf(text), []));
  }
});

const options = { seed: 0x5eed, numRuns: 3000 };

test('any text is an address exactly when Node takes it for one', () => {
  const pieces = ['0', '1', '9', '25', '255', '256', 'a', 'F', 'ffff', '12345', '.', '.', ':', ':', ':', '::', 'g', ' '];
  const likeVersion4 = fc.array(fc.constantFrom('0', '7', '10', '255', '256', '03'), { minLength: 3, maxLength: 5 });
  const likeVersion6 = fc.array(fc.constantFrom('0', '1', 'ffff', 'ABC', ''), { minLength: 2, maxLength: 9 });
  const someText = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 16 }).map((parts) => parts.join('')),
    likeVersion4.map((parts) => parts.join('.')),
    likeVersion6.map((parts) => parts.join(':')),
    fc.tuple(likeVersion6, likeVersion4).map(([left, right]) => `${left.join(':')}:${right.join('.')}`),
  );
  fc.assert(
    fc.property(someText, (text) => {
      const count = bytesOf(text).length;
      assert.equal(count > 0, isIPv4(text) || isIPv6(text), text);
      if (isIPv4(text)) assert.equal(count, 4);
    }),
    options,
  );
});

test('bytes written as an address are read again, in the form that Node gives it', () => {
  const someGroups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(someGroups, (groups) => {
      const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
      const written = groups.map((group) => group.toString(16)).join(':');
      const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && groups[5] === 0xffff;
      const expected = mapped ? bytes.slice(12) : bytes;
      assert.deepEqual(bytesOf(written), expected);
      // Node writes the longest run of zeros as two colons.
      assert.deepEqual(bytesOf(new SocketAddress({ address: written, family: 'ipv6' }).address), expected);
    }),
    options,
  );
});
