// How the level moves, who is let through, and how it comes back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { pressure } from './lateness.ts';
import { levelOf, PriorityShedding } from './priority-shedding.ts';

const { more, same, less } = pressure;
const last = 255;
const newShedding = (): PriorityShedding => new PriorityShedding(2);

/** So many requests at each level: how many are let through. */
function ask(shedding: PriorityShedding, each: number, levels = last + 1): number {
  let admitted = 0;
  for (let request = 0; request < each * levels; request++) if (shedding.admits(request % levels)) admitted++;
  return admitted;
}

describe('the level', () => {
  test('is a class and a group within it, and lets all through at first', () => {
    assert.equal(levelOf(0, 0), 0);
    assert.equal(levelOf(1, 5), 133);
    assert.equal(levelOf(1, 128 + 5), 133);
    const shedding = newShedding();
    assert.deepEqual([shedding.level, shedding.isShedding], [last, false]);
    assert.equal(shedding.admits(9999), true);
  });

  test('falls until a twentieth less is let through', () => {
    const shedding = newShedding();
    assert.equal(ask(shedding, 10), 2560);
    shedding.adjust({ pressure: more });
    // 13 levels of 10 are the first that make a twentieth of 2560.
    assert.deepEqual([shedding.level, shedding.isShedding], [242, true]);
    assert.equal(ask(shedding, 10), 2430);
    assert.equal(shedding.admits(242), true);
    assert.equal(shedding.admits(243), false);
  });

  test('falls as far for a long window as for several short ones', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust({ pressure: more, windows: 3 });
    // 0.95 to the power of 3 leaves 2194.9 of 2560.
    assert.equal(shedding.level, last - 37);
  });

  test('stays where it is between, and forgets the window', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust({ pressure: more });
    ask(shedding, 10);
    shedding.adjust({ pressure: same });
    assert.equal(shedding.level, 242);
    shedding.adjust({ pressure: more });
    assert.equal(shedding.level, 242, 'nothing came, so that nothing is known');
  });

  test('rises until a hundredth of all that comes is let through besides', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust({ pressure: more });
    ask(shedding, 10);
    shedding.adjust({ pressure: less });
    assert.equal(shedding.level, 245);
  });

  test('rises to the end when nothing comes', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust({ pressure: more });
    shedding.adjust({ pressure: less });
    assert.equal(shedding.level, last);
  });

  test('never sheds the most important, and comes back in about a hundred windows', () => {
    const shedding = newShedding();
    for (let window = 0; window < 300; window++) {
      ask(shedding, 1);
      shedding.adjust({ pressure: more });
    }
    assert.equal(shedding.level, 0);
    assert.equal(shedding.admits(0), true);
    let windows = 0;
    for (; shedding.isShedding; windows++) {
      ask(shedding, 1);
      shedding.adjust({ pressure: less });
    }
    assert.ok(windows <= 100, `${windows} windows`);
  });

  test('never rises under overload, never falls without, and stays within its levels', () => {
    const window = fc.tuple(fc.constantFrom(more, same, less), fc.array(fc.nat(400), { maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(window, { maxLength: 30 }), (windows) => {
        const shedding = newShedding();
        for (const [found, requests] of windows) {
          const before = shedding.level;
          for (const level of requests) assert.equal(shedding.admits(level), Math.min(level, last) <= before);
          shedding.adjust({ pressure: found });
          assert.ok(found === more ? shedding.level <= before : shedding.level >= before);
          if (found === same) assert.equal(shedding.level, before);
          assert.ok(shedding.level >= 0 && shedding.level <= last);
        }
      }),
      { seed: 0xda608, numRuns: 500 },
    );
  });
});

describe('room', () => {
  test('bounds what is let through at once, however well it goes else', () => {
    const shedding = newShedding();
    for (const [found, level] of [
      [less, 127],
      [same, 127],
      [more, 120],
    ] as const) {
      ask(shedding, 10);
      shedding.adjust({ pressure: found, room: 0.5 });
      assert.equal(shedding.level, level);
    }
  });

  test('that grows is filled no faster than without a bound', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust({ pressure: less, room: 0.5 });
    ask(shedding, 10);
    shedding.adjust({ pressure: less, room: 0.8 });
    assert.equal(shedding.level, 127 + 3);
    for (let window = 0; window < 100; window++) {
      ask(shedding, 10);
      shedding.adjust({ pressure: less, room: 0.8 });
    }
    assert.equal(shedding.level, 204, 'the last of 205 levels: 204 are less than 0.8 of 256');
  });

  test('is a bound also while nothing comes', () => {
    const shedding = newShedding();
    ask(shedding, 10);
    shedding.adjust({ pressure: less, room: 0.5 });
    shedding.adjust({ pressure: less, room: 0.5 });
    assert.equal(shedding.level, 127, 'nothing came');
    shedding.adjust({ pressure: less });
    assert.equal(shedding.level, last);
  });
});

test('room for some is room for one, where only one comes', () => {
  const shedding = newShedding();
  shedding.admits(200);
  shedding.adjust({ pressure: less, room: 0.5 });
  assert.equal(shedding.admits(200), true);
  assert.equal(shedding.admits(201), false);
});

test('a request allocates nothing', () => {
  const shedding = newShedding();
  const bytes = allocatedBytes((count) => {
    let admitted = 0;
    for (let time = 0; time < count; time++) if (shedding.admits(time & 255)) admitted++;
    return admitted;
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
