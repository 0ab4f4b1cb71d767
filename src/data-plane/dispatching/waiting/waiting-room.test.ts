// Who waits, who is served next and who is told to go, by a clock of its own; and what is served in time when twice as much is asked for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allocatedBytes } from '../../../../test/support/policies/allocated-bytes.ts';
import { runWaiting, type WaitingLoad } from '../../../../test/support/time/waiting-pool.ts';
import type { QueueRules } from '../../../domain/resilience/rules.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import type { Waiter, WaitingEvent } from './waiting-room.ts';
import { noTicket, WaitingRoom } from './waiting-room.ts';

const rules: QueueRules = { size: 3, timeout: milliseconds(1000), order: 'deadline' };
const never = Number.POSITIVE_INFINITY;

/** One worker before a pool with so many places. */
class Scene {
  readonly room: WaitingRoom;
  readonly events: WaitingEvent[] = [];
  /** What was done to whom, in order. */
  readonly told: string[] = [];
  /** How long each waited who does so no more. */
  readonly waits: number[] = [];
  /** This worker has more than its share of the places. */
  isBeyondShare = false;
  now = 1000;
  places: number;
  /** Timers that run. */
  looking = 0;
  look: () => void = () => undefined;

  constructor(other: Partial<QueueRules> = {}, places = 0) {
    this.places = places;
    this.room = new WaitingRoom({
      rules: { ...rules, ...other },
      hasRoom: () => this.places > 0,
      places: () => 1,
      clock: () => this.now,
      count: (event) => this.events.push(event),
      ended: (waited) => this.waits.push(waited),
      isBeyondShare: () => this.isBeyondShare,
      repeat: (look) => {
        this.looking++;
        this.look = look;
        return () => {
          this.looking--;
        };
      },
    });
  }

  waiter(name: string, onWake?: () => boolean): Waiter {
    return {
      ticket: noTicket,
      wake: () => {
        if (onWake !== undefined) return onWake();
        this.places--;
        this.told.push(`${name} served`);
        return true;
      },
      expired: (retryAfter, isDisplaced) => this.told.push(`${name} ${isDisplaced ? 'displaced' : 'late'} ${retryAfter}`),
    };
  }

  /** Joins by that name. */
  join(name: string, { priority = 0, deadline = never }: { priority?: number; deadline?: number } = {}): boolean {
    return this.room.join(this.waiter(name), priority, deadline);
  }

  free(places = 1): void {
    this.places += places;
    this.room.freed();
  }
}

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

