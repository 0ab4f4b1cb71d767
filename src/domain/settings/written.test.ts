// Sections refuse keys in their own place, and no complaint hides another.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { count } from './measures.ts';
import { oneOf, section } from './written.ts';

const door = section(
  { width: count(), colour: oneOf(['red', 'blue'], { gold: 'gilding' }) },
  { expected: 'a door', later: { lock: 'locks' } },
);

const complaints = (input: unknown): readonly (readonly [string, string])[] =>
  (door.safeParse(input).error?.issues ?? []).map(({ path, message }) => [path.join('.'), message] as const);

describe('sections', () => {
  test('the keys are read', () => {
    assert.deepEqual(door.parse({ width: 2, colour: 'red' }), { width: 2, colour: 'red' });
  });

  test('every mistake is told, unknown keys in their own place', () => {
    const found = complaints({ width: 0, colour: 'green', hight: 2, lock: true });
    assert.deepEqual(
      found.map(([path]) => path),
      ['width', 'colour', 'hight', 'lock'],
    );
  });

  test('an unknown key comes with the keys that there are, and with those still to be built', () => {
    const [issue] = door.safeParse({ width: 2, colour: 'red', hight: 2 }).error?.issues ?? [];
    assert.deepEqual(issue?.code === 'custom' ? issue.params : undefined, {
      unknownKeyAmong: ['width', 'colour'],
      later: { lock: 'locks' },
    });
  });

  test('what is no section is told once', () => {
    for (const input of [5, 'door', null, [], undefined]) assert.deepEqual(complaints(input), [['', 'expected a door']]);
  });

  test('a missing key is told in its place', () => {
    assert.deepEqual(
      complaints({}).map(([path]) => path),
      ['width', 'colour'],
    );
  });
});

describe('words', () => {
  test('a word that is still to be built is told as such', () => {
    assert.deepEqual(complaints({ width: 2, colour: 'gold' }), [
      ['colour', 'gilding is not built yet in this version; allowed is "red", "blue"'],
    ]);
  });

  test('any other word is answered with those that there are', () => {
    assert.deepEqual(complaints({ width: 2, colour: 'toString' }), [['colour', 'expected one of "red", "blue"']]);
  });
});
