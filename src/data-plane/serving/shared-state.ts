// What all workers share of a document beside the scoreboard: the tables in which they remember sessions and contents, and the secret by
// which they sign. Made once by whoever starts the workers, and given to each of them.
import { policyOf } from '../../domain/balancing/build-picker.ts';
import { breakerWords, releaseTrials } from '../../domain/resilience/circuit-breaker.ts';
import { entryWords, releaseEntry } from '../../domain/resilience/pool-entry.ts';
import { retryBudgetWords } from '../../domain/resilience/retry-budget.ts';
import { sessionTableShape } from '../../domain/sessions/build-sessions.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import type { SharedTableShape } from '../../foundation/algorithms/shared-table.ts';
import { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import { milliseconds } from '../../foundation/basics/units.ts';

/** Plain data, cloned on its way to a thread, but for the blocks of memory. */
export interface SharedState {
  /** For pools that were given none. Another one after each start. */
  readonly secret: string;
  /** Of pools that have them, by name. */
  readonly sessions: Readonly<Record<string, SharedArrayBuffer>>;
  readonly assignments: Readonly<Record<string, SharedArrayBuffer>>;
  /** Words by which the workers keep budgets and breakers together, of all pools. */
  readonly words: Readonly<Record<string, SharedArrayBuffer>>;
  /** Of pools whose endpoints have breakers: words for each of them, in the order of the document. */
  readonly breakers: Readonly<Record<string, SharedArrayBuffer>>;
}

/** What is shared by a document that is in force, and its pools: what another one leaves as it was is taken over. */
export interface SharedBefore {
  readonly shared: SharedState;
  readonly pools: Pools;
}

type Pools = Readonly<Record<string, PoolSettings>>;

/** For the content of a pool: so many things remembered, each for a day after it was asked for last. */
const assignmentShape: SharedTableShape = { capacity: 65_536, lifetime: milliseconds(86_400_000) };

export function createSharedState(pools: Pools, before?: SharedBefore): SharedState {
  const isSticky = Object.values(pools).some(({ sticky }) => sticky !== undefined);
  return {
    secret: before?.shared.secret || (isSticky ? newSecret() : ''),
    sessions: tablesOf(pools, sessionShapeOf, before && { tables: before.shared.sessions, pools: before.pools }),
    assignments: tablesOf(pools, assignmentShapeOf, before && { tables: before.shared.assignments, pools: before.pools }),
    words: Object.fromEntries(Object.keys(pools).map((name) => [name, before?.shared.words[name] ?? newWords(poolWords)])),
    breakers: Object.fromEntries(
      Object.entries(pools).flatMap(([name, settings]) =>
        settings.endpointBreaker === undefined ? [] : [[name, breakersOf(name, settings, before)]],
      ),
    ),
  };
}

const newWords = (words: number): SharedArrayBuffer => new SharedArrayBuffer(4 * words);

/** Those of endpoints that stay are as they were. */
function breakersOf(name: string, { endpoints }: PoolSettings, before: SharedBefore | undefined): SharedArrayBuffer {
  const known = before?.shared.breakers[name];
  const ids = before?.pools[name]?.endpoints.map(({ id }) => id) ?? [];
  if (known !== undefined && ids.length === endpoints.length && endpoints.every(({ id }, position) => id === ids[position])) return known;
  const buffer = newWords(endpoints.length * breakerWords);
  const words = new Int32Array(buffer);
  for (const [position, { id }] of endpoints.entries()) {
    const from = known === undefined ? -1 : ids.indexOf(id);
    if (known !== undefined && from >= 0) words.set(new Int32Array(known, 4 * from * breakerWords, breakerWords), position * breakerWords);
  }
  return buffer;
}

/** An import statement would load it in every worker, also where there are no sessions. */
const newSecret = (): string => process.getBuiltinModule('node:crypto').randomBytes(32).toString('base64url');

/** One worker's view of the pool's table of sessions; undefined where it needs none. */
export function sessionTable(shared: SharedState, place: TablePlace): SharedTable | undefined {
  return viewOf(shared.sessions[place.pool], sessionShapeOf(place.settings), place.worker);
}

/** One worker's view of the table in which the pool's policy keeps keys; undefined where it keeps none. */
export function assignmentTable(shared: SharedState, place: TablePlace): SharedTable | undefined {
  return viewOf(shared.assignments[place.pool], assignmentShapeOf(place.settings), place.worker);
}

export interface TablePlace {
  readonly pool: string;
  readonly settings: PoolSettings;
  readonly worker: number;
}

/** As many as a document may ask for. */
const mostWorkers = 256;
/** Places in the words of a pool. */
const budgetAt = 0;
const hedgesAt = budgetAt + retryBudgetWords;
const poolBreakerAt = hedgesAt + retryBudgetWords;
const requestsAt = poolBreakerAt + breakerWords;
const poolWords = requestsAt + entryWords(mostWorkers);

export class PoolWords {
  readonly #words: Int32Array;
  readonly #breakers: SharedArrayBuffer | undefined;
  readonly #pool: string;

  constructor(shared: SharedState, pool: string) {
    const buffer = shared.words[pool];
    if (buffer === undefined) throw new Error(`Pool ${pool} was given no words.`);
    this.#words = new Int32Array(buffer);
    this.#breakers = shared.breakers[pool];
    this.#pool = pool;
  }

  get budget(): Int32Array {
    return this.#words.subarray(budgetAt, hedgesAt);
  }

  get hedges(): Int32Array {
    return this.#words.subarray(hedgesAt, poolBreakerAt);
  }

  get breaker(): Int32Array {
    return this.#words.subarray(poolBreakerAt, requestsAt);
  }

  /** How many exchanges the pool has in flight. */
  get entry(): Int32Array {
    return this.#words.subarray(requestsAt, poolWords);
  }

  /** Of the endpoint at a place in the pool's list. */
  breakerOf(position: number): Int32Array {
    if (this.#breakers === undefined) throw new Error(`The endpoints of pool ${this.#pool} have no breakers.`);
    return new Int32Array(this.#breakers, 4 * position * breakerWords, breakerWords);
  }
}

/** Nothing that is remembered leads to these rows any more, so that others may have them. */
export function forgetRows(shared: SharedState, pools: Pools, rows: ReadonlySet<number>): void {
  for (const [pool, settings] of Object.entries(pools)) {
    const place = { pool, settings, worker: 0 };
    sessionTable(shared, place)?.forgetValues(rows);
    assignmentTable(shared, place)?.forgetValues(rows);
  }
}

/** Frees what a dead worker had locked, and what it had taken and cannot give back. */
export function releaseTables(shared: SharedState, pools: Pools, worker: number): void {
  for (const [pool, settings] of Object.entries(pools)) {
    const place = { pool, settings, worker };
    sessionTable(shared, place)?.releaseOwner(worker);
    assignmentTable(shared, place)?.releaseOwner(worker);
    releaseWords(new PoolWords(shared, pool), settings, worker);
  }
}

function releaseWords(words: PoolWords, { breaker, endpointBreaker, endpoints }: PoolSettings, worker: number): void {
  releaseEntry(words.entry, worker);
  if (breaker !== undefined) releaseTrials(words.breaker);
  if (endpointBreaker !== undefined) for (const position of endpoints.keys()) releaseTrials(words.breakerOf(position));
}

const sessionShapeOf = ({ sticky }: PoolSettings): SharedTableShape | undefined =>
  sticky === undefined ? undefined : sessionTableShape(sticky);

const assignmentShapeOf = ({ balance }: PoolSettings): SharedTableShape | undefined =>
  isOwn(balance.policy) || policyOf(balance).needsAssignments !== true ? undefined : assignmentShape;

/** A policy of the user's own is named by its path. It has no table. */
const isOwn = (policy: string): boolean => /[./]/.test(policy);

interface TablesBefore {
  readonly tables: Readonly<Record<string, SharedArrayBuffer>>;
  readonly pools: Pools;
}

/** A table is kept as long as its shape is. */
function tablesOf(
  pools: Pools,
  shapeOf: (settings: PoolSettings) => SharedTableShape | undefined,
  before?: TablesBefore,
): Record<string, SharedArrayBuffer> {
  return Object.fromEntries(
    Object.entries(pools).flatMap(([name, settings]) => {
      const shape = shapeOf(settings);
      if (shape === undefined) return [];
      const old = before?.pools[name];
      const known = old !== undefined && isSameShape(shapeOf(old), shape) ? before?.tables[name] : undefined;
      return [[name, known ?? new SharedTable(shape, 0).buffer]];
    }),
  );
}

const isSameShape = (one: SharedTableShape | undefined, other: SharedTableShape): boolean =>
  one?.capacity === other.capacity && one.lifetime === other.lifetime;

function viewOf(buffer: SharedArrayBuffer | undefined, shape: SharedTableShape | undefined, worker: number): SharedTable | undefined {
  return buffer === undefined || shape === undefined ? undefined : new SharedTable(shape, worker, buffer);
}
