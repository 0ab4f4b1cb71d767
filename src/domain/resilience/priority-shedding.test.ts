// How the level moves, who is let through, and how it comes back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { judged, levelOf, PriorityShedding, sheddingWords, WaitingTimes } from './priority-shedding.ts';

const newShedding = (classes = 2): PriorityShedding =>
  new PriorityShedding(classes, new Int32Array(new SharedArrayBuffer(4 * sheddingWords(classes))));

/** So many requests at each level: how many are let through. */
function ask(shedding: PriorityShedding, each: number, levels = 256): number {
  let admitted = 0;
  for (let request = 0; request < each * levels; request++) if (shedding.admits(request % levels)) admitted++;
  return admitted;
}

describe('the level', () => {
  test('is a class and a group of users, and lets all through at first', () => {
    assert.equal(levelOf(0, 0), 0);
    assert.equal(levelOf(1, 5), 133);
    assert.equal(levelOf(1, 128 + 5), 133);
    assert.equal(newShedding().level, 255);
    assert.equal(newShedding().admits(9999), true);
  });

  test('falls until a twentieth less is let through', () => {
    const shedding = newShedding();
    assert.equal(ask(shedding, 10), 2560);
    shedding.adjust(true);
    // 13 levels of 10 are the first that make a twentieth of 2560.
    assert.equal(shedding.level, 242);
    assert.equal(ask(shedding, 10), 2430);
    assert.equal(shedding.admits(242), true);
    assert.equal(shedding.admits(243), false);
  });

  test('falls as far for a long window as for several short ones', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust(true, 3);
    // 0.95 to the power of 3 leaves 2194.9 of 2560.
    assert.equal(shedding.level, 255 - 37);
  });

  test('rises until a hundredth of all that comes is let through besides', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust(true);
    ask(shedding, 10);
    shedding.adjust(false);
    assert.equal(shedding.level, 245);
  });

  test('rises to the end when nothing comes', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust(true);
    shedding.adjust(false);
    assert.equal(shedding.level, 255);
  });

  test('never sheds the most important, and comes back in about a hundred windows', () => {
    const shedding = newShedding();
    for (let window = 0; window < 300; window++) {
      ask(shedding, 1);
      shedding.adjust(true);
    }
    assert.equal(shedding.level, 0);
    assert.equal(shedding.admits(0), true);
    let windows = 0;
    for (; shedding.level < 255; windows++) {
      ask(shedding, 1);
      shedding.adjust(false);
    }
    assert.ok(windows <= 100, `${windows} windows`);
  });

  test('never rises under overload, never falls without, and stays within its levels', () => {
    const window = fc.tuple(fc.boolean(), fc.array(fc.nat(400), { maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(window, { maxLength: 30 }), (windows) => {
        const shedding = newShedding();
        for (const [isOverloaded, requests] of windows) {
          const before = shedding.level;
          for (const level of requests) assert.equal(shedding.admits(level), Math.min(level, 255) <= before);
          shedding.adjust(isOverloaded);
          assert.ok(isOverloaded ? shedding.level <= before : shedding.level >= before);
          assert.ok(shedding.level >= 0 && shedding.level <= 255);
        }
      }),
      { seed: 0xda608, numRuns: 500 },
    );
  });
});

describe('waiting times', () => {
  test('are judged after a second, by their mean', () => {
    const times = new WaitingTimes();
    assert.equal(times.add(10, 5000), judged.notYet);
    assert.equal(times.add(30, 5999), judged.notYet);
    assert.equal(times.add(20, 6000), judged.well);
    assert.equal(times.add(20, 7000), judged.notYet);
    assert.equal(times.add(21, 8000), judged.overloaded);
  });

  test('or after two thousand requests', () => {
    const times = new WaitingTimes();
    for (let request = 1; request < 2000; request++) assert.equal(times.add(25, 0), judged.notYet);
    assert.equal(times.add(25, 0), judged.overloaded);
  });
});

test('a request allocates nothing', () => {
  const shedding = newShedding();
  const times = new WaitingTimes();
  const bytes = allocatedBytes((count) => {
    let admitted = 0;
    for (let time = 0; time < count; time++) {
      if (shedding.admits(time & 255)) admitted++;
      times.add(time & 31, time);
    }
    return admitted;
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
