// Who is refused while a worker is overloaded, and how it settles: by an event loop whose time is reckoned.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { workerFigure, workerFigures } from '../../domain/endpoints/scoreboard.ts';
import type { OverloadRules } from '../../domain/resilience/lateness.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { ShedderParts } from './shedder.ts';
import { Shedder } from './shedder.ts';
import type { SheddingNews } from './shedding-news.ts';

const rules: OverloadRules = { delay: milliseconds(200), memory: 0.9, priority: 'x-priority' };
const every = 100;

const shedderOf = (parts: Partial<ShedderParts> = {}): Shedder =>
  new Shedder({
    rules,
    every,
    random: seeded(1),
    memory: () => 0.1,
    figures: new Float64Array(workerFigures.length),
    report: () => undefined,
    ...parts,
  });

/** Whether a request of that class is refused, asked as the dispatcher does. */
const sheds = (shedder: Shedder, priority: number): boolean => shedder.isWatchful && shedder.refuses(`X-Priority: ${priority}\r\n`);

interface Loop {
  /** Requests that come in a second, in turn of each class. */
  readonly perSecond: number;
  readonly classes: number;
  readonly seconds: number;
  /** Milliseconds that it takes to refuse a request. */
  readonly toRefuse?: number;
}

/** Milliseconds that it takes to serve one. */
const toServe = 1;

