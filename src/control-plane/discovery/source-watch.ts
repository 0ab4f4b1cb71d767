// Asks one source for the endpoints of one pool, again and again, and keeps what it said last. A source that fails, or says that there is nothing
// where there was something, changes nothing: what was found stays, and is called stale until the source answers again.
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { DiscoverSettings, SourceKind } from '../../domain/traffic/discover-settings.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { Found } from './reconcile.ts';
import { endpointsIn } from './reconcile.ts';
import type { Answer, Source, SourceDefinition } from './source.ts';
import { failed, failedBy } from './source.ts';
import * as sources from './sources.ts';
import { nextAfterAnswer, nextAfterFailure } from './timing.ts';
import type { Turns } from './turns.ts';
import * as words from './words.ts';

export interface SourceWatchParts {
  readonly pool: string;
  readonly settings: DiscoverSettings;
  /** What is known from before, until it answers. */
  readonly known: readonly EndpointSettings[];
  readonly random: Random;
  /** Shared by all who ask. */
  readonly turns: Turns;
  readonly log: { info(text: string): void; warn(text: string): void };
  /** There are other endpoints. */
  readonly onChange: () => void;
  /** Given by tests; the one of the settings otherwise. */
  readonly source?: Source;
}

/** For status and metrics. */
export interface SourceFigures {
  /** `dns web.internal:8080` */
  readonly source: string;
  readonly endpoints: number;
  /** Of the last answer that counted. */
  readonly answeredAt: Date | undefined;
  /** Since then it fails, and what it said last is kept. Also before its first answer. */
  readonly staleSince: Date | undefined;
  /** Why, in words. */
  readonly error: string | undefined;
  /** Of the last answer: entries that are no endpoints, and endpoints that are too many. */
  readonly leftOut: number;
  readonly answers: number;
  readonly failures: number;
}

export class SourceWatch {
  readonly settings: DiscoverSettings;
  /** Settled when the source has answered for the first time. Never rejects. */
  readonly answered: Promise<void>;
  /** The same, or when it has failed for the first time. */
  readonly heard: Promise<void>;
  readonly #parts: SourceWatchParts;
  readonly #definition: SourceDefinition<SourceKind>;
  readonly #source: Source;
  readonly #stopping = new AbortController();
  readonly #resolveAnswered: () => void;
  readonly #resolveHeard: () => void;
  #endpoints: readonly EndpointSettings[];
  /** As it was found last, whether or not it counted. */
  #entries: readonly unknown[] | undefined;
  #validFor: Milliseconds | undefined;
  /** Not ended yet. A disk that hangs must not be asked again and again. */
  #question: Promise<Answer> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failuresInARow = 0;
  #toldOfLeftOut = '';
  #figures: Omit<SourceFigures, 'source' | 'endpoints'>;

