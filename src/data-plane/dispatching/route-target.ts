// Where the exchanges of one route go, worked out once: its pools, those that it splits between, the one that mirrors, and what it changes.
import type { ExchangeFacts } from '../../domain/balancing/affinity-key.ts';
import type { Splitter } from '../../domain/routing/actions/split.ts';
import { compileSplit } from '../../domain/routing/actions/split.ts';
import type { RouteRules, RouteTimeouts } from '../../domain/routing/route-rules.ts';
import { poolsOf } from '../../domain/routing/route-rules.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { answersItself, changesExchanges, RouteActions } from '../routing/route-actions.ts';
import type { PoolTraffic } from './pool-traffic.ts';

/** What routes may ask of a pool beside the pool itself. */
export interface TrafficChoice {
  readonly pool: string;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly timeouts?: RouteTimeouts | undefined;
}

/** What a route's traffic is known by: its pool's name, and what it asks for besides. */
export const trafficName = ({ pool, metadata, timeouts }: TrafficChoice): string =>
  metadata === undefined && timeouts === undefined ? pool : `${pool} ${choiceText({ metadata, timeouts })}`;

/** The same for the same choice, in whatever order it was written. */
export const choiceText = ({ metadata, timeouts }: Omit<TrafficChoice, 'pool'>): string =>
  JSON.stringify([Object.entries(metadata ?? {}).sort(), Object.entries(timeouts ?? {}).sort()]);

/** All that a route sends to, its mirror last. */
export const choicesOf = (rules: RouteRules): readonly TrafficChoice[] => [
  ...poolsOf(rules).map((pool) => ({ pool, metadata: rules.metadata, timeouts: rules.timeouts })),
  ...(rules.mirror === undefined ? [] : [{ pool: rules.mirror.pool }]),
];

export class RouteTarget {
  readonly settings: RouteRules;
  /** Absent where an exchange goes on as it came. */
  readonly actions: RouteActions | undefined;
  readonly mirror: PoolTraffic | undefined;
  /** Of a request's body, in bytes. */
  readonly mostBody: number;
  readonly #pools: readonly (PoolTraffic | undefined)[];
  readonly #split: Splitter | undefined;
  #changes: RouteActions | undefined = undefined;

  constructor(settings: RouteRules, traffics: ReadonlyMap<string, PoolTraffic>) {
    this.settings = settings;
    this.actions = answersItself(settings) || changesExchanges(settings) ? this.changes : undefined;
    const { metadata, timeouts } = settings;
    this.#pools = poolsOf(settings).map((pool) => traffics.get(trafficName({ pool, metadata, timeouts })));
    this.#split = settings.split && compileSplit(settings.split, settings.splitBy);
    this.mirror = settings.mirror && traffics.get(settings.mirror.pool);
    this.mostBody = settings.maxBody ?? Number.POSITIVE_INFINITY;
  }

  /** Also of a route that changes nothing by itself, for an exchange of which a path or a body was read anew. */
  get changes(): RouteActions {
    this.#changes ??= new RouteActions(this.settings);
    return this.#changes;
  }

  /** undefined where there is none. */
  pool(facts: ExchangeFacts, random: Random): PoolTraffic | undefined {
    return this.#pools[this.#split === undefined ? 0 : this.#split(facts, random)];
  }
}