/** A worker that takes all that came, one after the other, and then looks at its timer. */
function runLoop(
  shedder: Shedder,
  { perSecond, classes, seconds, toRefuse = 0.05 }: Loop,
): { served: number[]; refused: number[]; delays: number[] } {
  const served = new Array<number>(classes).fill(0);
  const refused = new Array<number>(classes).fill(0);
  const delays: number[] = [];
  let now = 0;
  let taken = 0;
  let due = every;
  while (now < 1000 * seconds) {
    const came = Math.floor((now * perSecond) / 1000);
    for (; taken < came; taken++) {
      const priority = taken % classes;
      const isShed = sheds(shedder, priority);
      now += isShed ? toRefuse : toServe;
      const counts = isShed ? refused : served;
      counts[priority] = (counts[priority] ?? 0) + 1;
    }
    if (now >= due) {
      shedder.tick(now);
      delays.push(now - due);
      due = now + every;
    }
    now += 0.1;
  }
  return { served, refused, delays };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

describe('a worker that keeps up', () => {
  test('refuses nobody, and does not even ask', () => {
    const shedder = shedderOf();
    const { refused, served } = runLoop(shedder, { perSecond: 800, classes: 2, seconds: 20 });
    assert.deepEqual(refused, [0, 0]);
    assert.ok(served.every((count) => count > 7900));
    assert.deepEqual([shedder.isShedding, shedder.isWatchful], [false, false]);
  });

  test('refuses nobody for one pause', () => {
    const shedder = shedderOf();
    for (const now of [0, 100, 10_000, 10_100, 10_200]) {
      shedder.tick(now);
      for (let request = 0; request < 100; request++) assert.equal(sheds(shedder, 7), false);
    }
    assert.equal(shedder.isShedding, false);
  });
});

describe('a worker that is asked for more than it can do', () => {
  test('refuses the less important, serves the more important, and is late by about what it may be', (context) => {
    // Refusals take time too: next to nothing beside an answer that is hard to make, and half as long as passing on a small one.
    for (const [perSecond, toRefuse] of [
      [2000, 0.05],
      [1400, 0.5],
    ] as const) {
      const seconds = 60;
      const { served, refused, delays } = runLoop(shedderOf(), { perSecond, classes: 4, seconds, toRefuse });
      const shares = served.map((count, priority) => count / (count + (refused[priority] ?? 0)));
      const settled = delays.slice(delays.length >> 1);
      const late = sumOf(settled) / settled.length;
      const goodput = sumOf(served) / seconds;
      // Nobody can serve more than what refusals leave: served * toServe + (perSecond - served) * toRefuse = 1000.
      const most = (1000 - perSecond * toRefuse) / (toServe - toRefuse);
      context.diagnostic(
        `${perSecond}/s: served ${shares.map((share) => share.toFixed(2)).join(' ')}, ` +
          `${goodput.toFixed(0)}/s of ${most.toFixed(0)}/s, late ${late.toFixed(0)} ms`,
      );
      assert.ok((shares[0] ?? 0) > 0.98);
      assert.ok((shares[3] ?? 1) < 0.1);
      assert.ok(goodput > 0.98 * most, `${goodput} of ${most}`);
      assert.ok(late < 300, `${late}`);
    }
  });

  test('serves all again when that is over', () => {
    const shedder = shedderOf();
    runLoop(shedder, { perSecond: 2000, classes: 2, seconds: 10 });
    assert.equal(shedder.isShedding, true);
    let now = 20_000;
    for (let tick = 0; tick < 600; tick++) {
      now += every;
      shedder.tick(now);
      for (let request = 0; request < 10; request++) sheds(shedder, 0);
      for (let request = 0; request < 10; request++) sheds(shedder, 1);
    }
    assert.deepEqual([shedder.isShedding, shedder.isWatchful], [false, false]);
  });

  test('refuses by chance where no header says what is important', () => {
    const { priority: _, ...others } = rules;
    const { served, refused } = runLoop(shedderOf({ rules: others }), { perSecond: 2000, classes: 2, seconds: 30 });
    const shares = served.map((count, index) => count / (count + (refused[index] ?? 0)));
    assert.ok(Math.abs((shares[0] ?? 0) - (shares[1] ?? 0)) < 0.02);
    assert.ok((shares[0] ?? 0) > 0.4 && (shares[0] ?? 0) < 0.65, `${shares}`);
  });

  test('serves them all, late as it is, where nothing is a limit', () => {
    const none = { delay: milliseconds(Number.POSITIVE_INFINITY), memory: Number.POSITIVE_INFINITY };
    const figures = new Float64Array(workerFigures.length);
    const { refused } = runLoop(shedderOf({ rules: none, figures, memory: () => 1 }), { perSecond: 2000, classes: 2, seconds: 10 });
    assert.deepEqual(refused, [0, 0]);
    assert.ok((figures[workerFigure.delay] ?? 0) > 1000, 'it is told all the same');
  });
});

describe('memory', () => {
  /** The share of the requests of a class that is refused in the end, when so much is in use. */
  function refusedAt(memory: number, important: number): readonly [number, number] {
    const shedder = shedderOf({ memory: () => memory });
    const refused: [number, number] = [0, 0];
    const each = 100;
    for (let tick = 0; tick <= 40; tick++) {
      shedder.tick(tick * every);
      for (let request = 0; request < each; request++) {
        const isImportant = request < important;
        if (sheds(shedder, isImportant ? 0 : 5) && tick > 20) refused[isImportant ? 0 : 1]++;
      }
    }
    return [refused[0] / (20 * important), refused[1] / (20 * (each - important))];
  }

  test('that is too full has as many refused as there is no room for, and the important last', () => {
    for (const [memory, important, ofImportant, ofOthers] of [
      [0.9, 50, 0, 0],
      [0.92, 50, 0, 0.4],
      [0.95, 50, 0, 1],
      [0.98, 50, 0.6, 1],
      [1, 5, 0, 0.95],
    ] as const) {
      const [first, second] = refusedAt(memory, important);
      assert.ok(Math.abs(first - ofImportant) < 0.06 && Math.abs(second - ofOthers) < 0.06, `${memory}: ${first} ${second}`);
    }
  });

  test('has as many refused where few come: they are counted over a second', () => {
    const shedder = shedderOf({ memory: () => 0.95 });
    let refused = 0;
    for (let tick = 0; tick < 1000; tick++) {
      shedder.tick(tick * every);
      for (let request = 0; request < 2; request++) if (sheds(shedder, 7)) refused++;
    }
    assert.ok(Math.abs(refused / 2000 - 0.5) < 0.05, `${refused}`);
  });

  test('is measured where nothing else is said, and lies between nothing and all', () => {
    const figures = new Float64Array(workerFigures.length);
    const { memory: _, ...parts } = { rules, every, random: seeded(1), figures, report: () => undefined, memory: undefined };
    const shedder = new Shedder(parts);
    shedder.tick(0);
    const measured = figures[workerFigure.memory] ?? 0;
    assert.ok(measured > 0 && measured < 1, `${measured}`);
  });
});

test('what a worker says of itself stands on the scoreboard', () => {
  const figures = new Float64Array(workerFigures.length);
  let memory = 0.25;
  const shedder = shedderOf({ figures, memory: () => memory });
  shedder.tick(1000);
  assert.deepEqual([...figures], [0, 1100, 0.25, 0]);
  shedder.tick(1200);
  assert.deepEqual([...figures], [30, 1300, 0.25, 0]);
  memory = 0.95;
  for (let tick = 0; tick < 20; tick++) {
    for (let request = 0; request < 100; request++) sheds(shedder, 0);
    shedder.tick(1300 + tick * every);
  }
  assert.equal(figures[workerFigure.memory], 0.95);
  assert.equal(figures[workerFigure.shedding], 1);
});

test('that requests are refused is told once, and once that it is over, with how many there were', () => {
  const told: SheddingNews[] = [];
  let memory = 1;
  const shedder = shedderOf({ memory: () => memory, report: (news) => told.push(news) });
  let refused = 0;
  const run = (from: number, ticks: number): void => {
    for (let tick = from; tick < from + ticks; tick++) {
      shedder.tick(tick * every);
      for (let request = 0; request < 10; request++) if (sheds(shedder, 0)) refused++;
    }
  };
  run(0, 50);
  assert.deepEqual(
    told.map(({ isShedding, delay, memory: share }) => ({ isShedding, delay, share })),
    [{ isShedding: true, delay: 0, share: 1 }],
  );
  memory = 0.5;
  run(50, 400);
  assert.equal(told.length, 2);
  assert.ok(refused > 0);
  assert.deepEqual(told[1], { isShedding: false, refused, delay: 0, memory: 0.5 });
  memory = 1;
  run(450, 50);
  assert.deepEqual([told.length, told[2]?.isShedding], [3, true]);
});
