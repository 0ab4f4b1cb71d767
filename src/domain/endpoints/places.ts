// Which rows of the scoreboard belong to which listeners, pools and endpoints. Whoever keeps its name from one document to the next keeps its
// row, and with it all that is counted, judged and learned; the rows of what is gone are used again, those that are free longest first.
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { ScoreboardShape } from './scoreboard.ts';

/** Plain data: workers are told of it. */
export interface Places {
  /** By name. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly pools: Readonly<Record<string, PoolPlaces>>;
}

export interface PoolPlaces {
  readonly row: number;
  /** In the order of the pool's endpoints. */
  readonly endpoints: readonly number[];
}

export interface PlacedDocument {
  readonly listeners: readonly { readonly name: string }[];
  readonly pools: Readonly<Record<string, PlacedPool>>;
}

export interface PlacedPool {
  readonly endpoints: readonly { readonly id: string }[];
}

export type PlaceRoom = Pick<ScoreboardShape, 'listeners' | 'pools' | 'endpoints'>;

/** What there is no room for. */
export interface NoRoom {
  readonly kind: keyof PlaceRoom;
  readonly room: number;
}

/** Keeps account of all rows. One document is in force; another one may be tried, and then is kept or dropped. */
export class PlaceKeeper {
  readonly #room: PlaceRoom;
  readonly #listeners: RowKeeper;
  readonly #pools: RowKeeper;
  readonly #endpoints: RowKeeper;

  constructor(room: PlaceRoom) {
    this.#room = room;
    this.#listeners = new RowKeeper(room.listeners);
    this.#pools = new RowKeeper(room.pools);
    this.#endpoints = new RowKeeper(room.endpoints);
  }

  /** Rows for everything in the document. What has none yet gets one; nothing is taken from anybody. On a fault nothing has changed. */
  place(document: PlacedDocument): Result<Places, NoRoom> {
    const names = namesOf(document);
    for (const kind of ['listeners', 'pools', 'endpoints'] as const)
      if (!this.#keeper(kind).hasRoomFor(names[kind])) return fault({ kind, room: this.#room[kind] });
    const pools = Object.entries(document.pools).map(([pool, { endpoints }]) => {
      const rows = endpoints.map(({ id }) => this.#endpoints.take(endpointName(pool, id)));
      return [pool, { row: this.#pools.take(pool), endpoints: rows }] as const;
    });
    const listeners = document.listeners.map(({ name }) => [name, this.#listeners.take(name)] as const);
    return success({ listeners: Object.fromEntries(listeners), pools: Object.fromEntries(pools) });
  }

  /**
   * The document alone is in force: all others have no names any more. Their rows stay what they are until `free` says that nobody has to do
   * with them; they are given for that.
   */
  keepOnly(document: PlacedDocument): GoneRows {
    const names = namesOf(document);
    return {
      listeners: this.#listeners.keepOnly(names.listeners),
      pools: this.#pools.keepOnly(names.pools),
      endpoints: this.#endpoints.keepOnly(names.endpoints),
    };
  }

  /** Rows that were gone may be given to others. Whoever calls this has emptied them. */
  free(kind: keyof PlaceRoom, row: number): void {
    this.#keeper(kind).free(row);
  }

  #keeper(kind: keyof PlaceRoom): RowKeeper {
    return { listeners: this.#listeners, pools: this.#pools, endpoints: this.#endpoints }[kind];
  }
}

export type GoneRows = { readonly [Kind in keyof PlaceRoom]: readonly number[] };

/** For a document that nothing came before. */
export function firstPlaces(document: PlacedDocument): Places {
  const placed = new PlaceKeeper(countNames(document)).place(document);
  if (!placed.ok) throw new Error('There is no room for what was counted.');
  return placed.value;
}

/** How many rows of each kind a document needs. */
export function countNames(document: PlacedDocument): PlaceRoom {
  return {
    listeners: document.listeners.length,
    pools: Object.keys(document.pools).length,
    endpoints: Object.values(document.pools).reduce((sum, { endpoints }) => sum + endpoints.length, 0),
  };
}

/** The row of an endpoint by its place in the list of its pool. */
export function endpointRowAt(places: Places, pool: string, position: number): number {
  const row = places.pools[pool]?.endpoints[position];
  if (row === undefined) throw new Error(`Endpoint ${position} of pool ${pool} has no row.`);
  return row;
}

export function poolRowOf(places: Places, pool: string): number {
  const row = places.pools[pool]?.row;
  if (row === undefined) throw new Error(`Pool ${pool} has no row.`);
  return row;
}

export function listenerRowOf({ listeners }: Pick<Places, 'listeners'>, listener: string): number {
  const row = listeners[listener];
  if (row === undefined) throw new Error(`Listener ${listener} has no row.`);
  return row;
}

/** No name holds such a character. */
const endpointName = (pool: string, id: string): string => `${pool}\0${id}`;

function namesOf({ listeners, pools }: PlacedDocument): { readonly [Kind in keyof PlaceRoom]: readonly string[] } {
  return {
    listeners: listeners.map(({ name }) => name),
    pools: Object.keys(pools),
    endpoints: Object.entries(pools).flatMap(([pool, { endpoints }]) => endpoints.map(({ id }) => endpointName(pool, id))),
  };
}

/** Rows of one kind, by name. */
class RowKeeper {
  readonly #rows = new Map<string, number>();
  readonly #room: number;
  /** Free again, the longest free first. */
  readonly #free: number[] = [];
  /** No row from here on was ever used. */
  #fresh = 0;

  constructor(room: number) {
    this.#room = room;
  }

  hasRoomFor(names: readonly string[]): boolean {
    const news = names.filter((name) => !this.#rows.has(name)).length;
    return news <= this.#room - this.#fresh + this.#free.length;
  }

  take(name: string): number {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    // What was never used comes first, so that what is gone is not soon mixed up with what comes.
    const row = this.#fresh < this.#room ? this.#fresh++ : this.#free.shift();
    if (row === undefined) throw new Error('There is no room, which was to be asked for first.');
    this.#rows.set(name, row);
    return row;
  }

  keepOnly(names: readonly string[]): readonly number[] {
    const kept = new Set(names);
    const gone = [...this.#rows].filter(([name]) => !kept.has(name));
    for (const [name] of gone) this.#rows.delete(name);
    return gone.map(([, row]) => row);
  }

  free(row: number): void {
    this.#free.push(row);
  }
}
