// Who waits, who is served next and who is told to go, by a clock of its own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocatedBytes } from '../../../../test/support/policies/allocated-bytes.ts';
import { never, rules, Scene } from '../../../../test/support/waiting/scene.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import type { Waiter } from './waiting-room.ts';
import { noTicket, WaitingRoom } from './waiting-room.ts';

describe('a waiting room', () => {
  test('serves whoever has the earliest deadline when a place becomes free', () => {
    const scene = new Scene();
    assert.equal(scene.join('a', { deadline: 1900 }), true);
    assert.equal(scene.join('b', { deadline: 1500 }), true);
    assert.equal(scene.join('c'), true);
    scene.free();
    assert.deepEqual(scene.told, ['b served']);
    scene.free(2);
    assert.deepEqual(scene.told, ['b served', 'a served', 'c served']);
    assert.equal(scene.room.isEmpty, true);
    assert.deepEqual(scene.events, ['queued', 'queued', 'queued']);
  });

  test('serves the more important first, and keeps the less important within their places', () => {
    const scene = new Scene({ priority: { header: 'x-priority', limits: [3, 1] } });
    scene.join('low', { priority: 1, deadline: 1100 });
    assert.equal(scene.join('low too', { priority: 1 }), false);
    scene.join('high');
    scene.free(2);
    assert.deepEqual(scene.told, ['high served', 'low served']);
    assert.deepEqual(scene.events, ['queued', 'refused', 'queued']);
  });

  test('refuses whoever would come last when it is full, and puts out the last for one who comes before', () => {
    const scene = new Scene();
    for (const [name, deadline] of [
      ['a', 1500],
      ['b', 1600],
      ['c', 1700],
    ] as const)
      scene.join(name, { deadline });
    assert.equal(scene.join('d', { deadline: 1800 }), false);
    assert.equal(scene.room.isTooLate, false);
    assert.equal(scene.join('e', { deadline: 1550 }), true);
    assert.deepEqual(scene.told, ['c displaced 1']);
    assert.deepEqual(scene.events, ['queued', 'queued', 'queued', 'refused', 'queued', 'expired']);
    assert.equal(scene.room.size, 3);
  });

  test('refuses at once who has no chance by the deadline, and says when there will be one', () => {
    const scene = new Scene({ size: 100 });
    scene.room.learn(400);
    assert.equal(scene.join('a'), true);
    assert.equal(scene.join('b', { deadline: 1800 }), true);
    // Behind b it would begin after 800 ms and be over after 1200.
    assert.equal(scene.join('c', { deadline: 2199 }), false);
    assert.equal(scene.room.isTooLate, true);
    assert.equal(scene.join('d', { deadline: 2200 }), true);
    // With the time that waiting may take, there is no chance behind three.
    assert.equal(scene.join('e'), false);
    assert.equal(scene.room.retryAfter, 2);
    assert.equal(scene.join('f', { deadline: 1000 }), false);
  });

  test('tells whoever waited as long as it may, and wakes nobody for it', () => {
    const scene = new Scene();
    scene.join('a');
    scene.now = 1500;
    scene.join('b');
    scene.look();
    assert.deepEqual(scene.told, []);
    scene.now = 2000;
    scene.look();
    assert.deepEqual(scene.told, ['a late 1']);
    scene.now = 2499;
    scene.free();
    assert.deepEqual(scene.told, ['a late 1', 'b served']);
    assert.deepEqual(scene.events, ['queued', 'queued', 'expired']);
  });

  test('serves nobody who is late though no look has found it', () => {
    const scene = new Scene();
    scene.join('a', { deadline: 1100 });
    scene.join('b');
    scene.now = 1100;
    scene.free();
    assert.deepEqual(scene.told, ['a late 1', 'b served']);
  });

  test('looks for places that others freed, and only while somebody waits', () => {
    const scene = new Scene();
    assert.equal(scene.looking, 0);
    scene.join('a');
    scene.join('b');
    assert.equal(scene.looking, 1);
    scene.places = 1;
    scene.look();
    assert.deepEqual([scene.told, scene.looking], [['a served'], 1]);
    scene.places = 1;
    scene.look();
    assert.deepEqual([scene.told, scene.looking], [['a served', 'b served'], 0]);
    scene.join('c');
    assert.equal(scene.looking, 1);
  });

  test('wakes who joins where there is a place after all', () => {
    const scene = new Scene({}, 1);
    assert.equal(scene.join('a'), true);
    assert.deepEqual(scene.told, ['a served']);
  });

  test('takes in one for whom there is room only since another worker gave back its place', () => {
    const scene = new Scene({ size: 1 });
    scene.join('a');
    // Nobody has looked yet.
    scene.places = 1;
    assert.equal(scene.join('b'), true);
    assert.deepEqual(scene.told, ['a served']);
    assert.deepEqual(scene.events, ['queued', 'queued']);
  });

  test('says of each who waits no more how long that took, once', () => {
    const scene = new Scene({ size: 2 });
    const left = scene.waiter('left');
    scene.room.join(left, 0, 1900);
    scene.now = 1100;
    scene.room.leave(left);
    scene.join('served', { deadline: 1800 });
    scene.now = 1300;
    scene.free();
    scene.join('late', { deadline: 1400 });
    scene.join('displaced', { deadline: 1990 });
    scene.now = 1350;
    scene.join('before', { deadline: 1360 });
    scene.now = 1500;
    scene.look();
    assert.deepEqual(scene.waits, [100, 200, 50, 150, 200]);
    assert.deepEqual(scene.told, ['served served', 'displaced displaced 1', 'before late 1', 'late late 1']);
  });

  test('can be left, once, and not by one who does not wait', () => {
    const scene = new Scene();
    const waiter = scene.waiter('a');
    scene.room.join(waiter, 0, never);
    scene.room.leave(waiter);
    scene.room.leave(waiter);
    assert.equal(waiter.ticket, noTicket);
    scene.join('b');
    scene.room.leave(waiter);
    scene.free();
    assert.deepEqual(scene.told, ['b served']);
  });
});

