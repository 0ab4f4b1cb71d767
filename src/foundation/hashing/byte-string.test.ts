// UTF-8 beside Node's own, and words beside those of a buffer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toByteString, wordAt } from './byte-string.ts';

const options = { seed: 0x5eed, numRuns: 1000 };

test('any text becomes its UTF-8 bytes', () => {
  const edges = fc.constantFrom('\0', '\x7f', '\x80', '\u07ff', '\u0800', '\ud7ff', '\ud800', '\udfff', '\ue000', '\uffff', '\u{10000}');
  const someUnit = fc.oneof(edges, fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 0xffff }).map(String.fromCharCode));
  fc.assert(
    fc.property(fc.array(someUnit), (units) => {
      const text = units.join('');
      assert.equal(toByteString(text), Buffer.from(text, 'utf8').toString('latin1'));
    }),
    options,
  );
});

test('a word is four bytes, the lowest first', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 12 }), fc.nat(8), (bytes, at) => {
      const buffer = Buffer.from(bytes);
      if (at + 4 <= buffer.length) assert.equal(wordAt(buffer.toString('latin1'), at), buffer.readInt32LE(at));
    }),
    options,
  );
});
