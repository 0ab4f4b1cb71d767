// In which step of a change a data plane does what: a worker serves between two of them, so that none may take long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { times } from '../../../test/support/endpoints.ts';
import { definePolicy } from '../../domain/balancing/policy.ts';
import { countNames, firstPlaces } from '../../domain/endpoints/places.ts';
import { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { overloadSettings } from '../../domain/resilience/settings.ts';
import { poolSettings } from '../../domain/traffic/pool-settings.ts';
import { listenerSettings } from '../listening/settings.ts';
import type { DataPlaneParts } from './data-plane.ts';
import { createDataPlane } from './data-plane.ts';
import { createSharedState } from './shared-state.ts';

test('pools of another document are built as they are staged, and no more is left for the step in which all of them are there', async () => {
  let built = 0;
  const counting = definePolicy({
    name: './counting.ts',
    summary: 'Counts how often it is built.',
    options: {},
    build: (candidates) => {
      built++;
      return { pick: () => candidates[0] };
    },
  });
  // Of which options and which name it is, a list of policies does not say.
  const ownPolicies = new Map([['./counting.ts', counting]]) as NonNullable<DataPlaneParts['ownPolicies']>;
  const names = times(20, (index) => `pool-${index}`);
  const routes = names.map((pool) => ({ path: `/${pool}/*`, pool }));
  const documentOf = (port: number) => ({
    listeners: [listenerSettings.parse({ name: 'web', bind: '127.0.0.1:0', routes })],
    pools: Object.fromEntries(
      names.map((name) => [name, poolSettings.parse({ balance: './counting.ts', endpoints: [`127.0.0.1:${port}`] })]),
    ),
    overload: overloadSettings.parse({}),
  });
  const [document, next] = [documentOf(1), documentOf(2)];
  const places = firstPlaces(next);
  const board = new Scoreboard({ workers: 1, ...countNames(document) });
  const plane = createDataPlane({ document, board, worker: 0, workers: 1, ownPolicies });
  assert.equal(built, names.length);

  for (const [index, [name, settings]] of Object.entries(next.pools).entries()) {
    plane.stage({ pools: { [name]: settings }, places: places.pools, shared: createSharedState({ [name]: settings }), ownPolicies });
    assert.equal(built, names.length + index + 1, `after ${name}`);
  }
  await plane.prepare({ listeners: ['web'], places: places.listeners, pools: names, overload: next.overload });
  plane.commit();
  assert.equal(built, 2 * names.length);
  plane.close();
});
