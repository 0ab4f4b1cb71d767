// Who has the next place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Waiting } from './waiting-line.ts';
import { WaitingLine } from './waiting-line.ts';

interface Item extends Waiting {
  readonly name: string;
}

const item = (name: string, isSlow = false): Item => ({ name, group: name.slice(0, 1), isSlow });

function lineOf(...names: readonly string[]): WaitingLine<Item> {
  const line = new WaitingLine<Item>();
  for (const name of names) line.add(item(name));
  return line;
}

function takenFrom(line: WaitingLine<Item>, mayBeSlow = true): readonly string[] {
  const taken: string[] = [];
  for (let next = line.take(mayBeSlow); next !== undefined; next = line.take(mayBeSlow)) taken.push(next.name);
  return taken;
}

describe('a line of those who wait', () => {
  test('is empty at first', () => assert.deepEqual([lineOf().size, takenFrom(lineOf())], [0, []]));

  test('has one group in the order in which they came', () => assert.deepEqual(takenFrom(lineOf('a1', 'a2', 'a3')), ['a1', 'a2', 'a3']));

  test('gives turns to groups, however many wait in each', () => {
    assert.deepEqual(takenFrom(lineOf('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1')), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  test('lets a group that comes later wait for one turn of each of the others', () => {
    const line = lineOf('a1', 'a2', 'b1', 'b2');
    assert.equal(line.take(true)?.name, 'a1');
    line.add(item('c1'));
    assert.deepEqual(takenFrom(line), ['b1', 'a2', 'c1', 'b2']);
  });

  test('has slow ones behind all others, and only where they may be taken', () => {
    const line = lineOf('a1');
    line.add(item('a2', true));
    line.add(item('b1', true));
    line.add(item('a3'));
    assert.deepEqual(takenFrom(line, false), ['a1', 'a3']);
    assert.equal(line.size, 2);
    assert.deepEqual(takenFrom(line), ['a2', 'b1']);
  });

  test('forgets who left it', () => {
    const [one, other] = [item('a1'), item('b1', true)];
    const line = new WaitingLine<Item>();
    for (const each of [one, other]) line.add(each);
    line.delete(one);
    line.delete(one);
    line.delete(other);
    assert.deepEqual([line.size, takenFrom(line)], [0, []]);
  });
});

test('everybody who waits is taken once, and between two of one group no other group comes twice while both wait', () => {
  const items = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 2, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c', 'd') }) }), {
    selector: ({ name }) => name,
    maxLength: 40,
  });
  fc.assert(
    fc.property(items, (given) => {
      const line = lineOf(...given.map(({ name }) => name));
      assert.equal(line.size, given.length);
      const taken = takenFrom(line);
      assert.deepEqual(taken.toSorted(), given.map(({ name }) => name).toSorted());
      const left = Map.groupBy(taken, (name) => name.slice(0, 1));
      const most = Math.max(0, ...[...left.values()].map(({ length }) => length));
      // Round by round: the k-th round has one of each group that has k of them.
      const rounds = Array.from({ length: most }, (_, round) => [...left.values()].filter(({ length }) => length > round).length);
      let at = 0;
      for (const count of rounds) {
        const groups = taken.slice(at, at + count).map((name) => name.slice(0, 1));
        assert.equal(new Set(groups).size, count);
        at += count;
      }
    }),
    { seed: 0x5eed, numRuns: 300 },
  );
});
