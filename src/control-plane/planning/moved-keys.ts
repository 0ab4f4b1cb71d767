// How many of a pool's keys another document would move to another endpoint: found out by asking the pool's own balancer, before and after, for
// the same sample of keys. The sample and all chance come from one seed, so that the same two documents always give the same answer.
import { isDeepStrictEqual } from 'node:util';
import { Balancer } from '../../domain/balancing/balancer.ts';
import { policyOf } from '../../domain/balancing/build-picker.ts';
import { subsetOf } from '../../domain/balancing/subset.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { firstBackupTier, tiersOf, weightsOf } from '../../domain/endpoints/weights.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { milliseconds } from '../../foundation/basics/units.ts';

export type MovedKeys =
  /** So many of so many keys that were tried. */
  | { readonly kind: 'share'; readonly share: number; readonly moved: number; readonly sampled: number }
  /** Nobody can say: why. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface MovedKeysParts {
  readonly before: PoolSettings;
  readonly after: PoolSettings;
  /** The name of this balancer, by which its subset is drawn. */
  readonly identity: string;
  readonly samples: number;
}

/** undefined where the pool has no keys before or after, or nothing is different that decides where they are. */
export function movedKeys(parts: MovedKeysParts): MovedKeys | undefined {
  const { before, after } = parts;
  const isSame = (['balance', 'endpoints', 'subset'] as const).every((key) => isDeepStrictEqual(before[key], after[key]));
  if (isSame) return undefined;
  if (isOwn(before) || isOwn(after)) {
    return { kind: 'unknown', reason: 'a policy of your own decides, which is not asked for a plan' };
  }
  const keys = [keyOf(before), keyOf(after)];
  if (keys[0] === undefined || keys[1] === undefined) return undefined;
  if (!isDeepStrictEqual(keys[0], keys[1])) {
    return { kind: 'unknown', reason: `keys are ${keys[1].join(' and ')} instead of ${keys[0].join(' and ')}: most of them move` };
  }
  return { kind: 'share', ...countMoved(parts, keys[0].length === 1 && keys[0][0] === 'client' ? addressKey : plainKey) };
}

const isOwn = ({ balance }: PoolSettings): boolean => /[./]/.test(balance.policy);

const keyOf = ({ balance }: PoolSettings): readonly string[] | undefined =>
  // The policy was found by the name in the settings, so they are its own.
  policyOf(balance).keyedOn?.(balance as never);

/** Some policies look at single bytes of an address. */
const addressKey = (random: Random): string =>
  [1 + random() * 223, random() * 256, random() * 256, 1 + random() * 254].map((part) => Math.floor(part)).join('.');
const plainKey = (random: Random): string => `/${Math.floor(random() * 2 ** 32).toString(36)}`;

const seed = 0x5eed;

function countMoved(parts: MovedKeysParts, makeKey: (random: Random) => string): { share: number; moved: number; sampled: number } {
  const { samples, before, after } = parts;
  const random = seeded(seed);
  const keys = Array.from({ length: samples }, () => makeKey(random));
  const world = new World(parts);
  const first = world.placesOf(keys, before);
  const then = world.placesOf(keys, after);
  const moved = first.filter((id, index) => id !== then[index]).length;
  return { share: moved / samples, moved, sampled: samples };
}

/** Room for the endpoints of both documents: who stays keeps its row, and content that is remembered to be there stays there. */
class World {
  readonly #slots: ReadonlyMap<string, number>;
  readonly #board: Scoreboard;
  readonly #assignments: SharedTable;
  readonly #identity: string;

  constructor({ before, after, identity, samples }: MovedKeysParts) {
    const ids = [...new Set([...before.endpoints, ...after.endpoints].map(({ id }) => id))];
    this.#slots = new Map(ids.map((id, slot) => [id, slot]));
    this.#board = new Scoreboard({ workers: 1, endpoints: ids.length, listeners: 0, pools: 1 });
    this.#assignments = new SharedTable({ capacity: 4 * samples, lifetime: milliseconds(86_400_000) }, 0);
    this.#identity = identity;
  }

  placesOf(keys: readonly string[], settings: PoolSettings): readonly (string | undefined)[] {
    const balancer = new Balancer({
      policy: settings.balance,
      endpoints: this.#endpointsOf(settings),
      slowStart: undefined,
      backupsFrom: firstBackupTier(settings.endpoints),
      tools: { random: seeded(seed), now: () => 1_000_000, assignments: this.#assignments },
      counters: this.#board.poolRow(0, 0),
      revision: () => 0,
    });
    return keys.map((key) => {
      const endpoint = balancer.take({ key, attempt: 0 }, []);
      endpoint?.load.release();
      return endpoint?.id;
    });
  }

  #endpointsOf({ endpoints, subset }: PoolSettings): readonly Endpoint[] {
    const weights = weightsOf(endpoints);
    const tiers = tiersOf(endpoints);
    const all = endpoints.map(({ id, address, maxConnections }, position): Endpoint => {
      const load = new EndpointLoad(this.#board, 0, this.#slots.get(id) ?? 0);
      return { id, address, maxConnections, weight: weights[position] ?? 1, tier: tiers[position] ?? 0, load };
    });
    return subset === undefined ? all : subsetOf(all, subset.size, subset.identity ?? this.#identity);
  }
}
