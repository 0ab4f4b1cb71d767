// Any networks and addresses, beside Node's own list of them.
import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddressRanges } from './address-ranges.ts';

// Few different first and last bytes, so that addresses fall inside and outside about equally often.
const someByte = fc.constantFrom(0, 1, 10, 127, 128, 255);
const address4 = fc.tuple(someByte, someByte, someByte, someByte).map((parts) => parts.join('.'));
const someGroup = fc.constantFrom('0', '1', 'fd00', '8000', 'ffff');
const address6 = fc
  .array(someGroup, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':'))
  .filter((address) => !address.startsWith('0:0:0:0:0:ffff:'));
const compressed6 = fc.tuple(someGroup, someGroup).map(([first, last]) => `${first}::${last}`);
const network4 = fc.tuple(address4, fc.nat(32));
const network6 = fc.tuple(fc.oneof(address6, compressed6), fc.nat(128));

test('an address is inside exactly when one of the networks holds it', () => {
  fc.assert(
    fc.property(
      fc.array(network4, { maxLength: 6 }),
      fc.array(network6, { maxLength: 6 }),
      address4,
      fc.oneof(address6, compressed6),
      (networks4, networks6, one4, one6) => {
        const list4 = new BlockList();
        const list6 = new BlockList();
        for (const [address, prefix] of networks4) list4.addSubnet(address, prefix, 'ipv4');
        for (const [address, prefix] of networks6) list6.addSubnet(address, prefix, 'ipv6');
        const parsed = parseAddressRanges([...networks4, ...networks6].map(([address, prefix]) => `${address}/${prefix}`));
        assert.ok(parsed.ok);
        assert.equal(parsed.value.contains(one4), list4.check(one4, 'ipv4'));
        assert.equal(parsed.value.contains(`::ffff:${one4}`), list4.check(one4, 'ipv4'));
        assert.equal(parsed.value.contains(one6), list6.check(one6, 'ipv6'));
      },
    ),
    { seed: 0x5eed, numRuns: 1000 },
  );
});
