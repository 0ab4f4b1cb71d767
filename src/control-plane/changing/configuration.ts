// What is in force, and everything that changes it: the file that is read anew, the layer of what the API added, and a version of before that is
// held in the place of the file. One change at a time; each is checked as a whole, and one with mistakes changes nothing.
import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../../foundation/basics/result.ts';
import type { Document } from '../configuration/document.ts';
import type { Issue } from '../configuration/issue.ts';
import { issueText } from '../configuration/issue.ts';
import type { OnRemark, ReadDocument } from '../configuration/read.ts';
import type { Section, WrittenData } from '../configuration/reading/written.ts';
import type { Base, Candidate, Judged } from './candidate.ts';
import { candidateOf, issueAbout, issueLines } from './candidate.ts';
import type { Difference } from './difference.ts';
import { differenceOf, writtenDifference } from './difference.ts';
import { differenceText } from './difference-text.ts';
import { etagOf, markOf } from './etag.ts';
import type { History, Version } from './history/history.ts';
import type { Change, LayerEntry } from './layer.ts';
import { applyLayer, withChanges, withoutEntries } from './layer.ts';
import type { ChangeOutcome, ReloadOutcome } from './outcomes.ts';
import type { Restored, StateHead } from './restore.ts';
import { restore } from './restore.ts';
import { placesText } from './written-changes.ts';

export interface ConfigurationParts {
  /** What is in force at the start, or will be when it is started. */
  readonly start: ReadDocument;
  /** Reads and checks all files; absent where there is none. Told of warnings. */
  readonly read?: ((onRemark: OnRemark) => Promise<Result<ReadDocument, readonly Issue[]>>) | undefined;
  /** Brings it in force, everywhere or nowhere. */
  readonly change: (document: Document) => Promise<Result<Difference, string>>;
  readonly history: History;
  /** Told of each version that comes in force. */
  readonly onVersion?: (version: { readonly version: number; readonly origin: string; readonly difference: string }) => void;
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
}

export interface LayerState extends LayerEntry {
  /** Why it changes nothing now; it waits until it can. */
  readonly idle?: string;
}

export interface ConfigurationState {
  readonly version: number;
  /** A strong ETag, without quotes. */
  readonly etag: string;
  /** ISO 8601. */
  readonly at: string;
  readonly origin: string;
  /** As the user named it; undefined where the document stands in none. */
  readonly file: string | undefined;
  /** What is in force, as it is written: with values from elsewhere as `${env:NAME}`. */
  readonly written: Section;
  readonly layer: readonly LayerState[];
  /** The version that is held in the place of the file. */
  readonly pinned: number | undefined;
  /** Parts in which what is in force differs from what the file said when it was read last; undefined when in none. */
  readonly drift: Difference | undefined;
}

export interface ChangeOptions {
  /** Who asks: `API`. */
  readonly origin: string;
  /** An ETag, or `*` for any. */
  readonly ifMatch?: string | undefined;
  /** Only check it. */
  readonly dryRun?: boolean | undefined;
  /** Whether it outlives the program, where there is a folder for history. */
  readonly persist?: boolean | undefined;
}

/** Something that might be in force. */
export type Proposal =
  | { readonly kind: 'file' }
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'document'; readonly written: Section };

export type Preview =
  | { readonly kind: 'good'; readonly document: Document; readonly written: Section; readonly remarks: readonly Issue[] }
  | Extract<ChangeOutcome, { readonly kind: 'refused' | 'failed' | 'no-such-version' }>;

type Planned = Judged | Extract<ChangeOutcome, { readonly kind: 'failed' | 'no-such-version' }>;

/** Who asks while so many wait is told to ask later. */
const mostWaiting = 64;

export class Configuration {
  readonly history: History;
  readonly #parts: ConfigurationParts;
  /** What the program took from it when it was started, and keeps. */
  readonly #taken: Pick<Document, 'workers' | 'admin' | 'history'>;
  /** What the file said when it was read last. */
  #file: WrittenData;
  #inForce: Candidate;
  #head: StateHead;
  /** The last version that was in force before, until this one is. */
  #before: Version | undefined;
  /** Settles when nobody is before who asks now. Never rejects. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Who asks to read while one waits for its turn: one more look serves all of them. */
  #reload: Promise<ReloadOutcome> | undefined;

