// What is served in time when twice as much is asked for as can be served.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WaitingLoad } from '../../../../test/support/time/waiting-pool.ts';
import { runWaiting } from '../../../../test/support/time/waiting-pool.ts';
import type { QueueRules } from '../../../domain/resilience/rules.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';

describe('when twice as much is asked for as can be served, of what can be served', () => {
  const usual: Omit<WaitingLoad, 'rules' | 'workers'> = {
    places: 10,
    service: 20,
    load: 2,
    patience: 200,
    saysDeadline: true,
    seconds: 60,
  };
  const wide: QueueRules = { size: 100, timeout: milliseconds(1000), order: 'deadline' };
  const cases: readonly (readonly [name: string, load: WaitingLoad])[] = [
    ['with deadlines', { ...usual, rules: wide, workers: 1 }],
    ['with deadlines and four workers', { ...usual, rules: wide, workers: 4 }],
    ['with deadlines of five times what serving takes', { ...usual, patience: 100, rules: wide, workers: 1 }],
    [
      'with clients who do not say how long they wait',
      { ...usual, saysDeadline: false, rules: { ...wide, timeout: milliseconds(100) }, workers: 1 },
    ],
    [
      'with the newest first while the queue stands',
      {
        ...usual,
        saysDeadline: false,
        workers: 2,
        rules: { ...wide, order: 'adaptive', codel: { interval: milliseconds(100), target: milliseconds(1000) } },
      },
    ],
  ];
  for (const [name, load] of cases) {
    test(`${name}, nine tenths are in time`, (context) => {
      const { goodput, late } = runWaiting(load, 1);
      context.diagnostic(`goodput ${goodput.toFixed(3)} of capacity, ${(100 * late).toFixed(2)} % of the served too late`);
      assert.ok(goodput >= 0.9, `${goodput}`);
      assert.ok(late < 0.08, `${late}`);
    });
  }

  for (const [places, service] of [
    [10, 20],
    [1, 5],
    [3, 50],
  ] as const) {
    test(`at ${places} places a worker that is asked later than another gets its part, and little is lost by that`, (context) => {
      const patience = 10 * service;
      const workerOf = (now: number, chance: number): number => (now < 5000 || chance < 0.5 ? 0 : 1);
      const { fates, goodput } = runWaiting({ ...usual, places, service, patience, seconds: 30, workerOf, rules: wide, workers: 2 }, 1);
      const shares = [0, 1].map((worker) => {
        const own = fates.filter((fate) => fate.worker === worker && fate.cameAt > 7000);
        return own.filter(({ outcome }) => outcome === 'served').length / own.length;
      });
      context.diagnostic(`goodput ${goodput.toFixed(3)} of capacity; served ${shares.map((share) => share.toFixed(2)).join(' and ')}`);
      for (const share of shares) assert.ok(share > 0.35 && share < 0.65, `${share}`);
      assert.ok(goodput >= 0.9, `${goodput}`);
    });
  }

  test('each worker serves its part', () => {
    const { fates } = runWaiting({ ...usual, rules: wide, workers: 4 }, 1);
    for (let worker = 0; worker < 4; worker++) {
      const own = fates.filter((fate) => fate.worker === worker);
      const share = own.filter(({ outcome }) => outcome === 'served').length / own.length;
      assert.ok(share > 0.35 && share < 0.65, `${share}`);
    }
  });

  test('the more important half is served nearly whole', () => {
    const priority = { header: 'x', limits: [100, 50] };
    const { fates } = runWaiting(
      { ...usual, load: 1.8, rules: { ...wide, priority }, workers: 1, priorityOf: (request) => request % 2 },
      1,
    );
    const servedOf = (priority: number): number => {
      const own = fates.filter((fate) => fate.priority === priority);
      return own.filter(({ outcome }) => outcome === 'served').length / own.length;
    };
    assert.ok(servedOf(0) > 0.97, `${servedOf(0)}`);
    assert.ok(servedOf(1) < 0.25, `${servedOf(1)}`);
  });

  test('who is refused is told at once', () => {
    const { fates } = runWaiting({ ...usual, rules: wide, workers: 1 }, 1);
    const refused = fates.filter(({ outcome }) => outcome !== 'served');
    assert.ok(refused.length > fates.length / 3);
    const atOnce = refused.filter(({ outcome, took }) => outcome === 'refused' && took === 0).length;
    assert.ok(atOnce > 0.85 * refused.length, `${atOnce} of ${refused.length}`);
  });
});
