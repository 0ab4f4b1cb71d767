// What is told of pools as a whole.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firstPlaces } from '../../domain/endpoints/places.ts';
import { endpointControl, endpointHealth, endpointState, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { panicSettings } from '../../domain/health/panic-settings.ts';
import type { WatchedPool } from './pool-watch.ts';
import { PoolWatch } from './pool-watch.ts';

type Written = Partial<Omit<WatchedPool, 'panic' | 'endpoints'>> & { readonly panic?: Parameters<typeof panicSettings.parse>[0] };
type Endpoint = Partial<WatchedPool['endpoints'][number]>;

class World {
  readonly told: string[] = [];
  readonly checking = new Set<number>();
  readonly #board: Scoreboard;
  readonly #watch: PoolWatch;
  readonly #pools: Readonly<Record<string, WatchedPool>>;

  constructor(endpoints: readonly Endpoint[], { panic, ...written }: Written = {}) {
    const all = endpoints.map((endpoint, at) => ({ id: `e${at}`, priority: 0, backup: false, weight: 1, ...endpoint }));
    this.#pools = { web: { endpoints: all, ...written, ...(panic === undefined ? {} : { panic: panicSettings.parse(panic) }) } };
    this.#board = new Scoreboard({ workers: 1, listeners: 0, endpoints: all.length, pools: 1 });
    const tell = (level: string) => (text: string) => this.told.push(`${level} ${text}`);
    this.#watch = new PoolWatch({
      pools: this.#pools,
      places: firstPlaces({ listeners: [], pools: this.#pools }),
      board: this.#board,
      isChecking: (slot) => this.checking.has(slot),
      log: { info: tell('info'), warn: tell('warn') },
    });
  }

  /** Lets some endpoints be so, and gives what is told then. */
  becomes(slots: readonly number[], to: 'well' | 'failing' | 'draining' | 'up' | { readonly weight: number }): readonly string[] {
    for (const slot of slots) {
      const controls = this.#board.controls(slot);
      if (to === 'well' || to === 'failing') controls[endpointControl.health] = endpointHealth[to];
      else if (typeof to === 'string') controls[endpointControl.state] = endpointState[to];
      else {
        controls[endpointControl.weight] = to.weight;
        controls[endpointControl.hasWeight] = 1;
      }
    }
    this.#board.raiseRevision(0);
    return this.tells();
  }

  tells(): readonly string[] {
    const before = this.told.length;
    this.#watch.tick();
    return this.told.slice(before);
  }

  adoptAgain(): void {
    this.#watch.adopt({ pools: this.#pools, places: firstPlaces({ listeners: [], pools: this.#pools }) });
  }
}

describe('a pool', () => {
  test('that has no endpoint yet has none left, and is in no panic', () => {
    const pool = new World([], { panic: 50 });
    assert.deepEqual(pool.tells(), ['warn Pool web has no endpoint left: clients get 503 no-endpoint.']);
  });

  test('of which some are well is not worth a word', () => {
    const here = new World([{}, {}, {}]);
    assert.deepEqual([here.tells(), here.becomes([0], 'failing'), here.becomes([1], 'draining')], [[], [], []]);
  });

  test('that nobody is left of is told of once, and so is that it has endpoints again', () => {
    const here = new World([{}, {}, {}]);
    here.becomes([0], 'failing');
    here.becomes([1], 'draining');
    assert.deepEqual(here.becomes([2], 'failing'), ['warn Pool web has no endpoint left: clients get 503 no-endpoint.']);
    assert.deepEqual(here.tells(), []);
    here.adoptAgain();
    assert.deepEqual(here.tells(), []);
    assert.deepEqual(here.becomes([0], 'well'), ['info Pool web has endpoints again: 1 of 2 endpoints is well.']);
  });

  test('says what takes its place', () => {
    const backup = new World([{}], { backup: 'static', lastResort: { status: 200 } });
    assert.deepEqual(backup.becomes([0], 'failing'), ['warn Pool web has no endpoint left: pool static takes its exchanges.']);
    const last = new World([{}], { lastResort: { status: 200 } });
    assert.deepEqual(last.becomes([0], 'failing'), ['warn Pool web has no endpoint left: clients get its last resort, 200.']);
  });

  test('has one left in its backups and later priorities, and none in endpoints of weight 0', () => {
    const here = new World([{}, { priority: 1 }, { backup: true }, { weight: 0 }]);
    assert.deepEqual([here.becomes([0], 'failing'), here.becomes([1], 'failing')], [[], []]);
    assert.equal(here.becomes([2], { weight: 0 }).length, 1);
    assert.deepEqual(here.becomes([3], { weight: 2 }), ['info Pool web has endpoints again: 1 of 3 endpoints is well.']);
  });

  test('is not told of before the first results, and then at once', () => {
    const here = new World([{}, {}]);
    here.checking.add(0).add(1);
    assert.deepEqual(here.becomes([0, 1], 'failing'), []);
    here.checking.delete(0);
    assert.deepEqual(here.becomes([], 'failing'), []);
    here.checking.delete(1);
    assert.deepEqual(here.becomes([], 'failing'), ['warn Pool web has no endpoint left: clients get 503 no-endpoint.']);
  });

  test('in panic is told of, and when that is over', () => {
    const here = new World([{}, {}, {}, {}], { panic: 50 });
    assert.deepEqual(here.becomes([0, 1], 'failing'), []);
    const spread = 'health is not heeded, and all of them get traffic';
    assert.deepEqual(here.becomes([2], 'failing'), [`warn Pool web is in panic, 1 of 4 endpoints is well: ${spread}.`]);
    assert.deepEqual(here.becomes([3], 'failing'), []);
    assert.deepEqual(here.becomes([0, 1], 'well'), ['info Pool web is out of panic: 2 of 4 endpoints are well.']);
  });

  test('in which panic is to give nobody anything says what clients get', () => {
    const here = new World([{}, {}, {}], { panic: { threshold: 50, action: 'fail' }, backup: 'static' });
    assert.deepEqual(here.becomes([0, 1], 'failing'), [
      'warn Pool web is in panic, 1 of 3 endpoints is well: nobody gets anything, and pool static takes its exchanges.',
    ]);
  });
});