  constructor(parts: SourceWatchParts) {
    this.#parts = parts;
    this.settings = parts.settings;
    this.#definition = definitionOf(parts.settings.source.kind);
    this.#source = parts.source ?? this.#definition.open(parts.settings.source);
    this.#endpoints = parts.known;
    this.#figures = {
      ...{ answeredAt: undefined, staleSince: new Date(), error: 'it has not answered yet' },
      ...{ leftOut: 0, answers: 0, failures: 0 },
    };
    const answered = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<void>();
    this.answered = answered.promise;
    this.#resolveAnswered = answered.resolve;
    this.heard = Promise.race([answered.promise, heard.promise]);
    this.#resolveHeard = heard.resolve;
  }

  get endpoints(): readonly EndpointSettings[] {
    return this.#endpoints;
  }

  get name(): string {
    return this.#definition.name(this.settings.source);
  }

  get figures(): SourceFigures {
    return { source: this.name, endpoints: this.#endpoints.length, ...this.#figures };
  }

  start(): void {
    void this.#round();
  }

  /** Nothing is asked and nothing is told any more. */
  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    this.#resolveAnswered();
  }

  async #round(): Promise<void> {
    const answer = await this.#askInTurn();
    if (answer === undefined || this.#stopping.signal.aborted) return;
    const delay = this.#hear(answer);
    this.#timer = setTimeout(() => void this.#round(), delay);
  }

  async #askInTurn(): Promise<Answer | undefined> {
    using _ = await this.#parts.turns.take();
    return this.#stopping.signal.aborted ? undefined : await this.#ask();
  }

  /** Its answer, or that there is none in time. */
  async #ask(): Promise<Answer> {
    const giveUp = new AbortController();
    const late = Promise.withResolvers<Answer>();
    const end = (): void => {
      giveUp.abort();
      late.resolve(failed('it does not answer in time'));
    };
    const timer = setTimeout(end, this.settings.timeout);
    this.#stopping.signal.addEventListener('abort', end, { once: true });
    this.#question ??= this.#source.ask(giveUp.signal).catch(failedBy);
    const question = this.#question;
    const answer = await Promise.race([
      question.finally(() => {
        this.#question = undefined;
      }),
      late.promise,
    ]);
    clearTimeout(timer);
    this.#stopping.signal.removeEventListener('abort', end);
    return answer;
  }

  /** Milliseconds until it is asked again. */
  #hear(answer: Answer): number {
    const { every } = this.settings;
    const usual = this.#definition.usualEvery;
    if (answer.kind === 'unfinished') return every ?? usual;
    if (answer.kind === 'found') {
      this.#entries = answer.entries;
      this.#validFor = answer.validFor;
    }
    const fault = answer.kind === 'failed' ? answer.reason : this.#take(answer.kind === 'same');
    const { random } = this.#parts;
    if (fault === undefined) return nextAfterAnswer({ every, validFor: this.#validFor, usual }, random);
    this.#fail(fault);
    return this.#definition.isNear
      ? nextAfterAnswer({ every, validFor: undefined, usual }, random)
      : nextAfterFailure(this.#failuresInARow, { every, usual }, random);
  }

  /** What was found last counts from now on, or why it does not. */
  #take(isSame: boolean): string | undefined {
    const isFresh = this.#figures.staleSince === undefined;
    if (isSame && isFresh) {
      this.#succeed(this.#figures.leftOut);
      return undefined;
    }
    const entries = this.#entries ?? [];
    const found = endpointsIn(entries, this.settings, this.#endpoints);
    const fault = this.#faultOf(found);
    if (fault !== undefined) return fault;
    this.#tellOfLeftOut(found, entries.length);
    const before = this.#endpoints;
    this.#endpoints = found.endpoints;
    this.#succeed(found.faulty + found.beyond);
    const difference = words.differenceText(before, found.endpoints);
    if (difference !== undefined) {
      this.#parts.log.info(`${this.#subject} gives ${words.endpointCount(found.endpoints.length)}${difference}.`);
      this.#parts.onChange();
    }
    return undefined;
  }

  #faultOf({ endpoints, faulty, faults }: Found): string | undefined {
    if (endpoints.length > 0) return undefined;
    if (faulty > 0) return `none of its entries is an endpoint: ${faults.join('; ')}`;
    if (this.settings.allowEmpty) return undefined;
    return 'it says that there are no endpoints, which is believed only with "allowEmpty: true"';
  }

  #succeed(leftOut: number): void {
    const { answers, answeredAt } = this.#figures;
    if (this.#failuresInARow > 0) this.#parts.log.info(`${this.#subject} answers${answeredAt === undefined ? '' : ' again'}.`);
    this.#failuresInARow = 0;
    this.#figures = {
      ...this.#figures,
      ...{ answeredAt: new Date(), staleSince: undefined, error: undefined, leftOut, answers: answers + 1 },
    };
    this.#resolveAnswered();
  }

  #fail(reason: string): void {
    this.#failuresInARow++;
    const { failures, staleSince = new Date() } = this.#figures;
    this.#figures = { ...this.#figures, staleSince, error: reason, failures: failures + 1 };
    if (this.#failuresInARow === 1) this.#parts.log.warn(`${this.#subject}: ${reason}. ${words.keptText(this.#endpoints.length)}`);
    this.#resolveHeard();
  }

  /** Once for the same. */
  #tellOfLeftOut(found: Found, entries: number): void {
    const text = words.leftOutText(found, entries, this.settings.maxEndpoints);
    if (text !== '' && text !== this.#toldOfLeftOut) this.#parts.log.warn(`${this.#subject}: ${text}`);
    this.#toldOfLeftOut = text;
  }

  get #subject(): string {
    return `Pool ${this.#parts.pool}: ${this.name}`;
  }
}

function definitionOf(kind: SourceKind): SourceDefinition<SourceKind> {
  const found = Object.values(sources).find((source) => source.kind === kind);
  if (found === undefined) throw new Error(`Settings name a source that is not in the list: ${kind}`);
  // Settings and sources are paired by kind, which the compiler does not follow.
  return found as unknown as SourceDefinition<SourceKind>;
}
