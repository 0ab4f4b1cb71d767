// The share that is refused, and what that does to a server that can take a tenth.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { shareToRefuse, Throttling, throttlingWords } from './throttling.ts';

const newWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * throttlingWords));

describe('the share to refuse', () => {
  for (const [requests, accepted, expected] of [
    [100, 100, 0],
    [100, 50, 0],
    [100, 40, 0.198],
    [100, 10, 0.792],
    [1000, 0, 0.999],
  ] as const) {
    test(`is ${expected} when ${accepted} of ${requests} were accepted`, () =>
      assert.equal(Number(shareToRefuse(requests, accepted, 2).toFixed(3)), expected));
  }
});

describe('throttling', () => {
  test('refuses nearly all while nothing is accepted, and nothing once all is again', () => {
    const throttling = new Throttling(2, newWords(), seeded(2));
    let sent = 0;
    let now = 0;
    const run = (seconds: number, accepts: (request: number) => boolean): number => {
      sent = 0;
      for (let request = 0; request < 100 * seconds; request++) {
        now += 10;
        if (!throttling.admits(now)) continue;
        sent++;
        if (accepts(request)) throttling.accepted(now);
      }
      return sent / (100 * seconds);
    };
    run(240, (request) => request % 10 === 0);
    const share = run(240, () => false);
    assert.ok(share < 0.1, `${share} while nothing is accepted`);
    run(1200, () => true);
    assert.equal(
      run(60, () => true),
      1,
    );
  });

  test('sends a server with room for ten in a second about twenty', () => {
    const throttling = new Throttling(2, newWords(), seeded(2));
    let sent = 0;
    let room = 0;
    for (let now = 0; now < 600_000; now += 10) {
      if (now % 1000 === 0) room = 10;
      if (!throttling.admits(now)) continue;
      if (now >= 300_000) sent++;
      if (room-- > 0) throttling.accepted(now);
    }
    assert.ok(Math.abs(sent / 300 - 20) < 2, `${sent / 300} a second`);
  });

  test('allocates nothing', () => {
    const random = seeded(1);
    const throttling = new Throttling(2, newWords(), () => (random() < 0.5 ? 0 : 0.5));
    let now = 0;
    const bytes = allocatedBytes((times) => {
      for (let time = 0; time < times; time++) {
        now += 1;
        if (throttling.admits(now)) throttling.accepted(now);
      }
    });
    assert.ok(bytes < 1, `${bytes} bytes`);
  });
});
