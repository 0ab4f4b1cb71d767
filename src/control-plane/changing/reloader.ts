// Reads the document anew and brings it in force, whoever asks for it: a signal, a file that changed, the command line, the API. A document with
// mistakes changes nothing; what is in force stays, and everybody is told why.
import type { Result } from '../../foundation/basics/result.ts';
import type { Document } from '../configuration/document.ts';
import type { Issue } from '../configuration/issue.ts';
import { issueText } from '../configuration/issue.ts';
import type { Difference } from './difference.ts';
import { differenceText } from './difference-text.ts';

export interface ReloaderParts {
  /** The file as the user named it. */
  readonly file: string;
  /** Reads and checks all of it. Told of warnings. */
  readonly read: (onRemark: (remark: Issue) => void) => Promise<Result<Document, readonly Issue[]>>;
  /** Brings it in force, everywhere or nowhere. */
  readonly change: (document: Document) => Promise<Result<Difference, string>>;
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
}

export type ReloadOutcome =
  | { readonly kind: 'changed'; readonly difference: Difference }
  | { readonly kind: 'unchanged' }
  /** The document has mistakes. */
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  /** The document is good, and could not come in force. */
  | { readonly kind: 'failed'; readonly reason: string };

export class Reloader {
  readonly #parts: ReloaderParts;
  #running: Promise<ReloadOutcome> | undefined;
  /** Who asked while one was running: one more look serves all of them. */
  #next: Promise<ReloadOutcome> | undefined;
  #last: { readonly at: Date; readonly outcome: ReloadOutcome } | undefined;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  get last(): { readonly at: Date; readonly outcome: ReloadOutcome } | undefined {
    return this.#last;
  }

  /** `cause` begins the lines of the log: `SIGHUP`. What stood in the file when this was called is seen. Never rejects. */
  reload(cause: string): Promise<ReloadOutcome> {
    if (this.#running === undefined) return this.#begin(cause);
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#begin(cause);
    });
    return this.#next;
  }

  #begin(cause: string): Promise<ReloadOutcome> {
    this.#running = this.#reloadOnce(cause).then((outcome) => {
      this.#running = undefined;
      this.#last = { at: new Date(), outcome };
      return outcome;
    });
    return this.#running;
  }

  async #reloadOnce(cause: string): Promise<ReloadOutcome> {
    const { file, read, change, log } = this.#parts;
    const stays = `${cause}: ${file} was not taken over, and what was in force stays`;
    try {
      const remarks: Issue[] = [];
      const document = await read((remark) => remarks.push(remark));
      if (!document.ok) {
        log.error(`${stays}:`);
        for (const issue of document.fault) log.error(issueText(issue));
        return { kind: 'refused', issues: document.fault };
      }
      for (const remark of remarks) log.warn(issueText(remark));
      return this.#tell(cause, await change(document.value));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error(`${stays}: ${reason}`);
      return { kind: 'failed', reason };
    }
  }

  #tell(cause: string, changed: Result<Difference, string>): ReloadOutcome {
    const { file, log } = this.#parts;
    if (!changed.ok) {
      log.error(`${cause}: ${file} was not taken over, and what was in force stays: ${changed.fault}`);
      return { kind: 'failed', reason: changed.fault };
    }
    const difference = changed.value;
    if (difference.isNone) {
      log.info(`${cause}: ${file} says what is in force already.`);
      return { kind: 'unchanged' };
    }
    log.info(`${cause}: ${file} is in force. ${differenceText(difference)}`);
    if (difference.atStart.length > 0) log.warn(`${difference.atStart.join(' and ')}: what ${file} says comes in force at the next start.`);
    return { kind: 'changed', difference };
  }
}
