// How many may be in flight: over all workers whatever they do at the same time, and by what each learns; and what is left of a dead one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { interleaved } from '../../../test/support/interleaving.ts';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { entryWords, PoolEntry, releaseEntry } from './pool-entry.ts';
import type { ConcurrencyRules } from './rules.ts';

const workers = 3;
const newWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * entryWords(workers)));
const gradient: ConcurrencyRules = {
  adaptive: 'gradient',
  least: 4,
  most: 50,
  initial: 10,
  slowAfter: milliseconds(5000),
  tolerance: 1.5,
};

const entryOf = (maxRequests: number, words = newWords(), worker = 0, concurrency?: ConcurrencyRules): PoolEntry =>
  new PoolEntry({ maxRequests, concurrency, words, worker });

function fill(entry: PoolEntry): number {
  let entered = 0;
  while (entered < 1000 && entry.tryEnter()) entered++;
  return entered;
}

describe('a fixed limit', () => {
  test('holds for all workers together, and a place that is given back is anybody’s', () => {
    const words = newWords();
    const [one, other] = [entryOf(5, words, 0), entryOf(5, words, 1)];
    assert.equal(fill(one), 5);
    assert.equal(fill(other), 0);
    assert.deepEqual([other.hasRoom, other.inFlight, other.ownInFlight, other.limit], [false, 5, 0, 5]);
    one.leave(1, 'whole', 0);
    assert.equal(other.hasRoom, true);
    assert.equal(fill(other), 1);
    assert.deepEqual([...words], [5, 4, 1, 0]);
  });

  test('may be none', () => {
    const entry = entryOf(Number.POSITIVE_INFINITY);
    assert.equal(fill(entry), 1000);
    assert.equal(entry.limit, Number.POSITIVE_INFINITY);
  });

  test('is kept whatever workers do between any two steps of each other, and no place is lost', () => {
    const most = 2;
    // What the two others do, one after the other, before each atomic operation of the first.
    const plan = fc.array(fc.record({ worker: fc.constantFrom(1, 2), enters: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(plan, (moves) => {
        const words = newWords();
        const entries = [0, 1, 2].map((worker) => entryOf(most, words, worker));
        const held = [0, 0, 0];
        // A worker is one thread: it does one thing at a time.
        const busy = new Set<number>();
        const act = (worker: number, enters: boolean): void => {
          const entry = entries[worker] as PoolEntry;
          const has = held[worker] as number;
          if (enters) held[worker] = has + (entry.tryEnter() ? 1 : 0);
          else if (has > 0) {
            held[worker] = has - 1;
            entry.leave(1, 'whole', 0);
          }
          assert.ok(held.reduce((sum, of) => sum + of, 0) <= most);
        };
        const rest = moves.values();
        const between = (): void => {
          const move = rest.next().value;
          if (move === undefined || busy.has(move.worker)) return;
          busy.add(move.worker);
          act(move.worker, move.enters);
          busy.delete(move.worker);
        };
        for (let turn = 0; turn < 4; turn++) {
          interleaved(() => act(0, true), between, 2);
          interleaved(() => act(0, false), between, 2);
        }
        assert.deepEqual([...words], [held.reduce((sum, of) => sum + of, 0), ...held]);
      }),
      { seed: 0x0e47, numRuns: 400 },
    );
  });
});

describe('a dead worker', () => {
  test('gives back what it had, once', () => {
    const words = newWords();
    const [dead, alive] = [entryOf(4, words, 2), entryOf(4, words, 1)];
    dead.tryEnter();
    dead.tryEnter();
    alive.tryEnter();
    releaseEntry(words, 2);
    assert.deepEqual([...words], [1, 0, 1, 0]);
    releaseEntry(words, 2);
    assert.equal(alive.inFlight, 1);
    assert.equal(fill(alive), 3);
  });

  test('has given back all that it can have, wherever it died on its way in or out', () => {
    // Twice in and twice out, and in each a look at its own word and a change of the sum.
    for (let at = 0; at < 8; at++) {
      const words = newWords();
      const entry = entryOf(4, words);
      let step = 0;
      const die = (): void => {
        if (step++ === at) throw new Error('dead');
      };
      Object.defineProperty(entry, 'ownInFlight', {
        get() {
          die();
          return words[1];
        },
      });
      try {
        interleaved(() => {
          entry.tryEnter();
          entry.leave(1, 'whole', 0);
          entry.tryEnter();
          entry.leave(1, 'whole', 0);
        }, die);
      } catch {
        releaseEntry(words, 0);
      }
      assert.ok(step > at);
      assert.deepEqual([...words], [0, 0, 0, 0], `dead at step ${at}`);
    }
  });
});

describe('a limit that is learned', () => {
  /** A minute in which the worker has as many in flight as it may, each of which takes so long for the number of them. */
  function learn(entry: PoolEntry, tookAt: (inFlight: number) => number, from = 0): number {
    let now = from;
    for (let second = 0; second < 60; second++) {
      fill(entry);
      const own = entry.ownInFlight;
      now += 1100;
      for (let ended = 0; ended < own; ended++) entry.leave(tookAt(own), 'whole', now);
    }
    return now;
  }

  test('begins as told and counts what this worker has in flight alone', () => {
    const words = newWords();
    const [one, other] = [entryOf(Number.POSITIVE_INFINITY, words, 0, gradient), entryOf(Number.POSITIVE_INFINITY, words, 1, gradient)];
    assert.equal(fill(one), 10);
    assert.equal(one.hasRoom, false);
    assert.equal(fill(other), 10);
    assert.equal(other.inFlight, 20);
  });

  test('grows while more in flight take no longer, and falls when they only wait for each other', () => {
    const entry = entryOf(Number.POSITIVE_INFINITY, newWords(), 0, gradient);
    const now = learn(entry, () => 10);
    assert.equal(entry.limit, 50);
    learn(entry, (own) => 10 * own, now);
    assert.ok(entry.limit < 25, `${entry.limit}`);
  });

  test('does not exceed the fixed one', () => {
    const words = newWords();
    const entry = entryOf(7, words, 0, gradient);
    assert.equal(entry.limit, 7);
    assert.equal(fill(entry), 7);
  });

  test('falls by what is dropped', () => {
    const entry = entryOf(Number.POSITIVE_INFINITY, newWords(), 0, { ...gradient, adaptive: 'aimd' });
    fill(entry);
    for (let ended = 0; ended < 9; ended++) entry.leave(10, 'whole', 0);
    entry.leave(10, 'dropped', 1000);
    assert.equal(entry.limit, 9);
  });
});

test('entering and leaving allocate nothing', () => {
  const entry = entryOf(100, newWords(), 0, gradient);
  let now = 0;
  const bytes = allocatedBytes((times) => {
    for (let time = 0; time < times; time++) {
      now += 1;
      if (entry.tryEnter()) entry.leave(5, 'whole', now);
    }
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
