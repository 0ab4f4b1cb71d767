// The schedule of probes of few endpoints, second by second.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as soon } from 'node:timers/promises';
import fc from 'fast-check';
import { failure, Stage } from '../../../test/support/probing/prober-stage.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { pass } from './probe.ts';
import { proberTick } from './prober.ts';

test('an endpoint that is well is asked once in each interval', async () => {
  const stage = new Stage();
  stage.prober.watch(stage.tasks(1));
  await stage.pass(10_000);
  assert.deepEqual(stage.gaps('web 0'), [2000, 2000, 2000, 2000]);
  assert.deepEqual(stage.changes, []);
});

test('doubt is settled at the fast interval, and an endpoint that is down is asked at its own', async () => {
  const stage = new Stage();
  stage.reply = () => failure;
  stage.prober.watch(stage.tasks(1, { downInterval: milliseconds(4000) }));
  await stage.pass(6000);
  assert.deepEqual(stage.gaps('web 0'), [500, 500, 4000]);
  stage.reply = () => pass;
  await stage.pass(7000);
  assert.deepEqual(stage.gaps('web 0').slice(3), [4000, 500, 2000]);
  assert.deepEqual(stage.changes, ['web 0 down: the answer was 503 (3 failures in a row)', 'web 0 up: 2 probes passed in a row']);
});

test('an endpoint that is checked before it gets traffic is up by its first pass', async () => {
  const stage = new Stage();
  stage.prober.watch([stage.task('a', { start: 'checking' }), stage.task('b', { start: 'checking' })]);
  assert.equal(stage.prober.figuresOf('a')?.state, 'checking');
  stage.reply = (key) => (key === 'a' ? pass : failure);
  // Both are asked within the fast interval: until then they get nothing.
  await stage.pass(500);
  assert.deepEqual(stage.changes, ['a up: a probe passed', 'b down: the answer was 503']);
});

test('endpoints that get no traffic before their first result are asked at once, and spread by chance afterwards', async () => {
  const stage = new Stage();
  stage.prober.watch(stage.tasks(40, { start: 'checking', interval: milliseconds(4000) }));
  const begun = stage.now;
  await stage.pass(100);
  assert.equal(stage.asked.length, 40);
  await stage.pass(4000);
  const seconds = stage.asked.slice(40, 80).map(({ at }) => Math.floor((at - begun) / 1000));
  assert.deepEqual([...new Set(seconds)].toSorted(), [0, 1, 2, 3]);
});

describe('a probe that takes too long', () => {
  test('fails at its timeout, is aborted, and says what it waited for', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch([stage.task('a', { fall: 1 })]);
    await stage.pass(20);
    const [asked] = stage.asked;
    asked?.context.step('connecting');
    await stage.pass(980);
    assert.deepEqual([asked?.context.signal.aborted, stage.changes], [false, []]);
    await stage.pass(20);
    assert.equal(asked?.context.signal.aborted, true);
    assert.deepEqual(stage.changes, ['a down: no answer within 1000 ms, while connecting']);
    const figures = stage.prober.figuresOf('a');
    assert.deepEqual([figures?.failed, figures?.timedOut, figures?.last?.took], [1, 1, 1000]);
  });

  test('is not heard any more', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch(stage.tasks(1));
    await stage.pass(1100);
    stage.reply = () => failure;
    stage.asked[0]?.answer(pass);
    await stage.pass(0);
    const figures = stage.prober.figuresOf('web 0');
    assert.deepEqual([figures?.passed, figures?.failed], [0, 1]);
  });

  test('puts the next one off where the timeout is longer than the interval', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch(stage.tasks(1, { timeout: milliseconds(5000) }));
    await stage.pass(15_100);
    // The next turn of the wheel at the latest.
    for (const gap of stage.gaps('web 0')) assert.ok(gap >= 5000 && gap <= 5000 + 2 * proberTick, String(gap));
    assert.equal(stage.mostUnderWay, 1);
  });

  test('is given the time in which this process was stopped', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch(stage.tasks(1));
    await stage.pass(20);
    stage.now += 60_000;
    stage.prober.advance();
    await stage.answer(pass);
    const figures = stage.prober.figuresOf('web 0');
    assert.deepEqual([figures?.passed, figures?.failed], [1, 0]);
  });
});

test('what says nothing changes nothing, and is counted', async () => {
  const stage = new Stage();
  stage.reply = () => ({ passed: undefined, reason: 'no descriptor was free' });
  stage.prober.watch(stage.tasks(1, { fall: 1 }));
  await stage.pass(5000);
  assert.deepEqual(stage.changes, []);
  assert.deepEqual([stage.prober.figuresOf('web 0')?.silent, stage.prober.figuresOf('web 0')?.state], [3, 'up']);
});

test('a probe whose own code fails says nothing, and the next one has its turn', async () => {
  const stage = new Stage();
  const ask = (): never => {
    throw new TypeError('not today');
  };
  const reject = (): Promise<never> => Promise.reject(new TypeError('nor tomorrow'));
  stage.prober.watch([
    { ...stage.task('a', { fall: 1 }), ask },
    { ...stage.task('b', { fall: 1 }), ask: reject },
  ]);
  await stage.pass(5000);
  const [a, b] = [stage.prober.figuresOf('a'), stage.prober.figuresOf('b')];
  assert.deepEqual([a?.silent, b?.silent, stage.changes], [3, 3, []]);
  assert.deepEqual(a?.last?.result, { passed: undefined, reason: 'the probe itself failed: TypeError: not today' });
});

