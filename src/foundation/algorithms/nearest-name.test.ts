// Slips of the pen find their word; unrelated words find nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearestName } from './nearest-name.ts';

describe('nearest name', () => {
  const names = ['round-robin', 'random', 'least-connections', 'web', 'api'];

  test('a letter too many, too few, wrong or swapped is forgiven', () => {
    assert.equal(nearestName('round-robbin', names), 'round-robin');
    assert.equal(nearestName('randm', names), 'random');
    assert.equal(nearestName('rendom', names), 'random');
    assert.equal(nearestName('wbe', names), 'web');
  });

  test('capitals do not count', () => {
    assert.equal(nearestName('WEB', names), 'web');
  });

  test('the most alike wins over one that is only alike enough', () => {
    assert.equal(nearestName('listener', ['lister', 'listeners']), 'listeners');
  });

  test('a word that is like none of the names finds nothing', () => {
    assert.equal(nearestName('cache', names), undefined);
    assert.equal(nearestName('x', names), undefined);
    assert.equal(nearestName('anything', []), undefined);
  });
});

describe('edit distance', () => {
  test('known distances', () => {
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('abc', ''), 3);
    assert.equal(editDistance('ab', 'ba'), 1);
  });

  test('is the same both ways, zero only for the same word, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (one, other) => {
        const distance = editDistance(one, other);
        assert.equal(distance, editDistance(other, one));
        assert.equal(distance === 0, one === other);
        assert.ok(distance <= Math.max(one.length, other.length));
        assert.ok(distance >= Math.abs(one.length - other.length));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
