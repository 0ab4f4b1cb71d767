// The first fault is told at once, the rest by number, and none is lost or told twice.
import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import { FaultDigest } from './fault-digest.ts';

describe('a digest of faults', () => {
  let told: unknown[] = [];
  let digest: FaultDigest;

  beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout'] });
    told = [];
    digest = new FaultDigest(1000, (...fault) => void told.push(fault));
  });

  test('tells the first at once', () => {
    digest.add('web', 'boom');
    assert.deepEqual(told, [['web', 'boom', 1]]);
  });

  test('tells those that follow by number, with the latest reason, once in a while', () => {
    for (const reason of ['one', 'two', 'three', 'four']) digest.add('web', reason);
    mock.timers.tick(999);
    assert.equal(told.length, 1);
    mock.timers.tick(1);
    assert.deepEqual(told, [
      ['web', 'one', 1],
      ['web', 'four', 3],
    ]);
    digest.add('web', 'five');
    mock.timers.tick(1000);
    assert.deepEqual(told[2], ['web', 'five', 1]);
  });

  test('tells the next at once when all was quiet', () => {
    digest.add('web', 'one');
    mock.timers.tick(1000);
    mock.timers.tick(1000);
    assert.equal(told.length, 1);
    digest.add('web', 'two');
    assert.deepEqual(told[1], ['web', 'two', 1]);
  });

  test('keeps pools apart, and adds up what others gathered', () => {
    digest.add('web', 'one', 5);
    digest.add('api', 'two');
    digest.add('web', 'three', 7);
    digest.add('web', 'four', 2);
    mock.timers.tick(1000);
    assert.deepEqual(told, [
      ['web', 'one', 5],
      ['api', 'two', 1],
      ['web', 'four', 9],
    ]);
  });
});
