// What is kept, what is found, and what a text from outside looks like in a log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundedBytes } from './bounded-bytes.ts';
import { quoted } from './words.ts';

test('the first bytes are kept and no more, whatever pieces they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), fc.integer({ min: 0, max: 2000 }), (pieces, most) => {
      const kept = new BoundedBytes(most);
      const whole = Buffer.concat(pieces);
      let length = 0;
      for (const piece of pieces) {
        length += piece.length;
        assert.equal(kept.add(piece), length <= most || (length - piece.length >= most && piece.length === 0));
      }
      assert.deepEqual(kept.bytes, whole.subarray(0, most));
    }),
    { seed: 0x5eed, numRuns: 300 },
  );
});

test('a text is found as soon as it is whole, wherever the pieces are cut', () => {
  const letters = fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 }).map((each) => each.join(''));
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
      (pieces, text) => {
        const kept = new BoundedBytes(1000);
        let whole = '';
        for (const piece of pieces) {
          const looked = kept.length;
          const wasFound = whole.includes(text);
          kept.add(Buffer.from(piece));
          whole += piece;
          // Asked only where it was not found before.
          if (!wasFound) assert.equal(kept.has(Buffer.from(text), 0, looked), whole.includes(text));
        }
      },
    ),
    { seed: 0x5eed, numRuns: 500 },
  );
});

test('what was taken already is not found again', () => {
  const kept = new BoundedBytes(10);
  kept.add(Buffer.from('okok'));
  assert.equal(kept.has(Buffer.from('ok'), 2, 2), true);
  assert.equal(kept.has(Buffer.from('ok'), 3, 3), false);
});

test('a text from outside is short, on one line, and does nothing to a terminal', () => {
  assert.equal(quoted('no disk'), '"no disk"');
  assert.equal(quoted(' a\r\n\u001b[31mred\u202e\u0000 '), '"a [31mred"');
  assert.equal(quoted('x'.repeat(80)), `"${'x'.repeat(80)}"`);
  assert.equal(quoted('x'.repeat(81)), `"${'x'.repeat(80)}…"`);
});
