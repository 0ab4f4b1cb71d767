// Pictures are what the program makes of the data, the data is what theory says where theory says something, and the same seed gives the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { itemAt } from '../../src/foundation/basics/item-at.ts';
import type { ContendedData } from './contended.ts';
import type { FailingFastData } from './failing-fast.ts';
import type { HotKeysData } from './hot-keys.ts';
import type { LoadData } from './load.ts';
import type { MovedKeysData } from './moved-keys.ts';
import type { OldNewsData } from './old-news.ts';
import { pictures } from './pictures.ts';
import type { SlowEndpointData } from './slow-endpoint.ts';
import { meanOfOneQueue, meanOfRandom, meanOfTurns, meanOfTwoChoices, meanOfVaried } from './theory.ts';
import type { TurnsData } from './turns.ts';
import type { UnequalData } from './unequal.ts';
import type { VariabilityData } from './variability.ts';

const folder = join(import.meta.dirname, '../../docs/pictures');
const known = JSON.parse(readFileSync(join(folder, 'data.json'), 'utf8')) as Readonly<Record<string, unknown>>;
// The file is what `measure` of each picture gave.
const load = known['load'] as LoadData;
const variability = known['variability'] as VariabilityData;
const slowEndpoint = known['slow-endpoint'] as SlowEndpointData;
const unequal = known['unequal'] as UnequalData;
const contended = known['contended'] as ContendedData;
const movedKeys = known['moved-keys'] as MovedKeysData;
const hotKeys = known['hot-keys'] as HotKeysData;
const oldNews = known['old-news'] as OldNewsData;
const failingFast = known['failing-fast'] as FailingFastData;
const turns = known['turns'] as TurnsData;

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * expected, `${actual} instead of ${expected}`);
}

/** The figures of one policy. */
function of<Figures>(byPolicy: Readonly<Record<string, Figures>>, policy: string): Figures {
  const figures = byPolicy[policy];
  if (figures === undefined) throw new Error(`nothing was measured for ${policy}`);
  return figures;
}

describe('every picture', () => {
  for (const { name, measure, draw } of pictures) {
    test(`${name} is drawn from the data that is beside it`, () => {
      assert.equal(readFileSync(join(folder, `${name}.svg`), 'utf8'), draw(known[name]));
    });

    test(`${name} comes out the same twice, however small the run, and has a title and a description`, () => {
      const first = draw(measure(0.002));
      assert.equal(draw(measure(0.002)), first);
      assert.match(first, /<title id="title">[^<]+<\/title>/);
      assert.match(first, /<desc id="desc">[^<]{40,}<\/desc>/);
      assert.match(first, /prefers-color-scheme:dark/);
      assert.doesNotMatch(first, /NaN|undefined|Infinity/);
    });
  }
});

describe('the data agrees with theory', () => {
  test('random, M/M/1', () => {
    load.loads.forEach((busy, index) => {
      near(itemAt(of(load.byPolicy, 'random'), index).mean, meanOfRandom(busy), busy > 0.9 ? 0.08 : 0.05);
    });
  });

  test('turns, E_n/M/1', () => {
    load.loads.forEach((busy, index) => {
      near(itemAt(of(load.byPolicy, 'round-robin'), index).mean, meanOfTurns(busy, load.servers), busy > 0.9 ? 0.08 : 0.05);
    });
  });

  test('two choices are a little above what endlessly many servers have, and nothing is below one queue for all', () => {
    load.loads.forEach((busy, index) => {
      const limit = meanOfTwoChoices(busy);
      const two = itemAt(of(load.byPolicy, 'power-of-two-choices'), index).mean;
      assert.ok(two > 0.98 * limit && two < 1.25 * limit, `${two} beside ${limit}`);
      const least = itemAt(of(load.byPolicy, 'least-connections'), index).mean;
      assert.ok(least >= 0.99 * meanOfOneQueue(busy, load.servers), `${least}`);
    });
  });

  test('a hundred servers: what other simulators found', () => {
    near(of(load.hundred, 'random').mean, 10, 0.05);
    near(of(load.hundred, 'round-robin').mean, 5.24, 0.03);
    near(of(load.hundred, 'power-of-two-choices').mean, 2.657, 0.02);
    near(of(load.hundred, 'least-connections').mean, 1.066, 0.02);
    near(of(load.hundred, 'power-of-two-choices').p99, 8.96, 0.03);
    near(of(load.hundred, 'least-connections').p99, 4.88, 0.03);
  });

  test('old news: what M. Mitzenmacher found, and what other simulators did', () => {
    oldNews.ages.forEach((age, index) => {
      const [two, least, chance] = ['power-of-two-choices', 'least-connections', 'random'].map((policy) =>
        itemAt(of(oldNews.means, policy), index),
      );
      if (two === undefined || least === undefined || chance === undefined) throw new Error(`nothing was measured for ${age}`);
      near(chance, 10, 0.05);
      near(two, itemAt([2.67, 2.8, 2.97, 3.26, 4.01, 5.13], index), 0.03);
      near(least, itemAt([1.06, 2.79, 3.98, 6.07, 12, 23.4], index), 0.05);
      assert.equal(least > two, age >= 1);
    });
  });

  test('random with work that varies: Pollaczek and Khinchine', () => {
    variability.variations.forEach((variation, index) => {
      near(itemAt(of(variability.means, 'random'), index), meanOfVaried(variability.load, variation), 0.1);
    });
  });
});