  private constructor(parts: ConfigurationParts, { candidate, before, isSame }: Restored) {
    this.#parts = parts;
    this.history = parts.history;
    this.#file = parts.start.written;
    this.#inForce = candidate;
    const { admin, history } = parts.start.document;
    this.#taken = { workers: candidate.document.workers, admin, history };
    const number = this.history.next;
    const now = { number, at: new Date().toISOString(), origin: 'start', etag: etagOf(number, candidate.effective.value) };
    this.#head = before !== undefined && isSame ? before : now;
    this.#before = before;
  }

  /** With what outlived the program that was before; `document` is what to start with then. */
  static async open(parts: ConfigurationParts): Promise<Configuration> {
    return new Configuration(parts, await restore(parts.start, parts.history, parts.log));
  }

  /** Now it is in force. */
  async begin(): Promise<void> {
    const before = this.#before;
    this.#before = undefined;
    if (before?.number === this.#head.number) return;
    const { value } = this.#inForce.effective;
    const difference = writtenDifference(before === undefined ? value : applyLayer(before.written, before.layer).data.value, value);
    await this.#record('start', difference, before === undefined ? 'The first version.' : differenceText(difference));
  }

  /** As it was checked last. Pools whose endpoints are found elsewhere have none here. */
  get document(): Document {
    return this.#inForce.document;
  }

  get state(): ConfigurationState {
    const { effective, layer, pinned, idle } = this.#inForce;
    const { number, at, origin, etag } = this.#head;
    const drift = writtenDifference(this.#file.value, effective.value);
    return {
      version: number,
      etag,
      at,
      origin,
      file: this.#parts.read === undefined ? undefined : this.#file.file,
      written: effective.value,
      layer: layer.map((entry) => {
        const reason = idle.get(entry);
        return reason === undefined ? entry : { ...entry, idle: reason };
      }),
      pinned,
      drift: drift.isNone ? undefined : drift,
    };
  }

  /** `cause` begins the lines of the log: `SIGHUP`, `reload`. What stood in the files when this was called is seen. A pin ends. Never rejects. */
  reload(cause: string): Promise<ReloadOutcome> {
    if (this.#parts.read === undefined)
      return Promise.resolve({ kind: 'failed', reason: 'what is in force stands in no file that could be read anew' });
    if (this.#reload !== undefined) return this.#reload;
    const isFirst = this.#waiting === 0;
    const mine = this.#inTurn(() => {
      this.#reload = undefined;
      return this.#reloadOnce(cause);
    });
    // What is read already may have changed since.
    if (!isFirst) this.#reload = mine;
    return mine;
  }

  /** All of the changes, or none. Never rejects. */
  transact(changes: readonly Change[], options: ChangeOptions): Promise<ChangeOutcome> {
    return this.#change(options, () => this.#withChanges(changes, options));
  }

  /** The version as it was, the layer with it; it is held in the place of the file until that is read anew. Never rejects. */
  rollback(version: number, options: Omit<ChangeOptions, 'persist'>): Promise<ChangeOutcome> {
    return this.#change(options, () => this.#version(version));
  }

  /** Takes away what the API put at the path and below it; without a path, all. Never rejects. */
  forget(path: string | undefined, options: Omit<ChangeOptions, 'persist'>): Promise<ChangeOutcome> {
    return this.#change(options, async () => {
      const { written, layer, pinned } = this.#inForce;
      const kept = withoutEntries(layer, path);
      if (path !== undefined && kept.length === layer.length) {
        return { kind: 'refused', issues: [issueAbout(options.origin, { path, message: 'nothing was changed here' })] };
      }
      return candidateOf({ written, layer: kept, pinned }, options.origin);
    });
  }

