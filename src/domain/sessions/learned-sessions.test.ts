// Sessions of the application's own: what makes and moves an entry, what does not, and when one is forgotten.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { times } from '../../../test/support/endpoints.ts';
import { answerHead, exchangeFacts } from '../../../test/support/http/exchange-facts.ts';
import { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import { LearnedSessions } from './learned-sessions.ts';
import { noSlot } from './sessions.ts';
import type { LearnedSettings } from './sticky-settings.ts';

const idle = milliseconds(1000);
const cookieSession: LearnedSettings = { session: { kind: 'cookie', name: 'SID' }, idle, most: 1000 };
const headerSession: LearnedSettings = { session: { kind: 'header', name: 'x-session' }, idle, most: 1000 };

/** One worker's sessions, with its clock in hand. Others may share its table. */
class Worker {
  now = 5000;
  readonly table: SharedTable;
  readonly sessions: LearnedSessions;

  constructor(settings: LearnedSettings = cookieSession, { seed = 7, beside = undefined as Worker | undefined } = {}) {
    const shape = { capacity: settings.most, lifetime: settings.idle };
    this.table = new SharedTable(shape, beside === undefined ? 0 : 1, beside?.table.buffer);
    this.sessions = new LearnedSessions(settings, { table: this.table, seed, now: () => this.now });
  }

  find(session: string): number {
    return this.sessions.find(visit(session));
  }

  /** An endpoint answers a request with this session; nothing may be added to its answer. */
  answer(facts: ExchangeFacts, slot: number, lines: readonly string[] = [], status = 200): void {
    const head = answerHead(lines, status);
    assert.equal(this.sessions.keep(facts, slot, head), head);
  }
}

const visit = (session: string): ExchangeFacts => exchangeFacts([`Cookie: a=1; SID=${session}`]);
const newcomer = exchangeFacts();

describe('a session that an answer gives', () => {
  test('belongs to the endpoint that gave it', () => {
    const worker = new Worker();
    assert.equal(worker.find('s1'), noSlot);
    worker.answer(newcomer, 2, ['Set-Cookie: SID=s1; Path=/; HttpOnly']);
    worker.answer(newcomer, 0, ['Set-Cookie: b=1', 'Set-Cookie: SID="s2"']);
    assert.deepEqual(
      ['s1', 's2', 'S1', 's', 's12'].map((session) => worker.find(session)),
      [2, 0, noSlot, noSlot, noSlot],
    );
  });

  test('belongs to it whatever the status: who gives a session has it', () => {
    const worker = new Worker();
    worker.answer(newcomer, 1, ['Set-Cookie: SID=s1'], 500);
    assert.equal(worker.find('s1'), 1);
  });

  test('takes the place of the one that the request had', () => {
    const worker = new Worker();
    worker.answer(visit('made-up'), 1, ['Set-Cookie: SID=s1']);
    assert.deepEqual([worker.find('s1'), worker.find('made-up')], [1, noSlot]);
  });

  test('is the last one where an answer gives two', () => {
    const worker = new Worker();
    worker.answer(newcomer, 1, ['Set-Cookie: SID=s1', 'Set-Cookie: SID=s2']);
    assert.deepEqual([worker.find('s1'), worker.find('s2')], [noSlot, 1]);
  });

  test('moves when another endpoint gives it again', () => {
    const worker = new Worker();
    worker.answer(newcomer, 1, ['Set-Cookie: SID=s1']);
    worker.answer(visit('s1'), 2, ['Set-Cookie: SID=s1']);
    assert.equal(worker.find('s1'), 2);
  });

  test('is none when the answer deletes it, and what the request had is not remembered', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 1, ['Set-Cookie: SID=; Max-Age=0']);
    assert.deepEqual([worker.find(''), worker.find('s1')], [noSlot, noSlot]);
    assert.ok(
      new Int32Array(worker.table.buffer).every((word) => word === 0),
      'nothing is in the table',
    );
  });

  test('is looked for in the fields of its kind alone', () => {
    const worker = new Worker();
    worker.answer(newcomer, 1, ['SID: s1', 'Cookie: SID=s2', 'X-Session: s3', 'Set-Cookie: sid=s4']);
    assert.deepEqual(
      ['s1', 's2', 's3', 's4'].map((session) => worker.find(session)),
      [noSlot, noSlot, noSlot, noSlot],
    );
  });
});