describe('what the page says holds for the data', () => {
  test('turns are best when requests are alike, and hardly better than chance when a few are very long', () => {
    const [alike, , varied] = [0, 1, 2].map((index) => (policy: string) => itemAt(of(variability.means, policy), index));
    assert.ok(alike !== undefined && varied !== undefined);
    for (const policy of ['random', 'power-of-two-choices', 'least-connections']) assert.ok(alike('round-robin') < alike(policy));
    assert.ok(varied('round-robin') > 0.75 * varied('random'));
    assert.ok(varied('least-connections') < 0.1 * varied('round-robin'));
  });

  test('late answers while one endpoint is slow: one in eleven, less than one in a hundred, less than one in a thousand', () => {
    near(of(slowEndpoint.byPolicy, 'round-robin').late, 1 / 11, 0.01);
    for (const policy of ['power-of-two-choices', 'least-connections']) assert.ok(of(slowEndpoint.byPolicy, policy).late < 0.01);
    for (const policy of ['peak-ewma', 'least-time', 'prequal']) assert.ok(of(slowEndpoint.byPolicy, policy).late < 0.001);
  });

  test('what was slow has more than half of its share within half a minute, whatever the policy', () => {
    for (const [policy, { sentToSlow }] of Object.entries(slowEndpoint.byPolicy)) {
      const from = (90 + 24) / slowEndpoint.stepSeconds;
      for (const share of sentToSlow.slice(from)) assert.ok(share > 0.5 / 11 && share < 1.5 / 11, `${policy}: ${share}`);
    }
  });

  test('equal turns overload the small machines, and weights beside reports of load count twice', () => {
    for (const [policy, { equalWeights, rightWeights }] of Object.entries(unequal.byPolicy)) {
      assert.equal(equalWeights.failed > 0.01, policy === 'round-robin', policy);
      assert.equal(rightWeights.failed > 0.01, policy === 'utilisation', policy);
    }
  });

  test('whoever fails at once draws requests to itself, unless failing counts as slow', () => {
    near(of(failingFast.failed, 'round-robin'), 0.1, 0.01);
    assert.ok(of(failingFast.failed, 'power-of-two-choices') < 0.2);
    assert.ok(of(failingFast.failed, 'least-connections') > 0.5);
    for (const policy of ['least-time', 'peak-ewma', 'prequal']) assert.ok(of(failingFast.failed, policy) < 0.002, policy);
  });

  test('on machines that others use too only turns fail requests', () => {
    for (const [policy, found] of Object.entries(contended.byPolicy)) {
      if (policy === 'round-robin') assert.ok(itemAt(found, 2).failed > 0.02);
      else for (const { failed } of found) assert.equal(failed, 0);
    }
  });

  test('only hash and ip-hash move more than the keys of the one that leaves', () => {
    for (const [policy, { down, removed }] of Object.entries(movedKeys.moved)) {
      assert.ok(down < 0.115, policy);
      assert.equal(removed > 0.85, policy === 'hash' || policy === 'ip-hash', policy);
      assert.ok(removed > 0.85 || removed < 0.115, policy);
    }
  });

  test('a limit keeps the busiest below it, however popular a key is', () => {
    for (const { hot, bounded, away } of Object.values(hotKeys.byPolicy)) {
      assert.ok(bounded < hotKeys.bound && bounded < hot);
      assert.ok(away > 0.05 && away < 0.2);
    }
  });

  test('every round of turns has 5, 1 and 1, and never more than four of the same in a row', () => {
    const smooth = of(turns.turns, 'round-robin').join('');
    for (let round = 0; round < 3; round++) {
      assert.equal([...smooth.slice(7 * round, 7 * round + 7)].sort().join(''), '0000012');
    }
    assert.doesNotMatch(smooth, /00000/);
  });
});
