import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointEvent } from './event-log.ts';
import { EventLog } from './event-log.ts';

const event = (changes: Partial<EndpointEvent> = {}): EndpointEvent => ({
  pool: 'web',
  endpoint: 'a:1',
  by: 'health',
  to: 'failing',
  reason: 'connection refused',
  ...changes,
});

test('events are numbered and dated as they come, and the oldest stands first', () => {
  let time = 1000;
  const log = new EventLog(() => new Date(time));
  log.add(event());
  time = 2000;
  log.add(event({ to: 'well' }));
  assert.deepEqual(
    log.events.map((kept) => [kept.id, kept.at.getTime(), kept.kind === 'endpoint' && kept.to]),
    [
      [1, 1000, 'failing'],
      [2, 2000, 'well'],
    ],
  );
});

test('the last 512 are kept, and all are counted', () => {
  const log = new EventLog();
  for (let round = 0; round < 1000; round++) log.add(event({ to: round % 2 === 0 ? 'failing' : 'well' }));
  assert.deepEqual([log.events.length, log.events[0]?.id, log.events.at(-1)?.id, log.added], [512, 489, 1000, 1000]);
  assert.deepEqual(log.transitions('web', 'a:1'), { well: 500, failing: 500, up: 0, draining: 0, down: 0 });
});

test('transitions are counted for each endpoint of each pool by itself, and weights are none', () => {
  const log = new EventLog();
  log.add(event({ to: 'down', by: 'operator' }));
  log.add(event({ to: 'weight', by: 'operator' }));
  log.add(event({ pool: 'api', to: 'up' }));
  assert.deepEqual(log.transitions('web', 'a:1'), { well: 0, failing: 0, up: 0, draining: 0, down: 1 });
  assert.deepEqual(log.transitions('api', 'a:1'), { well: 0, failing: 0, up: 1, draining: 0, down: 0 });
  assert.deepEqual(log.transitions('api', 'b:1'), { well: 0, failing: 0, up: 0, draining: 0, down: 0 });
  assert.equal(log.events.length, 3);
});

test('documents that came in force stand among the others, and count for no endpoint', () => {
  const log = new EventLog();
  log.add(event());
  log.addConfiguration({ version: 2, origin: 'API', difference: 'Pools: added spare.' });
  assert.deepEqual(
    log.events.map(({ id, kind }) => [id, kind]),
    [
      [1, 'endpoint'],
      [2, 'configuration'],
    ],
  );
  assert.equal(log.added, 2);
});

test('listeners are told once an event is kept, until they have enough', () => {
  const log = new EventLog();
  const heard: number[] = [];
  const forget = log.onAdded(() => heard.push(log.events.length));
  log.add(event());
  log.addConfiguration({ version: 2, origin: 'API', difference: '' });
  forget();
  log.add(event());
  assert.deepEqual(heard, [1, 2]);
});