test('what comes too late is silence where that says nothing of the endpoint', async () => {
  const stage = new Stage();
  stage.reply = () => undefined;
  stage.prober.watch([{ ...stage.task('a', { fall: 1 }), late: 'silence' }]);
  await stage.pass(5000);
  const { state, failed, silent, timedOut, last } = stage.prober.figuresOf('a') ?? {};
  assert.deepEqual([stage.changes, state, failed, silent, timedOut], [[], 'up', 0, 2, 2]);
  assert.deepEqual(last?.result, { passed: undefined, reason: 'no answer within 1000 ms' });
});

describe('another list', () => {
  test('leaves those as they are who are asked as before', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch([stage.task('a'), stage.task('b')]);
    await stage.pass(1000);
    const [asked] = stage.asked;
    stage.prober.watch([stage.task('c'), stage.task('a')]);
    assert.equal(asked?.context.signal.aborted, false);
    asked?.answer(pass);
    await soon();
    assert.equal(stage.prober.figuresOf('a')?.passed, 1);
    assert.equal(stage.prober.figuresOf('b'), undefined);
    stage.reply = () => pass;
    await stage.pass(5000);
    assert.deepEqual(stage.gaps('a'), [2000, 2000]);
  });

  test('aborts probes of those who are gone, and does not hear them', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch([stage.task('a', { fall: 1 })]);
    await stage.pass(20);
    const [asked] = stage.asked;
    stage.prober.watch([]);
    assert.equal(asked?.context.signal.aborted, true);
    asked?.answer(failure);
    await stage.pass(5000);
    assert.deepEqual([stage.changes, stage.asked.length, stage.prober.figures.running], [[], 1, 0]);
  });

  test('ignores the answer to a question that is not asked any more', async () => {
    const stage = new Stage();
    stage.reply = () => undefined;
    stage.prober.watch([stage.task('a', { fall: 1 })]);
    await stage.pass(20);
    const [older] = stage.asked;
    stage.prober.watch([stage.task('a', { fall: 1 }, 'and now?')]);
    older?.answer(failure);
    await stage.pass(20);
    assert.deepEqual(stage.changes, []);
    assert.equal(stage.asked.length, 2);
    await stage.answer(failure);
    assert.deepEqual(stage.changes, ['a down: the answer was 503']);
  });

  test('leaves an endpoint in the state that it was in when it is asked otherwise', async () => {
    const stage = new Stage();
    stage.reply = () => failure;
    stage.prober.watch([stage.task('a', { start: 'checking' })]);
    await stage.pass(20);
    stage.prober.watch([stage.task('a', { start: 'checking', rise: 5 })]);
    assert.equal(stage.prober.figuresOf('a')?.state, 'down');
    await stage.pass(5000);
    assert.deepEqual(stage.changes, ['a down: the answer was 503']);
  });

  test('with one endpoint twice asks it once', async () => {
    const stage = new Stage();
    stage.prober.watch([stage.task('a'), stage.task('a')]);
    await stage.pass(1900);
    assert.deepEqual([stage.asked.length, stage.prober.figures.endpoints], [1, 1]);
  });
});

test('nothing is asked after the end', async () => {
  const stage = new Stage();
  stage.reply = () => undefined;
  stage.prober.watch(stage.tasks(3, { interval: milliseconds(20) }));
  await stage.pass(40);
  stage.prober.stop();
  assert.ok(stage.asked.every(({ context }) => context.signal.aborted));
  await stage.pass(5000);
  assert.equal(stage.asked.length, 3);
});

test('chance moves each interval within its bounds, and over nearly all of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.integer(), async (jitter, seed) => {
      const stage = new Stage({ random: seeded(seed) });
      stage.prober.watch(stage.tasks(20, { jitter: jitter / 100, interval: milliseconds(1000), timeout: milliseconds(500) }));
      await stage.pass(10_000);
      const gaps = Array.from({ length: 20 }, (_, index) => stage.gaps(`web ${index}`)).flat();
      const least = 1000 * (1 - jitter / 100);
      const most = 1000 * (1 + jitter / 100);
      // Probes begin at ticks: what is due between two begins at the later one.
      for (const gap of gaps) assert.ok(gap > least - proberTick && gap < most + proberTick, String(gap));
      assert.ok(Math.min(...gaps) < 1000 - 5 * jitter + proberTick && Math.max(...gaps) > 1000 + 5 * jitter - proberTick);
    }),
    { seed: 0x5eed, numRuns: 10 },
  );
});

test('whatever the answers, an endpoint changes as its last results say, and is never asked twice at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('pass', 'fail', 'hang', 'silent'), { minLength: 1, maxLength: 40 }), async (script) => {
      const stage = new Stage();
      let asked = 0;
      stage.reply = () => {
        const kind = script[asked++ % script.length];
        if (kind === 'hang') return undefined;
        if (kind === 'silent') return { passed: undefined, reason: 'nothing' };
        return kind === 'pass' ? pass : failure;
      };
      stage.prober.watch([stage.task('a')]);
      await stage.pass(40_000);
      const figures = stage.prober.figuresOf('a');
      const states = stage.changes.map((change) => (change.startsWith('a down') ? 'down' : 'up'));
      assert.equal(figures?.state, states.at(-1) ?? 'up');
      for (const [index, state] of states.entries()) assert.equal(state, index % 2 === 0 ? 'down' : 'up');
    }),
    { seed: 0x5eed, numRuns: 20 },
  );
});
