import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import { firstPlaces } from '../../domain/endpoints/places.ts';
import { endpointControl, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { EventLog } from '../judging/event-log.ts';
import type { EndpointPlace } from './endpoint-controls.ts';
import { EndpointControls } from './endpoint-controls.ts';

const ids = (...texts: string[]) => ({ endpoints: texts.map((id) => ({ id, weight: 1 })) });
const pools = { web: ids('10.0.0.1:80', '10.0.0.2:80'), api: ids('10.0.0.1:80', 'unix:/run/api.sock') };

function world() {
  const board = new Scoreboard({ workers: 2, listeners: 1, endpoints: 4, pools: 2 });
  const log = new RecordedLog();
  let now = 1000;
  const events = new EventLog();
  const controls = new EndpointControls({ pools, places: firstPlaces({ listeners: [], pools }), board, log, clock: () => now, events });
  return {
    board,
    log,
    told: () =>
      events.events.flatMap((kept) => (kept.kind === 'endpoint' ? [`${kept.endpoint} ${kept.to} by ${kept.by}: ${kept.reason}`] : [])),
    controls,
    at: (time: number) => {
      now = time;
    },
    place: (pool: string, id: string): EndpointPlace => {
      const found = controls.find(pool, id);
      assert.ok(found.ok);
      return found.value;
    },
  };
}

test('an endpoint is found by its pool and its id, and has the row that workers give it', () => {
  const { place } = world();
  assert.deepEqual(place('web', '10.0.0.2:80'), { pool: 'web', id: '10.0.0.2:80', position: 1, slot: 1, poolRow: 0 });
  assert.equal(place('api', '10.0.0.1:80').slot, 2, 'the same address in another pool is another endpoint');
  assert.equal(place('api', 'unix:/run/api.sock').slot, 3);
});

test('a name that nothing has is answered with those that there are', () => {
  const { controls } = world();
  const missing = (pool: string, id: string) => {
    const found = controls.find(pool, id);
    return found.ok ? undefined : found.fault;
  };
  assert.deepEqual(missing('wbe', '10.0.0.1:80'), { kind: 'pool', name: 'wbe', names: ['web', 'api'] });
  assert.deepEqual(missing('web', '10.0.0.3:80'), { kind: 'endpoint', name: '10.0.0.3:80', names: ['10.0.0.1:80', '10.0.0.2:80'] });
  for (const name of ['constructor', '__proto__', '']) assert.equal(missing(name, '10.0.0.1:80')?.kind, 'pool', name);
});

test('a change touches its endpoint alone, and raises the revision of its pool alone', () => {
  const { board, controls, place } = world();
  controls.change(place('api', '10.0.0.1:80'), { weight: 3, state: 'draining' });
  assert.deepEqual(
    [0, 1, 2, 3].map((slot) => controls.present(slot)),
    [
      { state: 'up', weight: undefined, downIn: undefined },
      { state: 'up', weight: undefined, downIn: undefined },
      { state: 'draining', weight: 3, downIn: undefined },
      { state: 'up', weight: undefined, downIn: undefined },
    ],
  );
  assert.deepEqual([board.revision(0), board.revision(1)], [0, 1]);
});

test('a weight stays through changes of the state, and null gives the weight of the document back', () => {
  const { board, controls, place } = world();
  const endpoint = place('web', '10.0.0.1:80');
  controls.change(endpoint, { weight: 0 });
  assert.equal(controls.present(0).weight, 0);
  controls.change(endpoint, { state: 'down' });
  assert.deepEqual(controls.present(0), { state: 'down', weight: 0, downIn: undefined });
  controls.change(endpoint, { weight: null });
  assert.deepEqual(controls.present(0), { state: 'down', weight: undefined, downIn: undefined });
  assert.equal(board.revision(0), 3);
});

test('every worker sees the state at its next look, without being told', () => {
  const { board, controls, place } = world();
  const loads = [0, 1].map((worker) => new EndpointLoad(board, worker, 1));
  const seen = () => loads.map(({ isUp, isUpForSessions }) => [isUp, isUpForSessions]);
  const endpoint = place('web', '10.0.0.2:80');
  const both = (...states: boolean[]) => [states, states];
  assert.deepEqual(seen(), both(true, true));
  controls.change(endpoint, { state: 'draining' });
  assert.deepEqual(seen(), both(false, true));
  controls.change(endpoint, { state: 'down' });
  assert.deepEqual(seen(), both(false, false));
  controls.change(endpoint, { state: 'up' });
  assert.deepEqual(seen(), both(true, true));
});

test('an endpoint is new from the moment when it comes up after having been down, however it comes up', () => {
  const { board, controls, place, at } = world();
  const endpoint = place('web', '10.0.0.1:80');
  const upSince = () => board.controls(0)[endpointControl.upSince];
  const change = (time: number, state: 'up' | 'draining' | 'down') => {
    at(time);
    controls.change(endpoint, { state });
    return upSince();
  };
  assert.equal(change(1000, 'up'), 0, 'it was up from the start');
  assert.equal(change(2000, 'draining'), 0);
  assert.equal(change(3000, 'up'), 0, 'it served its sessions all the while');
  assert.equal(change(4000, 'down'), 0);
  assert.equal(change(5000, 'up'), 5000);
  assert.equal(change(6000, 'up'), 5000, 'it was up already');
  assert.equal(change(7000, 'down'), 5000);
  assert.equal(change(8000, 'draining'), 5000);
  assert.equal(change(9000, 'up'), 9000);
});

test('every change is told in the log', () => {
  const { log, controls, place } = world();
  const endpoint = place('web', '10.0.0.1:80');
  controls.change(endpoint, { weight: 2.5, state: 'draining' });
  controls.change(endpoint, { weight: null });
  assert.deepEqual(log.lines, [
    'info Endpoint 10.0.0.1:80 of pool web was changed: weight 2.5, draining.',
    'info Endpoint 10.0.0.1:80 of pool web was changed: weight as in the document.',
  ]);
});

test('what comes into force is an event, and what was so already is none', () => {
  const { controls, place, told } = world();
  const endpoint = place('web', '10.0.0.1:80');
  controls.change(endpoint, { weight: 2.5, state: 'draining' });
  controls.change(endpoint, { weight: 2.5, state: 'draining' });
  controls.advise('web', 1, { state: 'maint', share: 0.5 });
  controls.change(place('web', '10.0.0.2:80'), { state: 'draining' });
  assert.deepEqual(told(), [
    '10.0.0.1:80 weight by operator: it was changed: weight 2.5, draining',
    '10.0.0.1:80 draining by operator: it was changed: weight 2.5, draining',
    '10.0.0.2:80 weight by agent: its agent says down, 50 % of its weight',
    '10.0.0.2:80 down by agent: its agent says down, 50 % of its weight',
  ]);
});

describe('what an agent says', () => {
  test('of its share and of what it bears is in force, and is told only where it takes the endpoint out or lets it in', () => {
    const { controls, told, log } = world();
    controls.advise('web', 0, { share: 0.5, maxConnections: 30 });
    assert.deepEqual(controls.present(0), { state: 'up', weight: 0.5, downIn: undefined, maxConnections: 30 });
    controls.advise('web', 0, { share: 0.25 });
    controls.advise('web', 0, { maxConnections: 20 });
    assert.deepEqual(controls.present(0), { state: 'up', weight: 0.25, downIn: undefined, maxConnections: 20 });
    assert.deepEqual([told(), log.lines], [[], []]);
    controls.advise('web', 0, { share: 0 });
    controls.advise('web', 0, { share: 1, maxConnections: 0 });
    assert.deepEqual(controls.present(0), { state: 'up', weight: undefined, downIn: undefined });
    assert.deepEqual(told(), [
      '10.0.0.1:80 weight by agent: its agent says up, 0 % of its weight',
      '10.0.0.1:80 weight by agent: its agent says up, 100 % of its weight',
    ]);
    assert.equal(log.lines.length, 2);
  });

  test('raises the revision of its pool, so that workers see it', () => {
    const { controls, board } = world();
    controls.advise('api', 2, { maxConnections: 5 });
    controls.advise('api', 2, { maxConnections: 5 });
    assert.deepEqual([board.revision(0), board.revision(1)], [0, 1]);
  });

  test('is forgotten with a document in which nobody asks it any more, and holds with one in which somebody does', () => {
    const { controls, told } = world();
    const places = firstPlaces({ listeners: [], pools });
    controls.advise('web', 0, { state: 'drain', share: 0.5, maxConnections: 5 });
    const asked = { ...pools, web: { ...pools.web, health: { agent: { port: 1 } } } };
    controls.adopt({ pools: asked, places });
    assert.deepEqual(controls.present(0), { state: 'draining', weight: 0.5, downIn: undefined, maxConnections: 5 });
    controls.adopt({ pools, places });
    assert.deepEqual(controls.present(0), { state: 'up', weight: undefined, downIn: undefined });
    assert.equal(told().at(-1), '10.0.0.1:80 up by agent: the document does not have its agent asked any more');
  });
});

describe('the deadline of an endpoint that drains', () => {
  const tenMinutes = milliseconds(600_000);

  test('takes it down when it has passed, and not before', () => {
    const { controls, place, at, told, log, board } = world();
    const endpoint = place('web', '10.0.0.2:80');
    controls.change(endpoint, { state: 'draining', deadline: tenMinutes });
    assert.equal(controls.present(1).downIn, 600_000);
    at(600_999);
    controls.tick();
    assert.deepEqual(controls.present(1), { state: 'draining', weight: undefined, downIn: 1 });
    at(601_000);
    const before = board.revision(0);
    controls.tick();
    controls.tick();
    assert.deepEqual(controls.present(1), { state: 'down', weight: undefined, downIn: undefined });
    assert.equal(board.revision(0), before + 1, 'workers are told once');
    assert.equal(told().at(-1), '10.0.0.2:80 down by deadline: the deadline of its draining has passed');
    assert.deepEqual(log.lines, [
      'info Endpoint 10.0.0.2:80 of pool web was changed: draining, down in 600 s.',
      'info Endpoint 10.0.0.2:80 of pool web is down: the deadline of its draining has passed.',
    ]);
  });

  for (const state of ['up', 'draining', 'down'] as const) {
    test(`is forgotten when the endpoint is changed to ${state}`, () => {
      const { controls, place, at } = world();
      const endpoint = place('web', '10.0.0.1:80');
      controls.change(endpoint, { state: 'draining', deadline: tenMinutes });
      controls.change(endpoint, { state });
      at(10_000_000);
      controls.tick();
      assert.deepEqual(controls.present(0), { state, weight: undefined, downIn: undefined });
    });
  }

  test('begins anew with another one, and stays through a change of the weight', () => {
    const { controls, place, at } = world();
    const endpoint = place('web', '10.0.0.1:80');
    controls.change(endpoint, { state: 'draining', deadline: tenMinutes });
    at(500_000);
    controls.change(endpoint, { state: 'draining', deadline: tenMinutes });
    controls.change(endpoint, { weight: 2 });
    at(1_099_999);
    controls.tick();
    assert.equal(controls.present(0).state, 'draining');
    at(1_100_000);
    controls.tick();
    assert.equal(controls.present(0).state, 'down');
  });
});
