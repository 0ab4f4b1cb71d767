// When a queue is said to stand.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { StandingQueue } from './codel.ts';

describe('a queue that stands', () => {
  test('is one that was not empty for an interval', () => {
    const queue = new StandingQueue({ interval: milliseconds(100) });
    queue.note(0, 1000);
    queue.note(3, 1100);
    assert.equal(queue.isStanding(1100), false);
    assert.equal(queue.isStanding(1101), true);
    queue.note(0, 1150);
    assert.equal(queue.isStanding(1250), false);
  });
});
