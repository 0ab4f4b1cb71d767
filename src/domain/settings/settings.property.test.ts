// Whatever is written, reading it ends in a value of the promised kind or in a complaint, never in a throw.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from './addresses.ts';
import { duration, size } from './measures.ts';

const seed = 0x5e77;

describe('measures', () => {
  test('a whole number of any unit is read as that many of it', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
    const unit = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), unit, (amount, of) => {
        assert.equal(duration().parse(`${amount}${of}`), amount * units[of]);
      }),
      { seed },
    );
  });

  test('anything at all is either in range or refused', () => {
    const texts = fc.string({ unit: fc.constantFrom('0', '1', '9', '.', 'm', 's', 'h', 'K', 'i', 'B', ' ', '-', 'e') });
    fc.assert(
      fc.property(fc.oneof(texts, fc.anything()), (input) => {
        const time = duration().safeParse(input);
        if (time.success) assert.ok(Number.isInteger(time.data) && time.data >= 1 && time.data <= 24 * 86_400_000);
        const amount = size({ least: '1B', most: '1MiB' }).safeParse(input);
        if (amount.success) assert.ok(Number.isInteger(amount.data) && amount.data >= 1 && amount.data <= 1_048_576);
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe('addresses', () => {
  test('any text is refused, or has a canonical text that is read as itself', () => {
    const texts = fc.string({ unit: fc.constantFrom('1', '0', '255', 'a', 'F', ':', '.', '[', ']', '-', '/', 'unix:', '::') });
    fc.assert(
      fc.property(texts, (text) => {
        const address = parseAddress(text);
        if (address !== undefined) assert.deepEqual(parseAddress(address.text), address);
      }),
      { seed, numRuns: 5000 },
    );
  });

  test('any version 4 and version 6 address is read', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), fc.integer({ min: 0, max: 65_535 }), (four, six, port) => {
        assert.equal(parseAddress(`${four}:${port}`)?.text, `${four}:${port}`);
        assert.equal(parseAddress(`[${six}]:${port}`)?.kind, 'tcp');
      }),
      { seed, numRuns: 500 },
    );
  });
});
