// Least connections in two workers that share a scoreboard: the requests of both together are spread as one worker alone spreads them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Balancer } from '../../src/domain/balancing/balancer.ts';
import { policySettings } from '../../src/domain/balancing/policy-settings.ts';
import type { Endpoint } from '../../src/domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../src/domain/endpoints/endpoint-load.ts';
import { Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import { times } from '../support/endpoints.ts';

const clients = 64;
const picks = 160_000;

interface Load {
  readonly workers: number;
  readonly weights: readonly number[];
  /** Of each endpoint: the chance that a request there is done when it is looked at. */
  readonly speeds: readonly number[];
}

const request = { key: undefined, attempt: 0 };

/** How often each endpoint is picked in a closed loop: a client whose request is done makes the next one, through its own worker. */
function picksOf({ workers, weights, speeds }: Load): readonly number[] {
  const random = seeded(workers);
  const board = new Scoreboard({ workers, endpoints: weights.length, listeners: 0, pools: 1 });
  const balancers = times(workers, (worker) => balancerOf(board, worker, weights, random));
  const balancerFor = (client: number): Balancer => balancers[client % workers] as Balancer;
  const held = times(clients, (client) => balancerFor(client).take(request, []) as Endpoint);
  const counts = weights.map(() => 0);
  for (let picked = 0; picked < picks; ) {
    const client = Math.floor(random() * clients);
    const before = held[client] as Endpoint;
    if (random() >= (speeds[before.load.slot] ?? 0)) continue;
    before.load.release();
    const next = balancerFor(client).take(request, []) as Endpoint;
    held[client] = next;
    counts[next.load.slot] = (counts[next.load.slot] ?? 0) + 1;
    picked++;
  }
  assert.equal(
    weights.reduce((sum, _, slot) => sum + board.inFlight(slot), 0),
    clients,
  );
  return counts;
}

function balancerOf(board: Scoreboard, worker: number, weights: readonly number[], random: Random): Balancer {
  return new Balancer({
    policy: policySettings.parse('least-connections'),
    endpoints: weights.map((weight, slot) => ({
      id: `e${slot}:80`,
      address: { kind: 'tcp', host: `e${slot}`, port: 80 },
      weight,
      tier: 0,
      maxConnections: Number.POSITIVE_INFINITY,
      load: new EndpointLoad(board, worker, slot),
    })),
    slowStart: undefined,
    tools: { random, now: () => 1_000_000 },
    turns: (tier) => board.turns(0, tier),
    counters: board.poolRow(worker, 0),
    revision: () => board.revision(0),
  });
}

/** Most to mean. */
const spread = (counts: readonly number[]): number => (Math.max(...counts) * counts.length) / picks;

const cases: Readonly<Record<string, Omit<Load, 'workers'>>> = {
  'equal endpoints': { weights: times(8, () => 1), speeds: times(8, () => 0.5) },
  'slow and fast endpoints': { weights: times(8, () => 1), speeds: times(8, (slot) => (slot < 4 ? 0.8 : 0.2)) },
  'endpoints of several weights': { weights: [4, 3, 2, 1, 1], speeds: times(5, () => 0.5) },
};

describe('least connections over two workers, beside one worker', () => {
  for (const [title, load] of Object.entries(cases)) {
    test(`spreads within 2 % over ${title}`, (t) => {
      const [one, two] = [picksOf({ ...load, workers: 1 }), picksOf({ ...load, workers: 2 })];
      t.diagnostic(`most to mean: ${spread(one).toFixed(4)} with one worker, ${spread(two).toFixed(4)} with two`);
      assert.ok(Math.abs(spread(two) / spread(one) - 1) < 0.02, `${two} with two workers, ${one} with one`);
    });
  }

  test('gives equal endpoints equal shares', () => {
    const counts = picksOf({ weights: times(8, () => 1), speeds: times(8, () => 0.5), workers: 2 });
    assert.ok(spread(counts) < 1.02, `${counts}`);
  });
});