describe('a session that a request brings', () => {
  test('belongs to the endpoint that answers it, when nobody knew it', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2);
    worker.answer(visit('s2'), 1, [], 404);
    assert.deepEqual([worker.find('s1'), worker.find('s2')], [2, 1]);
  });

  test('is not remembered when the endpoint failed', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2, [], 500);
    assert.equal(worker.find('s1'), noSlot);
  });

  test('moves to the endpoint that answers in the place of its own', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2);
    worker.answer(visit('s1'), 0);
    assert.equal(worker.find('s1'), 0);
  });

  test('stays where it was when that endpoint failed', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2);
    worker.answer(visit('s1'), 0, [], 503);
    assert.equal(worker.find('s1'), 2);
  });
});

describe('a session in a header', () => {
  const facts = exchangeFacts(['X-SESSION:  s1 ']);

  test('is learned from the same field of answers, in any letters', () => {
    const worker = new Worker(headerSession);
    worker.answer(newcomer, 1, ['x-session: s1']);
    assert.equal(worker.sessions.find(facts), 1);
  });

  test('is learned from requests', () => {
    const worker = new Worker(headerSession);
    worker.answer(facts, 2);
    assert.equal(worker.sessions.find(facts), 2);
  });

  test('is none when it is empty or in a cookie', () => {
    const worker = new Worker(headerSession);
    for (const none of [newcomer, exchangeFacts(['X-Session: ']), visit('s1')]) {
      worker.answer(none, 1);
      assert.equal(worker.sessions.find(none), noSlot);
    }
  });
});

describe('the time of a session', () => {
  test('is over when it was not used for so long', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2);
    worker.now += idle - 1;
    worker.answer(visit('s2'), 1);
    worker.now += 1;
    assert.deepEqual([worker.find('s1'), worker.find('s2')], [noSlot, 1]);
  });

  test('begins anew with every request', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2);
    for (const _ of times(5, () => 0)) {
      worker.now += idle - 1;
      assert.equal(worker.find('s1'), 2);
    }
  });

  test('begins anew with every answer, also one that takes long', () => {
    const worker = new Worker();
    worker.answer(visit('s1'), 2);
    worker.now += idle - 1;
    worker.answer(visit('s1'), 2);
    worker.now += idle - 1;
    assert.equal(worker.find('s1'), 2);
    worker.now += 2 * idle;
    worker.answer(visit('s1'), 2);
    assert.equal(worker.find('s1'), 2);
  });
});

describe('the table', () => {
  test('is the same for all workers', () => {
    const [one, other] = pair();
    one.answer(visit('s1'), 2);
    assert.equal(other.find('s1'), 2);
    other.answer(visit('s1'), 1);
    assert.equal(one.find('s1'), 1);
  });

  test('loses the oldest entries when it is full, and nothing else', () => {
    const worker = new Worker({ ...cookieSession, most: 8, idle: milliseconds(1_000_000) });
    for (const index of times(500, (count) => count)) {
      worker.now++;
      worker.answer(visit(`s${index}`), index);
      assert.equal(worker.find(`s${index}`), index);
    }
    const known = times(500, (index) => worker.find(`s${index}`)).flatMap((slot, index) =>
      slot === noSlot ? [] : [[index, slot] as const],
    );
    for (const [index, slot] of known) assert.equal(slot, index);
    assert.ok(known.length >= 8 && known.length <= 16, `${known.length} are known`);
    assert.ok(
      known.every(([index]) => index > 450),
      'the latest are known',
    );
  });

  test('keeps a session that is in use, however many others come', () => {
    const worker = new Worker({ ...cookieSession, most: 8, idle: milliseconds(1_000_000) });
    worker.answer(visit('mine'), 3);
    for (const index of times(500, (count) => count)) {
      worker.now++;
      worker.answer(visit(`s${index}`), 1);
      assert.equal(worker.find('mine'), 3);
    }
  });

  test('is written in another order with another seed', () => {
    const places = [7, 8].map((seed) => {
      const worker = new Worker(cookieSession, { seed });
      worker.answer(visit('s1'), 2);
      return new Int32Array(worker.table.buffer).findIndex((word) => word !== 0);
    });
    assert.notEqual(places[0], places[1]);
  });

  test('holds no session by its letters', () => {
    const worker = new Worker();
    worker.answer(visit('abcdabcdabcdabcd'), 2);
    assert.ok(!Buffer.from(worker.table.buffer).includes('abcd'));
  });
});

function pair(): readonly [Worker, Worker] {
  const one = new Worker();
  return [one, new Worker(cookieSession, { beside: one })];
}
