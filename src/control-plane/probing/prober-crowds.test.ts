// The schedule of probes of many endpoints: who waits for whom, also while some of them never answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Stage } from '../../../test/support/probing/prober-stage.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { pass } from './probe.ts';
import { proberTick } from './prober.ts';

test('pools take turns then: a small one is not asked behind a large one', async () => {
  const stage = new Stage();
  const large = stage.tasks(3000, { start: 'checking' });
  const small = ['a', 'b', 'c'].map((name) => stage.task(`small ${name}`, { start: 'checking', interval: milliseconds(500) }));
  stage.prober.watch([...large, ...small]);
  await stage.pass(40);
  assert.equal(stage.asked.filter(({ key }) => key.startsWith('small')).length, 3);
  assert.ok(stage.asked.length <= 50, `${stage.asked.length}`);
});

test('thousands of them are not asked all in one moment', async () => {
  const stage = new Stage();
  stage.prober.watch(stage.tasks(3000, { start: 'checking', interval: milliseconds(10_000) }));
  await stage.pass(1000);
  assert.ok(stage.asked.length >= 900 && stage.asked.length <= 1100, `${stage.asked.length}`);
});

describe('more probes than may be under way at once', () => {
  test('wait in order, are counted as late, and begin when others end', async () => {
    const stage = new Stage({ mostAtOnce: 2 });
    stage.reply = () => undefined;
    // All are due within one tick.
    stage.prober.watch(stage.tasks(5, { interval: milliseconds(10) }));
    await stage.pass(20);
    assert.deepEqual(
      stage.asked.map(({ key }) => key),
      ['web 0', 'web 1'],
    );
    assert.deepEqual([stage.prober.figures.running, stage.prober.figures.waiting, stage.prober.figures.late], [2, 3, 0]);
    stage.now += 7;
    await stage.answer(pass);
    assert.deepEqual(
      stage.asked.map(({ key }) => key),
      ['web 0', 'web 1', 'web 2'],
    );
    assert.deepEqual([stage.prober.figures.late, stage.prober.figures.lateness], [1, 7]);
  });

  test('all have their turn while some hang', async () => {
    const stage = new Stage({ mostAtOnce: 4 });
    stage.reply = (key) => (Number(key.slice(4)) % 10 === 0 ? undefined : pass);
    stage.prober.watch(stage.tasks(40));
    await stage.pass(10_000);
    assert.equal(new Set(stage.asked.map(({ key }) => key)).size, 40);
    assert.ok(stage.prober.figures.late > 0);
    assert.equal(stage.mostUnderWay, 4);
  });
});

describe('endpoints that never answer', () => {
  test('hold up no other pool, from the first moment on', async () => {
    const stage = new Stage();
    stage.reply = (key) => (key.startsWith('well') ? pass : undefined);
    const well = ['a', 'b', 'c'].map((name) => stage.task(`well ${name}`, { start: 'checking' }));
    stage.prober.watch([...stage.tasks(10_000, { start: 'checking' }), ...well]);
    await stage.pass(60_000);
    for (const name of ['a', 'b', 'c']) {
      const gaps = stage.gaps(`well ${name}`);
      // The first one comes sooner by chance.
      assert.ok(gaps.length >= 29 && gaps.slice(1).every((gap) => gap === 2000), `${gaps}`);
    }
    assert.equal(stage.prober.figures.running, 256);
  });

  test('hold up no endpoint of their own pool, once they are known', async () => {
    const stage = new Stage({ mostAtOnce: 20 });
    stage.reply = (key) => (Number(key.slice(4)) < 10 ? pass : undefined);
    // Out of step with the seconds for which the others take their places.
    stage.prober.watch(stage.tasks(200, { interval: milliseconds(1300) }));
    // Each of those that hang has had its first turn.
    await stage.pass(30_000);
    const begun = stage.asked.length;
    await stage.pass(20_000);
    for (const [name, asked] of Map.groupBy(stage.asked.slice(begun), ({ key }) => key)) {
      if (Number(name.slice(4)) >= 10) continue;
      const gaps = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
      assert.ok(gaps.length >= 14 && gaps.every((gap) => gap === 1300), `${name}: ${gaps}`);
    }
    assert.equal(stage.mostUnderWay, 20);
  });

  test('all have their turn again and again', async () => {
    const stage = new Stage({ mostAtOnce: 20 });
    stage.reply = () => undefined;
    stage.prober.watch(stage.tasks(100));
    await stage.pass(60_000);
    const counts = [...Map.groupBy(stage.asked, ({ key }) => key).values()].map(({ length }) => length);
    assert.equal(counts.length, 100);
    // Ten at a time, a second each.
    assert.ok(Math.min(...counts) >= 5 && Math.max(...counts) <= 8, `${Math.min(...counts)} to ${Math.max(...counts)}`);
  });

  test('are as quick as others once they answer', async () => {
    const stage = new Stage({ mostAtOnce: 20 });
    stage.reply = () => undefined;
    stage.prober.watch(stage.tasks(100));
    await stage.pass(30_000);
    assert.ok(stage.prober.figures.waiting > 50);
    stage.reply = () => pass;
    await stage.pass(10_000);
    assert.equal(stage.prober.figures.waiting, 0);
    assert.equal(stage.changes.filter((change) => change.includes(' up: ')).length, 100);
    const asked = stage.asked.length;
    await stage.pass(10_000);
    assert.equal(stage.asked.length, asked + 500);
  });
});

test('no slice of the interval has more than its share of the first probes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 5, max: 50 }), async (count, twentieths) => {
      const stage = new Stage({ mostAtOnce: Number.POSITIVE_INFINITY });
      const slice = twentieths * proberTick;
      const began = stage.now;
      stage.prober.watch(stage.tasks(count, { interval: milliseconds(20 * slice), timeout: milliseconds(20 * slice) }));
      await stage.pass(20 * slice);
      const bySlice = Map.groupBy(stage.asked.slice(0, count), ({ at }) => Math.ceil((at - began) / slice));
      assert.equal(stage.asked.length, count);
      // A tick's worth may fall into the slice after its own.
      const bound = Math.ceil(count / 20) + Math.ceil(count / (20 * twentieths)) + 1;
      for (const probes of bySlice.values()) assert.ok(probes.length <= bound, `${probes.length} of ${count} in a slice`);
    }),
    { seed: 0x5eed, numRuns: 15 },
  );
});

test('ten thousand endpoints are asked evenly, with no more than their share at once', async () => {
  const stage = new Stage();
  stage.prober.watch(stage.tasks(10_000));
  await stage.pass(4000);
  const byTick = Map.groupBy(stage.asked, ({ at }) => at);
  assert.equal(stage.asked.length, 20_000);
  for (const probes of byTick.values()) assert.ok(probes.length <= 10_000 / (2000 / proberTick) + 2, String(probes.length));
  assert.equal(stage.prober.figures.late, 0);
});