  /** What the file says by now, beside what it said when it was read last. Undefined without a file. */
  async fileNow(): Promise<'same' | 'changed' | 'unreadable' | undefined> {
    const { read } = this.#parts;
    if (read === undefined) return undefined;
    const found = await read(() => undefined).catch(() => undefined);
    if (found === undefined || !found.ok) return 'unreadable';
    const { value, folders } = found.value.written;
    return isDeepStrictEqual([value, folders], [this.#file.value, this.#file.folders]) ? 'same' : 'changed';
  }

  /** What would be in force. Changes nothing. Rejects only for a fault of Evenkeel. */
  async preview(proposal: Proposal): Promise<Preview> {
    const planned = await this.#proposed(proposal);
    if (planned.kind !== 'candidate') return planned;
    const { candidate, remarks } = planned;
    return { kind: 'good', document: candidate.document, written: candidate.effective.value, remarks };
  }

  #proposed(proposal: Proposal): Promise<Planned> {
    const { layer } = this.#inForce;
    switch (proposal.kind) {
      case 'file':
        return this.#readFile();
      case 'changes':
        return this.#withChanges(proposal.changes, { origin: 'the change' });
      case 'version':
        return this.#version(proposal.version);
      case 'document':
        return candidateOf({ written: { ...this.#file, value: proposal.written, folders: {} }, layer }, 'the document');
    }
  }

  async #readFile(): Promise<Judged> {
    const { layer } = this.#inForce;
    const { read } = this.#parts;
    if (read === undefined) return candidateOf({ written: this.#file, layer }, this.#file.file);
    const remarks: Issue[] = [];
    const found = await read((remark) => remarks.push(remark));
    if (!found.ok) return { kind: 'refused', issues: found.fault };
    const { document, written } = found.value;
    if (layer.length > 0) return withRemarks(await candidateOf({ written, layer }, `${written.file} with what the API changed`), remarks);
    return { kind: 'candidate', candidate: { written, layer, document, effective: written, idle: new Map() }, remarks };
  }

  async #withChanges(changes: readonly Change[], { origin, persist = false }: ChangeOptions): Promise<Planned> {
    const { written, layer, pinned } = this.#inForce;
    const next = withChanges(written, layer, changes, { at: new Date().toISOString(), origin, persist });
    if (!next.ok) return { kind: 'refused', issues: next.fault.map((one) => issueAbout(origin, one)) };
    return candidateOf({ written, layer: next.value, pinned }, origin);
  }

  async #version(number: number): Promise<Planned> {
    const found = await this.history.read(number);
    if (found.kind === 'no-such-version') return found;
    if (found.kind === 'damaged') return { kind: 'failed', reason: found.reason };
    const { written, layer } = found.version;
    const isFile = isDeepStrictEqual(written, this.#file);
    const base: Base = isFile ? { written: this.#file, layer } : { written, layer, pinned: number };
    return candidateOf(base, `version ${number}`);
  }

  async #reloadOnce(cause: string): Promise<ReloadOutcome> {
    const { log } = this.#parts;
    const { file } = this.#file;
    const stays = `${cause}: ${file} was not taken over, and what was in force stays`;
    const outcome = await this.#safely(async () => {
      const planned = await this.#readFile();
      if (planned.kind !== 'candidate') return planned;
      for (const remark of planned.remarks) log.warn(`warning: ${issueText(remark)}`);
      return this.#bringInForce(planned.candidate, cause, planned.candidate.written);
    });
    if (outcome.kind === 'refused') {
      log.error(`${stays}:`);
      for (const line of issueLines(outcome.issues)) log.error(line);
    } else if (outcome.kind === 'failed') {
      log.error(`${stays}: ${outcome.reason}`);
    } else if (outcome.kind === 'unchanged') {
      log.info(`${cause}: ${file} says what is in force already.`);
    } else {
      this.#tell(`${cause}: ${file} is in force.`, outcome.difference);
    }
    return outcome;
  }

  /** Of changes that do not come from the file. Mistakes are for whoever asked. */
  async #change(options: ChangeOptions, plan: () => Promise<Planned>): Promise<ChangeOutcome> {
    if (this.#waiting >= mostWaiting) return { kind: 'busy', reason: `${mostWaiting} changes wait already; ask again in a second` };
    return this.#inTurn(() => this.#safely(() => this.#changeOnce(options, plan)));
  }

  async #changeOnce({ origin, ifMatch = '*', dryRun = false }: ChangeOptions, plan: () => Promise<Planned>): Promise<ChangeOutcome> {
    const { etag } = this.#head;
    if (ifMatch !== '*' && ifMatch !== etag) return { kind: 'conflict', etag };
    const planned = await plan();
    if (planned.kind !== 'candidate') return planned;
    const { candidate } = planned;
    if (dryRun) return { kind: 'good', difference: differenceOf(this.document, candidate.document) };
    const before = this.#inForce.pinned;
    const outcome = await this.#bringInForce(candidate, origin);
    const { pinned } = candidate;
    const what =
      pinned === undefined || pinned === before
        ? 'the change is in force.'
        : `version ${pinned} is in force, until ${this.#file.file} is read anew.`;
    if (outcome.kind === 'changed') this.#tell(`${capital(origin)}: ${what}`, outcome.difference);
    return outcome;
  }

  /** `file` is what the file says, where it was read for this. */
  async #bringInForce(next: Candidate, origin: string, file = this.#file): Promise<ReloadOutcome> {
    const changed = await this.#parts.change(next.document);
    if (!changed.ok) return { kind: 'failed', reason: changed.fault };
    const before = this.#inForce;
    const difference = { ...changed.value, atStart: changed.value.atStart.filter((key) => this.#waitsForStart(key, next.document)) };
    const isSame = difference.isNone && isDeepStrictEqual(partsOf(next), partsOf(before));
    this.#file = file;
    this.#inForce = next;
    for (const [entry, reason] of next.idle) {
      if (!before.idle.has(entry)) this.#parts.log.warn(`${entry.path}: what ${entry.origin} changed here waits: ${reason}.`);
    }
    const words = `${differenceText(difference)}${placesText(before.effective.value, next.effective.value)}`;
    if (!isSame) await this.#record(origin, difference, words);
    return difference.isNone ? { kind: 'unchanged' } : { kind: 'changed', difference };
  }

  /** What is put back to what the program was started with waits for nothing. */
  #waitsForStart(key: Difference['atStart'][number], next: Document): boolean {
    return !isDeepStrictEqual(next[key], this.#taken[key]);
  }

  async #record(origin: string, difference: Difference, words: string): Promise<void> {
    const { written, layer, pinned, effective } = this.#inForce;
    const number = this.history.next;
    const head = { number, at: new Date().toISOString(), origin, etag: etagOf(number, effective.value) };
    const held = pinned === undefined ? {} : { pinned, fileMark: markOf(this.#file.value) };
    this.#head = head;
    this.#parts.onVersion?.({ version: number, origin, difference: words });
    await this.history.add({ ...head, words, ...held, changes: layer.length, difference, written, layer });
  }

  #tell(what: string, difference: Difference): void {
    const { log } = this.#parts;
    log.info(`${what} ${differenceText(difference)}`);
    const { atStart } = difference;
    if (atStart.length > 0) log.warn(`${atStart.join(' and ')}: what ${this.#file.file} says comes in force at the next start.`);
  }

  /** A fault of Evenkeel must not end it. */
  async #safely<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | { readonly kind: 'failed'; readonly reason: string }> {
    try {
      return await work();
    } catch (error) {
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** `work` never rejects. */
  #inTurn<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    this.#waiting += 1;
    const mine = this.#waiting === 1 ? work() : this.#turn.then(work);
    this.#turn = mine.then(() => {
      this.#waiting -= 1;
    });
    return mine;
  }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What a version is made of; one thing written in another way is another version, so that an ETag names one text. */
const partsOf = ({ pinned, layer, effective: { value, folders } }: Candidate): unknown => [pinned, layer, value, folders];

function withRemarks(planned: Judged, remarks: readonly Issue[]): Judged {
  // Those of the file have a place in it.
  return planned.kind === 'candidate' ? { ...planned, remarks } : planned;
}
