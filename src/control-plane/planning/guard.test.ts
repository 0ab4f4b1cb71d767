// A guard from its beginning to its end, with a clock that a test turns and traffic that it makes up.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import { firstPlaces } from '../../domain/endpoints/places.ts';
import { endpointCounter, latencyAt, listenerCounter, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { ConfigurationState } from '../changing/configuration.ts';
import { differenceOf } from '../changing/difference.ts';
import type { ChangeOutcome } from '../changing/outcomes.ts';
import { documentSettings } from '../configuration/document.ts';
import type { GuardParts } from './guard.ts';
import { Guard } from './guard.ts';

const parse = (port: number, others: object = {}) =>
  documentSettings.parse({
    listeners: [{ name: 'web', bind: ':8080', pool: 'web' }],
    pools: { web: { endpoints: [`10.0.0.1:${port}`] }, ...others },
  });
const good = parse(80);
const next = parse(81);

/** Exchanges of a second: of each it is told whether it failed, hangs, and how long its answer took. */
interface Second {
  readonly exchanges: number;
  readonly failed?: number;
  readonly hanging?: number;
  readonly takes?: number;
}

class World {
  readonly log = new RecordedLog();
  readonly board = new Scoreboard({ workers: 1, listeners: 4, pools: 4, endpoints: 4 });
  readonly rollbacks: { version: number; origin: string }[] = [];
  readonly guard: Guard;
  version = 1;
  document = good;
  now = 0;
  /** By version. */
  traffic: (version: number) => Second = () => ({ exchanges: 100 });
  /** Called before each pause ends. */
  onPause: () => void = () => undefined;
  goBack: () => ChangeOutcome = () => ({ kind: 'changed', difference: differenceOf(next, good) });

  constructor() {
    const world = this;
    const configuration: GuardParts['configuration'] = {
      // Only these are looked at.
      get state() {
        return { version: world.version, etag: `${world.version}-0`, origin: 'API' } as ConfigurationState;
      },
      rollback: async (version, { origin }) => {
        world.rollbacks.push({ version, origin });
        return world.goBack();
      },
    };
    const supervisor: GuardParts['supervisor'] = {
      board: this.board,
      state: 'ready',
      get document() {
        return world.document;
      },
      get places() {
        return firstPlaces(world.document);
      },
    };
    this.guard = new Guard({ configuration, supervisor, log: this.log, now: () => this.now, pause: async (time) => this.#pass(time) });
  }

  #pass(milliseconds: number): void {
    this.now += milliseconds;
    const { exchanges, failed = 0, hanging = 0, takes = 20 } = this.traffic(this.version);
    const part = milliseconds / 1000;
    const listener = this.board.listenerRow(0, 0);
    const endpoint = this.board.endpointRow(0, 0);
    const add = (row: Float64Array, place: number, count: number): void => {
      row[place] = (row[place] ?? 0) + Math.round(count * part);
    };
    add(listener, listenerCounter.exchanges, exchanges);
    add(listener, listenerCounter.status2xx, exchanges - failed - hanging);
    add(listener, listenerCounter.status5xx, failed);
    add(endpoint, endpointCounter.succeeded, exchanges - failed - hanging);
    add(endpoint, endpointCounter.failed, failed);
    add(endpoint, latencyAt + latencyBuckets.of(1000 * takes), exchanges - failed - hanging);
    this.onPause();
  }

  async run(guard = 60_000, outcome?: ChangeOutcome) {
    this.guard.begin({
      guard,
      make: async () => {
        if (outcome !== undefined) return outcome;
        this.version = 2;
        this.document = next;
        return { kind: 'changed', difference: differenceOf(good, next) };
      },
    });
    await this.guard.over();
    return this.guard.report;
  }
}

describe('a change under guard', () => {
  test('stays when nothing is worse', async () => {
    const world = new World();
    const report = await world.run();
    assert.deepEqual([report.state, report.former, report.version, world.rollbacks], ['kept', 1, 2, []]);
    // Ten seconds before, and sixty since.
    assert.equal(world.now, 70_000);
    assert.deepEqual(report.figures[0], { subject: 'listener web', before: { whole: 1000, failed: 0 }, after: { whole: 6000, failed: 0 } });
    assert.match(world.log.lines.at(-1) ?? '', /^info guard: Version 2 stays: nothing is clearly worse than before\.$/);
  });

  test('goes back when it fails, and tells why', async () => {
    const world = new World();
    world.traffic = (version) => ({ exchanges: 100, failed: version === 1 ? 0 : 50 });
    const report = await world.run();
    assert.equal(report.state, 'went-back');
    assert.equal(world.now, 11_000);
    assert.match(report.text, /^Version 1 is in force again: listener web: 50\.0 % of 100 failed, 0\.0 % of 1000 before\.$/);
    assert.equal(report.verdict?.measure, 'errors');
    assert.deepEqual(world.rollbacks, [{ version: 1, origin: 'guard (listener web: 50.0 % of 100 failed, 0.0 % of 1000 before)' }]);
    assert.match(world.log.lines.at(-1) ?? '', /^warn guard: Version 1 is in force again: /);
  });

  test('goes back when answers are slower, and not for a cold beginning', async () => {
    const slow = new World();
    slow.traffic = (version) => ({ exchanges: 100, takes: version === 1 ? 20 : 200 });
    const report = await slow.run();
    assert.deepEqual([report.state, report.verdict?.measure], ['went-back', 'p50']);
    assert.match(report.text, /pool web: half of \d+ answers came within 2\d\d ms, of 1000 before within 2\d ms/);

    const cold = new World();
    cold.traffic = (version) => ({ exchanges: 100, takes: version === 2 && cold.now <= 14_000 ? 2000 : 20 });
    assert.equal((await cold.run()).state, 'kept');
  });

  test('goes back when everything hangs, though nothing ends', async () => {
    const world = new World();
    world.traffic = (version) => ({ exchanges: 20, hanging: version === 1 ? 0 : 20 });
    const report = await world.run();
    assert.equal(report.state, 'went-back');
    // Nobody is late before five seconds.
    assert.ok(world.now > 15_000 && world.now <= 20_000, `${world.now}`);
  });

  test('takes all since the start where the time before was too quiet', async () => {
    const world = new World();
    world.board.listenerRow(0, 0).set([10_000], listenerCounter.status2xx);
    world.traffic = () => ({ exchanges: 5 });
    assert.equal((await world.run()).state, 'kept');
    assert.ok((world.guard.report.figures[0]?.before.whole ?? 0) > 5000);
  });

  test('is not watched any more when somebody else changes something', async () => {
    const before = new World();
    before.onPause = () => {
      before.version = 7;
    };
    const never = await before.run();
    assert.deepEqual([never.state, never.version, before.document], ['ended', undefined, good]);
    assert.match(
      never.text,
      /Somebody else has changed something meanwhile: version 7 \(API\) is in force\. Nothing was changed by this guard\./,
    );

    const during = new World();
    during.onPause = () => {
      if (during.now > 20_000) during.version = 3;
    };
    const report = await during.run();
    assert.deepEqual([report.state, during.rollbacks], ['ended', []]);
    assert.match(report.text, /version 3 \(API\) is in force\. Version 2 is not watched any more\./);
  });

  test('ends where it cannot be made, or says the same', async () => {
    const failed = await new World().run(60_000, { kind: 'failed', reason: 'port 80 is taken' });
    assert.deepEqual([failed.state, failed.text], ['failed', 'Nothing was changed: port 80 is taken']);
    assert.equal((await new World().run(60_000, { kind: 'unchanged' })).state, 'ended');
  });

  test('says so when it cannot go back', async () => {
    const world = new World();
    world.traffic = (version) => ({ exchanges: 100, failed: version === 1 ? 0 : 100 });
    world.goBack = () => ({ kind: 'conflict', etag: '9-0' });
    assert.equal((await world.run()).state, 'ended');
    world.version = 1;
    world.goBack = () => ({ kind: 'failed', reason: 'Evenkeel is draining' });
    const report = await world.run();
    assert.equal(report.state, 'failed');
    assert.match(
      world.log.lines.at(-1) ?? '',
      /^error guard: Version 1 should be in force again \(.*\), and cannot: Evenkeel is draining$/,
    );
  });

  test('is one at a time, and ends with the program', async () => {
    const world = new World();
    world.onPause = () => world.guard.stop();
    const over = world.run();
    assert.throws(() => world.guard.begin({ guard: 1000, make: async () => ({ kind: 'unchanged' }) }), /A guard is on already/);
    const report = await over;
    assert.deepEqual([report.state, world.guard.isOn], ['ended', false]);
  });
});
