// Stands between whoever changes the document and the supervisor, with the same `change`: remembers the document as it is declared, fills in the
// endpoints that its sources found, and brings that in force; and again, whenever a source finds others. Only pools that differ are touched.
import { isDeepStrictEqual } from 'node:util';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault } from '../../foundation/basics/result.ts';
import type { Difference } from '../changing/difference.ts';
import type { Document } from '../configuration/document.ts';
import { LastAnswers } from './last-answers.ts';
import { withFound } from './reconcile.ts';
import type { SourceFigures } from './source-watch.ts';
import { SourceWatch } from './source-watch.ts';
import { Turns } from './turns.ts';
import { endpointCount } from './words.ts';

export type DiscoveredDocument = Pick<Document, 'workers' | 'listeners' | 'pools' | 'overload' | 'shutdown'> &
  Partial<Pick<Document, 'admin'>>;

export interface DiscoveryParts<Declared extends DiscoveredDocument> {
  /** Brings a document in force, everywhere or nowhere. */
  readonly change: (document: Declared) => Promise<Result<Difference, string>>;
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
  readonly random?: Random;
  /** Where answers are kept for `init: last`; absent where none are. */
  readonly kept?: string | undefined;
  /** Given by tests: what sources find within so many milliseconds comes in force together. */
  readonly together?: number;
}

type Watches = ReadonlyMap<string, SourceWatch>;

/** What sources find within this time comes in force together, in milliseconds. */
const usualTogether = 100;
/** At once, of all sources together. Each takes sockets. */
const mostQuestions = 64;
/** Milliseconds after which it is tried again where it could not come in force. */
const tryAgain = 5000;

export class Discovery<Declared extends DiscoveredDocument> {
  readonly #parts: DiscoveryParts<Declared>;
  readonly #random: Random;
  readonly #turns = new Turns(mostQuestions);
  readonly #last: LastAnswers;
  readonly #together: number;
  #declared: Declared;
  #watches: Watches = new Map();
  /** Neither rejects. One declared document after the other; and one document after the other comes in force. */
  #declaring: Promise<unknown> = Promise.resolve();
  #changing: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** The supervisor takes changes. */
  #phase: 'preparing' | 'following' | 'stopped' = 'preparing';
  #hasFailed = false;
  /** Never rejects. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(document: Declared, parts: DiscoveryParts<Declared>) {
    this.#declared = document;
    this.#parts = parts;
    this.#random = parts.random ?? Math.random;
    this.#together = parts.together ?? usualTogether;
    this.#last = new LastAnswers({ path: parts.kept, log: parts.log });
  }

  figuresOf(pool: string): SourceFigures | undefined {
    return this.#watches.get(pool)?.figures;
  }

  /** Any document with the endpoints that are known now: what it would be if it came in force. */
  filled(document: Declared): Declared {
    return filledWith(document, this.#watches);
  }

  /**
   * Before anything listens: asks all sources, and waits for those that have to be waited for. What is found by then comes in force. However long
   * they take, and whatever they say, the start goes on.
   */
  async prepare(): Promise<void> {
    const document = this.#declared;
    if (!Object.values(document.pools).some(({ discover }) => discover !== undefined)) return;
    if (Object.values(document.pools).some(({ discover }) => discover?.init === 'last')) await this.#last.load();
    this.#watches = this.#watchesFor(document);
    await this.#awaitFirst([...this.#watches], 'answered');
    await this.#bringInForce();
  }

  /** From now on what sources find comes in force by itself. */
  follow(): void {
    if (this.#phase !== 'preparing') return;
    this.#phase = 'following';
    this.#plan(this.#together);
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#phase = 'stopped';
    clearTimeout(this.#timer);
    for (const watch of this.#watches.values()) watch.stop();
    await this.#keeping;
  }

  /**
   * As the supervisor's. New sources are waited for as at the start, but no longer than until they fail: others wait for this change. A pool whose
   * source is another one keeps its endpoints until it answers.
   */
  change(document: Declared): Promise<Result<Difference, string>> {
    const changed = this.#declaring.then(() => this.#declare(document));
    this.#declaring = changed.catch(() => undefined);
    return changed;
  }

  async #declare(document: Declared): Promise<Result<Difference, string>> {
    if (this.#phase !== 'following') return fault(`Evenkeel is ${this.#phase === 'stopped' ? 'stopped' : 'starting'}`);
    const before = this.#watches;
    const next = this.#watchesFor(document);
    // What other sources find in the meantime comes in force.
    await this.#awaitFirst(
      [...next].filter(([pool, watch]) => before.get(pool) !== watch),
      'heard',
    );
    return this.#inTurn(async () => {
      // What was found before is no part of what this document changes.
      if (this.#timer !== undefined) await this.#bringInForce();
      const changed = await this.#tryChange(filledWith(document, next));
      stopAllBut(changed.ok ? before : next, changed.ok ? next : before);
      if (!changed.ok) return changed;
      this.#declared = document;
      this.#watches = next;
      this.#keep();
      // What came while the change was on.
      this.#plan(this.#together);
      return changed;
    });
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async #tryChange(document: Declared): Promise<Result<Difference, string>> {
    try {
      return await this.#parts.change(document);
    } catch (error) {
      return fault(error instanceof Error ? error.message : String(error));
    }
  }

  /** A source whose settings are what they were goes on. */
  #watchesFor(document: Declared): Watches {
    return new Map(
      Object.entries(document.pools).flatMap(([pool, { discover }]): readonly [string, SourceWatch][] => {
        if (discover === undefined) return [];
        const before = this.#watches.get(pool);
        if (before !== undefined && isDeepStrictEqual(before.settings, discover)) return [[pool, before]];
        const kept = discover.init === 'last' ? this.#last.of(pool, discover) : undefined;
        const watch = new SourceWatch({
          pool,
          settings: discover,
          known: before?.endpoints ?? kept ?? [],
          random: this.#random,
          turns: this.#turns,
          log: this.#parts.log,
          onChange: () => this.#plan(this.#together),
        });
        watch.start();
        return [[pool, watch]];
      }),
    );
  }

  async #awaitFirst(watches: readonly (readonly [string, SourceWatch])[], until: 'answered' | 'heard'): Promise<void> {
    await Promise.all(
      watches.map(async ([pool, watch]) => {
        const { init, initTimeout } = watch.settings;
        // What was kept is believed; where nothing was, an answer is worth waiting for.
        if (init === 'empty' || (init === 'last' && watch.endpoints.length > 0)) return;
        const late = Promise.withResolvers<'late'>();
        const timer = setTimeout(() => late.resolve('late'), initTimeout);
        const first = await Promise.race([watch[until], late.promise]);
        clearTimeout(timer);
        if (first === 'late') this.#tellOfLate(pool, watch);
      }),
    );
  }

