// What is kept of a body: all of it or nothing, whatever becomes of the bytes that were lent, and in little more memory than it has bytes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KeptBody } from './kept-body.ts';

const limit = 1_000_000;

describe('a kept body', () => {
  test('is what was added, up to the limit, and nothing beyond it', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.nat(60_000), (all, most) => {
        const kept = new KeptBody(most);
        let sum = Buffer.alloc(0);
        for (const piece of all) {
          const lent = Buffer.concat([Buffer.from('<'), piece, Buffer.from('>')]);
          kept.add(lent, 1, lent.length - 1);
          lent.fill(0xff);
          sum = Buffer.concat([sum, piece]);
          if (sum.length > most) break;
        }
        assert.equal(kept.isWhole, sum.length <= most);
        assert.deepEqual(kept.bytes, kept.isWhole ? sum : Buffer.alloc(0));
      }),
      { seed: 0xb0d1, numRuns: 300 },
    );
  });

  test('takes at most twice its bytes, however small the pieces', () => {
    const kept = new KeptBody(limit);
    const one = Buffer.from('x');
    for (let count = 1; count <= 300_000; count++) {
      kept.add(one, 0, 1);
      assert.ok(kept.bytes.buffer.byteLength <= 2 * count, `${kept.bytes.buffer.byteLength} for ${count}`);
    }
    assert.equal(kept.bytes.length, 300_000);
  });

  test('never takes more than the limit', () => {
    const kept = new KeptBody(limit);
    const piece = Buffer.alloc(limit / 2 + 1);
    kept.add(piece, 0, piece.length);
    kept.add(piece, 0, piece.length - 2);
    assert.deepEqual([kept.bytes.length, kept.bytes.buffer.byteLength], [limit, limit]);
  });

  test('stays as it was given, also when more is added', () => {
    const kept = new KeptBody(limit);
    kept.add(Buffer.from('abc'), 0, 3);
    const given = kept.bytes;
    for (let turn = 0; turn < 1000; turn++) kept.add(Buffer.from('defghi'), 0, 6);
    assert.equal(String(given), 'abc');
    assert.equal(kept.bytes.length, 6003);
  });

  test('gives its memory back when it is forgotten, and keeps nothing more', () => {
    const kept = new KeptBody(limit);
    kept.add(Buffer.alloc(100_000), 0, 100_000);
    kept.forget();
    kept.add(Buffer.from('abc'), 0, 3);
    assert.deepEqual([kept.isWhole, kept.bytes.length, kept.bytes.buffer.byteLength], [false, 0, 0]);
  });
});
