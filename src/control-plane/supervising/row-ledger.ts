// Whose rows of the scoreboard are whose, through all changes of the document. Rows of what is gone are given to others when the last
// exchange there is over.
import type { GoneRows, NoRoom, PlacedDocument, PlacedPool, PlaceRoom, Places } from '../../domain/endpoints/places.ts';
import { countNames, PlaceKeeper } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { listenerCounter } from '../../domain/endpoints/scoreboard.ts';
import type { Result } from '../../foundation/basics/result.ts';

/** So many more may come while the program runs. Memory that nobody has written to is none: the system gives it page by page. */
const least: PlaceRoom = { listeners: 64, pools: 512, endpoints: 4096 };
const growth = 4;

/** A document whose pools may find further endpoints. */
interface GrowingDocument extends PlacedDocument {
  readonly pools: Readonly<Record<string, PlacedPool & { readonly discover?: { readonly maxEndpoints: number } }>>;
}

/** Rows for a document, and for what it may become. */
export function roomFor(document: GrowingDocument): PlaceRoom {
  const needed = countNames(document);
  const room = (kind: keyof PlaceRoom): number => Math.max(least[kind], growth * needed[kind]);
  // All of them may be replaced by others at once, while exchanges are on with those that go.
  const toBeFound = Object.values(document.pools).reduce((sum, { discover }) => sum + 2 * (discover?.maxEndpoints ?? 0), 0);
  return { listeners: room('listeners'), pools: room('pools'), endpoints: room('endpoints') + toBeFound };
}

export class RowLedger {
  readonly #board: Scoreboard;
  readonly #keeper: PlaceKeeper;
  readonly #onFree: (rows: ReadonlySet<number>) => void;
  /** Of one change each. A pool's row is free when those of its endpoints are. */
  #gone: GoneRows[] = [];

  /** `onFree` is told of rows of endpoints right before others may have them. */
  constructor(board: Scoreboard, onFree: (rows: ReadonlySet<number>) => void) {
    this.#board = board;
    this.#onFree = onFree;
    this.#keeper = new PlaceKeeper(board.shape);
  }

  /** For a document that is to come in force. On a fault nothing has changed. */
  place(document: PlacedDocument): Result<Places, NoRoom> {
    return this.#keeper.place(document);
  }

  /** No other document is in force any more, or going to be. */
  keepOnly(document: PlacedDocument): void {
    this.#gone.push(this.#keeper.keepOnly(document));
    this.sweep();
  }

  /** Frees what has become idle. To be called now and then. */
  sweep(): void {
    if (this.#gone.length === 0) return;
    this.#gone = this.#gone.flatMap((gone) => {
      const left = {
        listeners: this.#freeIdle('listeners', gone.listeners),
        endpoints: this.#freeIdle('endpoints', gone.endpoints),
        pools: gone.pools,
      };
      if (left.endpoints.length === 0) this.#freeIdle('pools', gone.pools);
      return left.endpoints.length + left.listeners.length === 0 ? [] : [left.endpoints.length === 0 ? { ...left, pools: [] } : left];
    });
  }

  /** Gives those that are not idle. */
  #freeIdle(kind: keyof PlaceRoom, rows: readonly number[]): readonly number[] {
    const idle = new Set(rows.filter((row) => this.#isIdle(kind, row)));
    if (kind === 'endpoints' && idle.size > 0) this.#onFree(idle);
    for (const row of idle) {
      this.#clear(kind, row);
      this.#keeper.free(kind, row);
    }
    return rows.filter((row) => !idle.has(row));
  }

  #isIdle(kind: keyof PlaceRoom, row: number): boolean {
    const board = this.#board;
    if (kind === 'endpoints') return board.inFlight(row) === 0;
    if (kind === 'pools') return true;
    for (let worker = 0; worker < board.shape.workers; worker++) {
      const counters = board.listenerRow(worker, row);
      if (counters[listenerCounter.openConnections] !== 0 || counters[listenerCounter.tunnels] !== 0) return false;
    }
    return true;
  }

  #clear(kind: keyof PlaceRoom, row: number): void {
    if (kind === 'endpoints') this.#board.clearEndpoint(row);
    else if (kind === 'pools') this.#board.clearPool(row);
    else this.#board.clearListener(row);
  }
}

/** For an operator. */
export const noRoomText = ({ kind, room }: NoRoom): string =>
  `there is room for ${room} ${kind} until the next start, and the document has more, together with those that still serve; restart to make room`;
