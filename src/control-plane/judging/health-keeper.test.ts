// What the keeper tells of endpoints, and what it writes on the scoreboard for picks.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firstPlaces } from '../../domain/endpoints/places.ts';
import { endpointControl, endpointHealth, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { HealthSettings, WrittenHealth } from '../../domain/health/health-settings.ts';
import { healthSettings } from '../../domain/health/health-settings.ts';
import { outlierSettings } from '../../domain/health/outlier-settings.ts';
import { countStreaks } from '../../domain/health/streaks.ts';
import type { HealthChange, JudgedPool } from './health-keeper.ts';
import { HealthKeeper } from './health-keeper.ts';

interface World {
  readonly keeper: HealthKeeper;
  readonly board: Scoreboard;
  readonly told: HealthChange[];
  readonly time: { now: number };
  probed(slot: number, state: 'up' | 'down', reason: string): void;
  /** Has its traffic speak against it. */
  fails(slot: number): void;
  isWell(slot: number): boolean;
}

const endpoints = ['a', 'b', 'c'].map((id) => ({ id }));

function world(health?: WrittenHealth): World {
  const known: HealthSettings | undefined = health === undefined ? undefined : healthSettings.parse(health);
  const pool: JudgedPool = { endpoints, outliers: outlierSettings.parse('mild'), ...(known === undefined ? {} : { health: known }) };
  const pools = { web: pool };
  const board = new Scoreboard({ workers: 1, listeners: 0, endpoints: 3, pools: 1 });
  const told: HealthChange[] = [];
  const time = { now: 1000 };
  const keeper = new HealthKeeper({
    pools,
    places: firstPlaces({ listeners: [], pools }),
    board,
    clock: () => time.now,
    random: () => 0,
    onChange: (change) => told.push(change),
    onSpared: () => undefined,
  });
  const here: World = {
    time,
    board,
    told,
    keeper,
    probed: (slot, state, reason) => here.keeper.probedAs({ slot, asks: 'endpoint' }, state, reason),
    fails(slot) {
      for (let time = 0; time < 5; time++) countStreaks(board.slots, board.streaksAt(slot), 'local');
      here.keeper.tick();
    },
    isWell: (slot) => board.controls(slot)[endpointControl.health] === endpointHealth.well,
  };
  return here;
}

const same = { pool: 'web', setAside: undefined, of: 3 };

describe('the keeper of health', () => {
  test('tells of a newcomer that it passed, or did not, with how many are well by then', () => {
    const here = world({ http: '/' });
    assert.deepEqual([0, 1, 2].map(here.isWell), [false, false, false]);
    here.probed(0, 'up', 'a probe passed');
    here.probed(1, 'down', 'the answer was 404');
    here.probed(1, 'up', '2 probes passed in a row');
    here.probed(0, 'down', 'the answer was 503');
    assert.deepEqual(here.told, [
      { ...same, endpoint: 'a', isWell: true, isFirst: true, reason: 'a probe passed', left: 1 },
      { ...same, endpoint: 'b', isWell: false, isFirst: true, reason: 'the answer was 404', left: 1 },
      { ...same, endpoint: 'b', isWell: true, isFirst: true, reason: '2 probes passed in a row', left: 2 },
      { ...same, endpoint: 'a', isWell: false, isFirst: false, reason: 'the answer was 503', left: 1 },
    ]);
    here.probed(0, 'up', 'a probe passed');
    assert.equal(here.told.at(-1)?.isFirst, false);
    here.probed(0, 'down', 'the answer was 503');
    assert.deepEqual([0, 1, 2].map(here.isWell), [false, true, false]);
    assert.equal(here.keeper.standing(1)?.changes, 2);
  });

  test('tells of one that was believed to be well no more than that it fails', () => {
    const here = world({ http: '/', start: 'up' });
    here.probed(2, 'down', 'the answer was 503');
    assert.deepEqual(here.told, [{ ...same, endpoint: 'c', isWell: false, isFirst: false, reason: 'the answer was 503', left: 2 }]);
  });

  test('tells for how long traffic has an endpoint set aside, and once however many speak against it', () => {
    const here = world({ http: '/', start: 'up' });
    here.fails(0);
    here.time.now += 100;
    here.probed(0, 'down', 'the connection was refused');
    here.time.now += 29_900;
    here.keeper.tick();
    assert.deepEqual(
      here.told.map(({ setAside, reason }) => [setAside, reason]),
      [[30_000, '5 tries in a row without a whole answer']],
    );
    assert.equal(here.keeper.standing(0)?.health.reason, 'the connection was refused');
    here.probed(0, 'up', '2 probes passed in a row');
    assert.deepEqual(here.told.at(-1), {
      ...same,
      endpoint: 'a',
      isWell: true,
      isFirst: false,
      reason: '2 probes passed in a row',
      left: 3,
    });
  });

  test('has an endpoint warm up from when it came back, also the first time', () => {
    const here = world({ http: '/' });
    const upSince = (slot: number): number | undefined => here.board.controls(slot)[endpointControl.upSince];
    here.time.now = 2000;
    here.probed(0, 'up', 'a probe passed');
    here.time.now = 3000;
    here.probed(0, 'down', 'the answer was 503');
    here.time.now = 4000;
    here.probed(0, 'up', 'a probe passed');
    assert.deepEqual([upSince(0), upSince(1)], [4000, 0]);
    const open = world();
    open.fails(0);
    assert.equal(open.board.controls(0)[endpointControl.upSince], 0);
  });

  test('tells picks that nothing is known of a newcomer, until something is', () => {
    const here = world({ http: '/', agent: { port: 1 } });
    const known = (): readonly (number | undefined)[] => [0, 1, 2].map((slot) => here.board.controls(slot)[endpointControl.health]);
    const { well, failing, checking } = endpointHealth;
    assert.deepEqual(known(), [checking, checking, checking]);
    here.keeper.probedAs({ slot: 0, asks: 'agent' }, 'down', 'the agent said "down"');
    here.probed(0, 'up', 'a probe passed');
    here.probed(1, 'down', 'the answer was 404');
    here.probed(2, 'up', 'a probe passed');
    assert.deepEqual(known(), [failing, failing, well]);
  });

  test('heeds an agent that says down, and says nothing of it as long as the endpoint fails anyway', () => {
    const here = world({ http: '/', agent: { port: 1 } });
    here.keeper.probedAs({ slot: 0, asks: 'agent' }, 'down', 'the agent said "down"');
    assert.deepEqual(here.told, []);
    here.probed(0, 'up', 'a probe passed');
    assert.deepEqual([here.isWell(0), here.keeper.standing(0)?.health.reason], [false, 'the agent said "down"']);
    here.keeper.probedAs({ slot: 0, asks: 'agent' }, 'up', 'the agent said "up"');
    assert.deepEqual(here.told, [{ ...same, endpoint: 'a', isWell: true, isFirst: true, reason: 'the agent said "up"', left: 1 }]);
  });
});
