// Who keeps a row of the scoreboard through changes of the document, who gets one, and when rows are used again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlacedDocument, Places } from './places.ts';
import { countNames, endpointRowAt, firstPlaces, PlaceKeeper, poolRowOf } from './places.ts';

/** `{ web: 'a b' }`: pools and the names of their endpoints. */
const documentOf = (pools: Readonly<Record<string, string>>, ...listeners: readonly string[]): PlacedDocument => ({
  listeners: listeners.map((name) => ({ name })),
  pools: Object.fromEntries(
    Object.entries(pools).map(([name, ids]) => [
      name,
      {
        endpoints: ids
          .split(' ')
          .filter(Boolean)
          .map((id) => ({ id })),
      },
    ]),
  ),
});

const room = { listeners: 4, pools: 4, endpoints: 6 };

function placed(keeper: PlaceKeeper, document: PlacedDocument): Places {
  const places = keeper.place(document);
  assert.ok(places.ok);
  return places.value;
}

describe('the first document', () => {
  const document = documentOf({ web: 'a b', api: 'a' }, 'one', 'two');

  test('has rows in the order of its parts', () => {
    assert.deepEqual(firstPlaces(document), {
      listeners: { one: 0, two: 1 },
      pools: { web: { row: 0, endpoints: [0, 1] }, api: { row: 1, endpoints: [2] } },
    });
    assert.deepEqual(countNames(document), { listeners: 2, pools: 2, endpoints: 3 });
  });

  test('is asked by name and position', () => {
    const places = firstPlaces(document);
    assert.equal(endpointRowAt(places, 'api', 0), 2);
    assert.equal(poolRowOf(places, 'api'), 1);
    assert.throws(() => endpointRowAt(places, 'web', 2), /Endpoint 2 of pool web has no row/);
    assert.throws(() => poolRowOf(places, 'none'), /Pool none has no row/);
  });
});

describe('a change', () => {
  test('leaves everybody the row of its name, wherever it stands', () => {
    const keeper = new PlaceKeeper(room);
    placed(keeper, documentOf({ web: 'a b', api: 'a' }, 'one'));
    const after = placed(keeper, documentOf({ api: 'c a', web: 'b a' }, 'two', 'one'));
    assert.deepEqual(after.pools, { api: { row: 1, endpoints: [3, 2] }, web: { row: 0, endpoints: [1, 0] } });
    assert.deepEqual(after.listeners, { two: 1, one: 0 });
  });

  test('gives the rows of what is gone, which are used again when they are free and no others are left', () => {
    const keeper = new PlaceKeeper(room);
    placed(keeper, documentOf({ web: 'a b c' }));
    const next = documentOf({ web: 'c d' });
    placed(keeper, next);
    assert.deepEqual(keeper.keepOnly(next), { listeners: [], pools: [], endpoints: [0, 1] });
    keeper.free('endpoints', 1);
    keeper.free('endpoints', 0);
    const last = documentOf({ web: 'a b c d e f' });
    assert.deepEqual(placed(keeper, last).pools, { web: { row: 0, endpoints: [4, 5, 2, 3, 1, 0] } });
  });

  test('that comes to nothing leaves what was in force its rows', () => {
    const keeper = new PlaceKeeper(room);
    const inForce = documentOf({ web: 'a b' });
    const before = placed(keeper, inForce);
    placed(keeper, documentOf({ web: 'a c', other: 'a' }));
    assert.deepEqual(keeper.keepOnly(inForce), { listeners: [], pools: [1], endpoints: [2, 3] });
    assert.deepEqual(placed(keeper, inForce), before);
  });

  test('that there is no room for changes nothing, and says what there is too much of', () => {
    const keeper = new PlaceKeeper(room);
    const inForce = documentOf({ web: 'a b c d' });
    placed(keeper, inForce);
    assert.deepEqual(keeper.place(documentOf({ web: 'c d e f g' })), { ok: false, fault: { kind: 'endpoints', room: 6 } });
    assert.deepEqual(keeper.place(documentOf({ a: '', b: '', c: '', d: '' })), { ok: false, fault: { kind: 'pools', room: 4 } });
    assert.deepEqual(keeper.keepOnly(inForce), { listeners: [], pools: [], endpoints: [] });
  });
});
