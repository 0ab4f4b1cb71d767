// Brings another document into force in all workers at once: it is built beside what serves, step by step, and put in force when every worker
// has it ready. When one of them cannot, nothing has happened.
import type { BoundListener, NextDocument } from '../../data-plane/serving/data-plane.ts';
import type { SharedState } from '../../data-plane/serving/shared-state.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Difference } from '../changing/difference.ts';
import type { Document } from '../configuration/document.ts';
import type { ChangeStep, Done } from './messages.ts';

export type ServedDocument = Pick<Document, 'listeners' | 'pools' | 'overload'>;

/** A document with what was given to it. */
export interface Placed {
  readonly document: ServedDocument;
  readonly places: Places;
  readonly shared: SharedState;
}

/** A worker, as far as a change goes. */
export interface Changing {
  take(step: ChangeStep): Promise<Done | undefined>;
  /** Ends it; its replacement is born with what is in force. */
  restart(): Promise<void>;
}

/** Endpoints in one step: a worker serves between two of them. */
const endpointsInStep = 100;

export class LiveChange {
  readonly #workers: readonly Changing[];
  readonly #next: Placed;
  readonly #difference: Difference;

  constructor(workers: readonly Changing[], next: Placed, difference: Difference) {
    this.#workers = workers;
    this.#next = next;
    this.#difference = difference;
  }

  /** The listeners that are open in any worker, with their real ports; or why there can be none, for an operator. Nothing is in force yet. */
  async prepare(): Promise<Result<readonly BoundListener[], string>> {
    const prepared = await this.#prepareAll();
    if (!prepared.ok) await Promise.all(this.#workers.map((worker) => worker.take({ kind: 'discard' })));
    return prepared;
  }

  /** Resolves when it is in force in all workers. One that cannot serves neither the one nor the other document, and is replaced. */
  async commit(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        const done = await worker.take({ kind: 'commit' });
        if (done?.fault !== undefined) await worker.restart();
      }),
    );
  }

  async #prepareAll(): Promise<Result<readonly BoundListener[], string>> {
    for (const step of this.#stages()) {
      const done = await Promise.all(this.#workers.map((worker) => worker.take(step)));
      const reason = faultIn(done);
      if (reason !== undefined) return fault(reason);
    }
    const bound = new Map<string, BoundListener>();
    // One after another: where the document says port 0, those who come later need the port that the first one got.
    for (const worker of this.#workers) {
      const done = await worker.take({ kind: 'prepare', next: this.#nextDocument(bound) });
      if (done?.fault !== undefined) return fault(done.fault);
      for (const each of done?.bound ?? []) if (!bound.has(each.name)) bound.set(each.name, each);
    }
    return success([...bound.values()]);
  }

  /** What is new or differs, some at a time. */
  *#stages(): Iterable<ChangeStep> {
    const { document, places, shared } = this.#next;
    const { added, changed } = this.#difference.pools;
    for (const names of inParts([...added, ...changed], (name) => document.pools[name]?.endpoints.length ?? 0)) {
      yield {
        kind: 'stage',
        staged: {
          pools: only(document.pools, names),
          places: only(places.pools, names),
          shared: {
            secret: shared.secret,
            sessions: only(shared.sessions, names),
            assignments: only(shared.assignments, names),
            words: only(shared.words, names),
            breakers: only(shared.breakers, names),
          },
        },
      };
    }
  }

  #nextDocument(bound: ReadonlyMap<string, BoundListener>): NextDocument {
    const { document, places } = this.#next;
    const { added, changed } = this.#difference.listeners;
    const news = new Set([...added, ...changed]);
    const listeners = document.listeners.map((listener) => {
      if (!news.has(listener.name)) return listener.name;
      const { bind } = bound.get(listener.name) ?? listener;
      return { ...listener, bind };
    });
    return { listeners, places: places.listeners, pools: Object.keys(document.pools), overload: document.overload };
  }
}

const faultIn = (done: readonly (Done | undefined)[]): string | undefined => done.find((each) => each?.fault !== undefined)?.fault;

function inParts(names: readonly string[], weigh: (name: string) => number): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let weight = endpointsInStep;
  for (const name of names) {
    if (weight >= endpointsInStep) {
      parts.push([]);
      weight = 0;
    }
    parts.at(-1)?.push(name);
    weight += 1 + weigh(name);
  }
  return parts;
}

const only = <Value>(all: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(names.flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name] as Value]] : [])));