describe('who is woken', () => {
  test('keeps its turn when another worker was faster', () => {
    const scene = new Scene();
    const outcomes = [false, false, true];
    scene.room.join(
      scene.waiter('a', () => {
        scene.told.push('a woken');
        scene.places = 0;
        return outcomes.shift() ?? true;
      }),
      0,
      1900,
    );
    scene.join('b');
    scene.free(2);
    scene.free(2);
    assert.equal(scene.room.size, 2);
    scene.free(2);
    scene.free(2);
    assert.deepEqual(scene.told, ['a woken', 'a woken', 'a woken', 'b served']);
  });

  test('may be done at once and free its place again, however many there are', () => {
    const scene = new Scene({ size: 50_000 });
    let served = 0;
    const wake = (): boolean => {
      served++;
      // Done before it returns, as one is whose endpoint refuses.
      scene.room.freed();
      return true;
    };
    for (let count = 0; count < 50_000; count++) scene.room.join(scene.waiter(`${count}`, wake), 0, never);
    scene.free();
    assert.equal(served, 50_000);
    assert.equal(scene.room.isEmpty, true);
  });

  test('may join anew at once', () => {
    const scene = new Scene();
    let woken = 0;
    const waiter = scene.waiter('a', () => {
      scene.places = 0;
      return ++woken > 1 || scene.room.join(waiter, 0, never);
    });
    scene.room.join(waiter, 0, never);
    scene.free();
    assert.equal(scene.room.size, 1);
    scene.free();
    assert.deepEqual([woken, scene.room.size, waiter.ticket], [2, 0, noTicket]);
  });

  test('may leave at once', () => {
    const scene = new Scene();
    const waiter = scene.waiter('a', () => {
      scene.room.leave(waiter);
      return true;
    });
    scene.room.join(waiter, 0, never);
    scene.join('b');
    scene.free();
    assert.deepEqual(scene.told, ['b served']);
  });

  test('is told afterwards when it made room for another meanwhile and found no place', () => {
    for (const isServed of [true, false]) {
      const scene = new Scene({ size: 1 });
      const waiter = scene.waiter('a', () => {
        scene.places = 0;
        assert.equal(scene.join('b', { deadline: 1200 }), true);
        return isServed;
      });
      scene.room.join(waiter, 0, 1500);
      scene.free();
      assert.deepEqual(scene.told, isServed ? [] : ['a displaced 1']);
      scene.free();
      assert.equal(scene.told.at(-1), 'b served');
    }
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

test('each who comes is served, refused or told once, whatever happens in between', () => {
  const step = fc.oneof(
    fc.record({ join: fc.nat(2), patience: fc.integer({ min: 0, max: 60 }), wakes: fc.boolean() }),
    fc.record({ free: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ leave: fc.nat(40) }),
    fc.record({ wait: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ learn: fc.integer({ min: 1, max: 20 }) }),
  );
  const order = fc.constantFrom('deadline' as const, 'fifo' as const, 'lifo' as const, 'adaptive' as const);
  fc.assert(
    fc.property(order, fc.array(step, { maxLength: 80 }), (order, steps) => {
      const codel = { interval: milliseconds(30), target: milliseconds(10) };
      const priority = { header: 'x', limits: [4, 2] };
      const scene = new Scene({ size: 4, timeout: milliseconds(40), order, codel, priority });
      const waiters: Waiter[] = [];
      const ends: number[] = [];
      const come = (lane: number, patience: number, wakes: boolean): void => {
        const index = waiters.length;
        ends.push(0);
        const end = (): void => {
          ends[index] = (ends[index] ?? 0) + 1;
        };
        const waiter: Waiter = {
          ticket: noTicket,
          wake: () => {
            if (!wakes && scene.places-- > 0) return false;
            scene.places--;
            end();
            // The client has sent another request already, which begins now.
            if (index % 3 === 0) come(0, 15, true);
            return true;
          },
          expired: () => {
            end();
            if (index % 5 === 0) come(1, 25, true);
          },
        };
        waiters.push(waiter);
        if (!scene.room.join(waiter, lane, scene.now + patience)) end();
      };
      for (const each of steps) {
        if ('join' in each) come(each.join, each.patience, each.wakes);
        else if ('free' in each) scene.free(each.free);
        else if ('wait' in each) scene.now += each.wait;
        else if ('learn' in each) scene.room.learn(each.learn);
        else {
          const waiter = waiters[each.leave];
          if (waiter !== undefined && waiter.ticket !== noTicket) {
            ends[each.leave] = (ends[each.leave] ?? 0) + 1;
            scene.room.leave(waiter);
          }
        }
        if ('wait' in each) scene.look();
        assert.ok(scene.room.size <= 4);
      }
      scene.places = 0;
      for (let rounds = 0; rounds < 100 && !scene.room.isEmpty; rounds++) {
        scene.now += 1000;
        scene.look();
      }
      assert.deepEqual(
        ends,
        ends.map(() => 1),
      );
      scene.look();
      assert.equal(scene.looking, 0);
    }),
    { seed: 0x3417, numRuns: 600 },
  );
});

describe('when twice as much is asked for as can be served, of what can be served', () => {
  const usual: Omit<WaitingLoad, 'rules' | 'workers'> = {
    places: 10,
    service: 20,
    load: 2,
    patience: 200,
    saysDeadline: true,
    seconds: 60,
  };
  const wide: QueueRules = { size: 100, timeout: milliseconds(1000), order: 'deadline' };
  const cases: readonly (readonly [name: string, load: WaitingLoad])[] = [
    ['with deadlines', { ...usual, rules: wide, workers: 1 }],
    ['with deadlines and four workers', { ...usual, rules: wide, workers: 4 }],
    ['with deadlines of five times what serving takes', { ...usual, patience: 100, rules: wide, workers: 1 }],
    [
      'with clients who do not say how long they wait',
      { ...usual, saysDeadline: false, rules: { ...wide, timeout: milliseconds(100) }, workers: 1 },
    ],
    [
      'with the newest first while the queue stands',
      {
        ...usual,
        saysDeadline: false,
        workers: 2,
        rules: { ...wide, order: 'adaptive', codel: { interval: milliseconds(100), target: milliseconds(1000) } },
      },
    ],
  ];
  for (const [name, load] of cases) {
    test(`${name}, nine tenths are in time`, (context) => {
      const { goodput, late } = runWaiting(load, 1);
      context.diagnostic(`goodput ${goodput.toFixed(3)} of capacity, ${(100 * late).toFixed(2)} % of the served too late`);
      assert.ok(goodput >= 0.9, `${goodput}`);
      assert.ok(late < 0.08, `${late}`);
    });
  }

  for (const [places, service] of [
    [10, 20],
    [1, 5],
    [3, 50],
  ] as const) {
    test(`at ${places} places a worker that is asked later than another gets its part, and little is lost by that`, (context) => {
      const patience = 10 * service;
      const workerOf = (now: number, chance: number): number => (now < 5000 || chance < 0.5 ? 0 : 1);
      const { fates, goodput } = runWaiting({ ...usual, places, service, patience, seconds: 30, workerOf, rules: wide, workers: 2 }, 1);
      const shares = [0, 1].map((worker) => {
        const own = fates.filter((fate) => fate.worker === worker && fate.cameAt > 7000);
        return own.filter(({ outcome }) => outcome === 'served').length / own.length;
      });
      context.diagnostic(`goodput ${goodput.toFixed(3)} of capacity; served ${shares.map((share) => share.toFixed(2)).join(' and ')}`);
      for (const share of shares) assert.ok(share > 0.35 && share < 0.65, `${share}`);
      assert.ok(goodput >= 0.9, `${goodput}`);
    });
  }

  test('each worker serves its part', () => {
    const { fates } = runWaiting({ ...usual, rules: wide, workers: 4 }, 1);
    for (let worker = 0; worker < 4; worker++) {
      const own = fates.filter((fate) => fate.worker === worker);
      const share = own.filter(({ outcome }) => outcome === 'served').length / own.length;
      assert.ok(share > 0.35 && share < 0.65, `${share}`);
    }
  });

  test('the more important half is served nearly whole', () => {
    const priority = { header: 'x', limits: [100, 50] };
    const { fates } = runWaiting(
      { ...usual, load: 1.8, rules: { ...wide, priority }, workers: 1, priorityOf: (request) => request % 2 },
      1,
    );
    const servedOf = (priority: number): number => {
      const own = fates.filter((fate) => fate.priority === priority);
      return own.filter(({ outcome }) => outcome === 'served').length / own.length;
    };
    assert.ok(servedOf(0) > 0.97, `${servedOf(0)}`);
    assert.ok(servedOf(1) < 0.25, `${servedOf(1)}`);
  });

  test('who is refused is told at once', () => {
    const { fates } = runWaiting({ ...usual, rules: wide, workers: 1 }, 1);
    const refused = fates.filter(({ outcome }) => outcome !== 'served');
    assert.ok(refused.length > fates.length / 3);
    const atOnce = refused.filter(({ outcome, took }) => outcome === 'refused' && took === 0).length;
    assert.ok(atOnce > 0.85 * refused.length, `${atOnce} of ${refused.length}`);
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