  #tellOfLate(pool: string, watch: SourceWatch): void {
    const { error = 'it has not answered' } = watch.figures;
    const { initTimeout } = watch.settings;
    const has = watch.endpoints.length === 0 ? 'none of its endpoints' : `the ${endpointCount(watch.endpoints.length)} from before`;
    this.#parts.log.warn(
      `Pool ${pool}: ${watch.name} gave no endpoints within ${initTimeout / 1000} s (${error}); it goes on with ${has}.`,
    );
  }

  #plan(delay: number): void {
    if (this.#phase !== 'following' || this.#timer !== undefined || this.#watches.size === 0) return;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#bringInForce()), delay);
  }

  /** Never rejects. Costs nothing where nothing is different. */
  async #bringInForce(): Promise<void> {
    if (this.#phase === 'stopped') return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changed = await this.#tryChange(filledWith(this.#declared, this.#watches));
    if (!changed.ok) {
      // Once, until it comes in force: it is tried again and again.
      if (!this.#hasFailed) this.#parts.log.error(`Endpoints that were found could not come in force: ${changed.fault}`);
      this.#hasFailed = true;
      this.#plan(tryAgain);
      return;
    }
    if (this.#hasFailed) this.#parts.log.info('Endpoints that were found are in force now.');
    this.#hasFailed = false;
    this.#keep();
  }

  #keep(): void {
    const lasting = [...this.#watches].filter(([, { settings, endpoints }]) => settings.init === 'last' && endpoints.length > 0);
    if (lasting.length > 0) this.#keeping = this.#last.keep(new Map(lasting));
  }
}

function stopAllBut(watches: Watches, kept: Watches): void {
  const staying = new Set(kept.values());
  for (const watch of watches.values()) if (!staying.has(watch)) watch.stop();
}

function filledWith<Declared extends DiscoveredDocument>(document: Declared, watches: Watches): Declared {
  if (watches.size === 0) return document;
  const pools = Object.entries(document.pools).map(([name, pool]): readonly [string, PoolSettings] => {
    const watch = pool.discover === undefined ? undefined : watches.get(name);
    return [name, watch === undefined ? pool : { ...pool, endpoints: withFound(pool.endpoints, watch.endpoints) }];
  });
  return { ...document, pools: Object.fromEntries(pools) };
}