describe('a worker with more than its share of the places', () => {
  test('leaves one to others now and then, and takes it when nobody else does', () => {
    const scene = new Scene({ size: 10 });
    scene.isBeyondShare = true;
    for (const name of ['a', 'b', 'c', 'd']) scene.join(name);
    scene.free();
    assert.deepEqual(scene.told, [], 'it is left');
    // Each of its own that becomes free meanwhile is its own.
    scene.free();
    assert.deepEqual(scene.told, ['a served']);
    scene.now += 5;
    scene.look();
    assert.deepEqual(scene.told, ['a served'], 'others have not looked yet');
    scene.now += 5;
    scene.look();
    assert.deepEqual(scene.told, ['a served', 'b served']);
    scene.now += 50;
    scene.free();
    assert.deepEqual(scene.told, ['a served', 'b served', 'c served'], 'not so soon again');
    scene.now += 100;
    scene.free();
    assert.equal(scene.told.length, 3);
  });

  test('leaves nothing where there is nothing to leave', () => {
    const scene = new Scene();
    scene.isBeyondShare = true;
    scene.join('a');
    scene.room.freed();
    scene.isBeyondShare = false;
    scene.free();
    assert.deepEqual(scene.told, ['a served']);
  });
});

describe('while the queue stands', () => {
  const codel = { interval: milliseconds(100), target: milliseconds(20) };

  test('nobody waits longer than the target', () => {
    const scene = new Scene({ codel, order: 'fifo' });
    scene.join('a');
    scene.now = 1200;
    scene.join('b');
    scene.now = 1220;
    scene.look();
    assert.deepEqual(scene.told, ['b late 1']);
    scene.free();
    scene.now = 1300;
    scene.join('c');
    scene.now = 1390;
    scene.free();
    assert.deepEqual(scene.told, ['b late 1', 'a served', 'c served']);
  });

  test('the newest come first where the order is adaptive, and the oldest while it does not stand', () => {
    const scene = new Scene({ codel: { interval: milliseconds(100), target: milliseconds(1000) }, order: 'adaptive' });
    for (const name of ['a', 'b', 'c']) scene.join(name);
    scene.free();
    scene.now = 1101;
    scene.free();
    assert.deepEqual(scene.told, ['a served', 'c served']);
  });
});

test('waiting allocates nothing', () => {
  let places = 0;
  let now = 0;
  const room = new WaitingRoom({
    rules: { ...rules, size: 256, priority: { header: 'x', limits: [256, 128] } },
    hasRoom: () => places > 0,
    places: () => 10,
    clock: () => now,
    count: () => undefined,
    repeat: () => () => undefined,
  });
  const waiters = Array.from(
    { length: 100 },
    (): Waiter => ({
      ticket: noTicket,
      wake: () => {
        places--;
        return true;
      },
      expired: () => undefined,
    }),
  );
  const bytes = allocatedBytes((times) => {
    for (let time = 0; time < times; time++) {
      now += 1;
      const waiter = waiters[time % 100] as Waiter;
      if (waiter.ticket === noTicket) room.join(waiter, time & 1, now + 500);
      room.learn(3);
      places = 1;
      if (time % 3 !== 0) room.freed();
    }
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
