// The small parts: outcomes, units, items known to be there, and switches known to be complete.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { itemAt } from './item-at.ts';
import { moduleBeside } from './module-beside.ts';
import type { Result } from './result.ts';
import { fault, success } from './result.ts';
import { bytes, milliseconds } from './units.ts';
import { unreachable } from './unreachable.ts';

describe('an outcome', () => {
  const halve = (value: number): Result<number, string> => (value % 2 === 0 ? success(value / 2) : fault('odd'));

  test('is a value or a fault, told apart by ok', () => {
    assert.deepEqual(halve(4), { ok: true, value: 2 });
    assert.deepEqual(halve(3), { ok: false, fault: 'odd' });
  });
});

describe('units', () => {
  test('are plain numbers in milliseconds and bytes', () => {
    assert.equal(milliseconds(250), 250);
    assert.equal(bytes(7), 7);
  });
});

test('a module beside another ends as that does, in a checkout and in a package', () => {
  assert.equal(moduleBeside('worker', 'file:///evenkeel/src/supervisor.ts').href, 'file:///evenkeel/src/worker.ts');
  assert.equal(moduleBeside('worker', 'file:///v1.2/dist/supervisor.js').href, 'file:///v1.2/dist/worker.js');
});

describe('the item at an index', () => {
  test('is the one that stands there', () => {
    assert.equal(itemAt(['a', 'b', 'c'], 2), 'c');
  });
});

describe('what cannot be reached', () => {
  test('throws with the value that reached it', () => {
    // Only code around which the compiler was led can hold such a value.
    assert.throws(() => unreachable('surprise' as never), /^Error: Unreachable: surprise$/);
  });
});
