// When rows of the scoreboard are given to others, and what they hold then.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlacedDocument, Places } from '../../domain/endpoints/places.ts';
import {
  endpointControl,
  endpointCounter,
  inFlightAt,
  listenerCounter,
  poolCounter,
  Scoreboard,
} from '../../domain/endpoints/scoreboard.ts';
import { noRoomText, RowLedger, roomFor } from './row-ledger.ts';

const documentOf = (pools: Readonly<Record<string, readonly string[]>>, ...listeners: readonly string[]): PlacedDocument => ({
  listeners: listeners.map((name) => ({ name })),
  pools: Object.fromEntries(Object.entries(pools).map(([name, ids]) => [name, { endpoints: ids.map((id) => ({ id })) }])),
});

function world() {
  const board = new Scoreboard({ workers: 2, listeners: 2, pools: 2, endpoints: 2 });
  const forgotten: number[] = [];
  const ledger = new RowLedger(board, (rows) => forgotten.push(...rows));
  const place = (document: PlacedDocument): Places => {
    const placed = ledger.place(document);
    assert.ok(placed.ok);
    return placed.value;
  };
  return { board, ledger, place, forgotten };
}

describe('an endpoint that is gone', () => {
  test('keeps its row until its last exchange is over; then another one gets it, empty', () => {
    const { board, ledger, place, forgotten } = world();
    place(documentOf({ web: ['a', 'b'] }));
    board.slots[inFlightAt(0)] = 1;
    board.endpointRow(1, 0)[endpointCounter.attempts] = 7;
    board.controls(0)[endpointControl.state] = 2;
    board.signals(0)[3] = 5;
    const next = documentOf({ web: ['b'] });
    place(next);
    ledger.keepOnly(next);
    assert.deepEqual(ledger.place(documentOf({ web: ['b', 'c'] })), { ok: false, fault: { kind: 'endpoints', room: 2 } });
    assert.deepEqual(forgotten, []);

    board.slots[inFlightAt(0)] = 0;
    ledger.sweep();
    assert.deepEqual(forgotten, [0]);
    assert.deepEqual(place(documentOf({ web: ['b', 'c'] })).pools, { web: { row: 0, endpoints: [1, 0] } });
    assert.equal(board.endpointRow(1, 0)[endpointCounter.attempts], 0);
    assert.equal(board.controls(0)[endpointControl.state], 0);
    assert.equal(board.signals(0)[3], 0);
  });

  test('holds the row of its pool as long', () => {
    const { board, ledger, place } = world();
    place(documentOf({ old: ['a'], web: ['b'] }));
    board.poolRow(0, 0)[poolCounter.queued] = 3;
    board.slots[inFlightAt(0)] = 1;
    const next = documentOf({ web: ['b'] });
    place(next);
    ledger.keepOnly(next);
    assert.deepEqual(ledger.place(documentOf({ web: ['b'], new: [] })), { ok: false, fault: { kind: 'pools', room: 2 } });
    board.slots[inFlightAt(0)] = 0;
    ledger.sweep();
    assert.equal(place(documentOf({ web: ['b'], new: [] })).pools['new']?.row, 0);
    assert.equal(board.poolRow(0, 0)[poolCounter.queued], 0);
  });
});

test('a listener that is gone keeps its row while clients or tunnels of it are there', () => {
  const { board, ledger, place } = world();
  place(documentOf({}, 'one', 'two'));
  const row = board.listenerRow(1, 0);
  row[listenerCounter.openConnections] = 1;
  const next = documentOf({}, 'two');
  place(next);
  ledger.keepOnly(next);
  const three = documentOf({}, 'two', 'three');
  assert.equal(ledger.place(three).ok, false);
  row[listenerCounter.openConnections] = 0;
  row[listenerCounter.tunnels] = 1;
  ledger.sweep();
  assert.equal(ledger.place(three).ok, false);
  row[listenerCounter.tunnels] = 0;
  ledger.sweep();
  assert.deepEqual(place(three).listeners, { two: 1, three: 0 });
});

test('there is room for what may come, and it is said when there is none', () => {
  assert.deepEqual(roomFor(documentOf({ web: ['a'] }, 'one')), { listeners: 64, pools: 512, endpoints: 4096 });
  const many = Array.from({ length: 5000 }, (_, index) => `e${index}`);
  assert.equal(roomFor(documentOf({ web: many })).endpoints, 20_000);
  assert.match(
    noRoomText({ kind: 'endpoints', room: 4096 }),
    /^there is room for 4096 endpoints until the next start.*restart to make room$/,
  );
});
