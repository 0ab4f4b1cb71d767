// What a pool's traffic comes to in an interval, judged by the figures of the scoreboard: who goes, who stays and why, and what it costs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointControl, endpointCounter, endpointState, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { outlierSettings } from '../../domain/health/outlier-settings.ts';
import { countStreaks } from '../../domain/health/streaks.ts';
import { EndpointHealth } from './endpoint-health.ts';
import type { JudgedEndpoint } from './pool-judge.ts';
import { PoolJudge } from './pool-judge.ts';

/** Counts how often an endpoint's controls are looked at. */
class CountingBoard extends Scoreboard {
  looks = 0;

  override controls(endpoint: number): Float64Array {
    this.looks++;
    return super.controls(endpoint);
  }
}

class Judged {
  readonly board: CountingBoard;
  readonly ejected: string[] = [];
  readonly spared: string[] = [];
  readonly endpoints: readonly JudgedEndpoint[];
  readonly #judge: PoolJudge;

  constructor(count: number, written: Parameters<typeof outlierSettings.parse>[0]) {
    // Two workers, so that figures have to be added up.
    this.board = new CountingBoard({ workers: 2, listeners: 0, endpoints: count, pools: 1 });
    this.endpoints = Array.from({ length: count }, (_, slot) => ({ id: `e${slot}`, slot, health: new EndpointHealth(undefined, 0) }));
    const settings = outlierSettings.parse(written);
    assert.ok(settings.kind === 'detection');
    this.#judge = new PoolJudge(
      {
        settings,
        endpoints: this.endpoints,
        board: this.board,
        random: () => 0,
        onChange: ({ id, health }) => this.ejected.push(`${id} ${health.isWell ? 'back' : 'gone'}: ${health.reason}`),
        onSpared: ({ id }, reason, why) => this.spared.push(`${id} ${reason}: ${why}`),
      },
      0,
    );
  }

  /** So many tries of an endpoint, some of which succeed; half of the others are answered with 500, and half not at all. */
  had(slot: number, tries: number, succeeded: number): void {
    const [one, other] = [this.board.endpointRow(0, slot), this.board.endpointRow(1, slot)];
    const bad = tries - succeeded;
    const errors = Math.floor(bad / 2);
    const add = (row: Float64Array, counter: number, by: number): void => {
      row[counter] = (row[counter] ?? 0) + by;
    };
    add(one, endpointCounter.succeeded, succeeded + errors);
    add(one, endpointCounter.status5xx, errors);
    add(other, endpointCounter.failed, bad - errors);
  }

  tick(now: number): void {
    this.#judge.tick(now);
  }
}

describe('one of ten hosts at 20 % success, the others at 99 %', () => {
  const world = (hosts: number, volume: number, written: Parameters<typeof outlierSettings.parse>[0] = 'envoy'): Judged => {
    const judged = new Judged(hosts, written);
    for (let slot = 0; slot < hosts; slot++) judged.had(slot, volume, slot === 3 ? 0.2 * volume : 0.99 * volume);
    return judged;
  };

  test('is ejected after the first full interval, and not before', () => {
    const judged = world(10, 100);
    judged.tick(9999);
    assert.deepEqual(judged.ejected, []);
    judged.tick(10_000);
    assert.deepEqual(judged.ejected, ['e3 gone: 20.0 % of its tries succeeded, at least 46.1 % was wanted beside its peers']);
  });

  test('stays where it had fewer than a hundred tries in the interval', () => {
    const judged = world(10, 50);
    judged.tick(10_000);
    judged.tick(20_000);
    assert.deepEqual([judged.ejected, judged.spared], [[], []]);
  });

  test('is judged by each interval for itself', () => {
    const judged = world(10, 50);
    judged.tick(10_000);
    for (let slot = 0; slot < 10; slot++) judged.had(slot, 100, slot === 3 ? 20 : 99);
    judged.tick(20_000);
    assert.equal(judged.ejected.length, 1);
  });

  test('is the only one of ten with 10 percent; of nine none may go', () => {
    const judged = world(10, 100);
    judged.tick(10_000);
    for (let slot = 0; slot < 10; slot++) judged.had(slot, 100, slot === 5 ? 20 : 99);
    judged.tick(20_000);
    assert.equal(judged.ejected.length, 1);
    const why = 'outliers.maxEjected lets 10 % of 10 be set aside at once, and 1 is';
    assert.deepEqual(judged.spared, [`e5 20.0 % of its tries succeeded, at least 43.1 % was wanted beside its peers: ${why}`]);

    const nine = world(9, 100);
    nine.tick(10_000);
    assert.deepEqual(nine.ejected, []);
    assert.match(nine.spared[0] ?? '', /^e3 .*: outliers\.maxEjected lets 10 % of 9 be set aside at once, and 0 are$/);

    const mild = world(9, 100, { preset: 'envoy', alwaysOne: true });
    mild.tick(10_000);
    assert.equal(mild.ejected.length, 1);
  });

  test('is back after thirty seconds, and goes again for sixty', () => {
    const judged = world(10, 100);
    const again = (): void => {
      for (let slot = 0; slot < 10; slot++) judged.had(slot, 100, slot === 3 ? 20 : 99);
    };
    judged.tick(10_000);
    judged.tick(39_999);
    assert.equal(judged.ejected.length, 1);
    judged.tick(40_000);
    assert.equal(judged.ejected.at(-1), 'e3 back: the time of its ejection is over');
    again();
    judged.tick(50_000);
    assert.equal(judged.endpoints[3]?.health.ejection.until, 110_000);
  });
});

describe('an endpoint is not set aside', () => {
  test('where those that operators keep out and those that fail probes leave no other one', () => {
    const judged = new Judged(3, { consecutive: 5, maxEjected: 100 });
    judged.board.controls(0)[endpointControl.state] = endpointState.draining;
    judged.endpoints[1]?.health.probedAs('down', 'the answer was 503', 0);
    for (let time = 0; time < 5; time++) countStreaks(judged.board.slots, judged.board.streaksAt(2), 'local');
    judged.tick(100);
    assert.deepEqual(judged.ejected, []);
    assert.deepEqual(judged.spared, ['e2 5 tries in a row without a whole answer: no other one is up']);
  });
});

test('ten thousand endpoints that fail in one moment are looked at once each, not once for each of them', () => {
  const count = 10_000;
  const judged = new Judged(count, { consecutive: 5, maxEjected: 50, failureShare: { threshold: 50 } });
  for (let slot = 0; slot < count; slot++)
    for (let time = 0; time < 5; time++) countStreaks(judged.board.slots, judged.board.streaksAt(slot), 'local');
  judged.board.looks = 0;
  judged.tick(100);
  assert.deepEqual([judged.ejected.length, judged.spared.length], [5000, 5000]);
  assert.ok(judged.board.looks <= 3 * count, `${judged.board.looks}`);
  for (let slot = 0; slot < count; slot++) judged.had(slot, 100, 0);
  judged.board.looks = 0;
  judged.tick(10_000);
  assert.equal(judged.spared.length, 10_000);
  assert.ok(judged.board.looks <= 3 * count, `${judged.board.looks}`);
});
