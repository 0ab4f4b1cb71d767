// The versions of a document that were in force: the last ones, with all that it takes to go back to one.
import type { WrittenData } from '../../configuration/reading/written.ts';
import type { Difference } from '../difference.ts';
import type { LayerEntry } from '../layer.ts';

/** What is shown of every version. */
export interface VersionHead {
  /** Counted from 1, over restarts where there is a folder. */
  readonly number: number;
  /** ISO 8601. */
  readonly at: string;
  /** Who or what brought it: `start`, `SIGHUP`, `reload`, `API`, `rollback to 3`. */
  readonly origin: string;
  /** What was different from the version before, in words. */
  readonly words: string;
  readonly etag: string;
  /** A version that a rollback holds in the place of the file. */
  readonly pinned?: number | undefined;
  /** How many places the API had changed. */
  readonly changes: number;
}

export interface Version extends VersionHead {
  readonly difference: Difference;
  /** What the file said; of a rollback, what an older version says. */
  readonly written: WrittenData;
  readonly layer: readonly LayerEntry[];
  /** What the file said when an older version took its place. */
  readonly fileMark?: string | undefined;
}

export type FoundVersion =
  | { readonly kind: 'found'; readonly version: Version }
  | { readonly kind: 'no-such-version' }
  | { readonly kind: 'damaged'; readonly reason: string };

export interface History {
  /** Where it outlives the program, as an operator finds it; undefined for memory. */
  readonly folder: string | undefined;
  /** So many. */
  readonly keep: number;
  /** The oldest first. */
  readonly heads: readonly VersionHead[];
  /** The number that the next one takes. */
  readonly next: number;
  read(number: number): Promise<FoundVersion>;
  /** Resolves when it is kept as safely as it can be. Never rejects: what is in force is in force. */
  add(version: Version): Promise<void>;
  /** At once, so that it can be the last thing that a program does. */
  close(): void;
}

export function headOf({ number, at, origin, words, etag, pinned, changes }: Version): VersionHead {
  return { number, at, origin, words, etag, ...(pinned === undefined ? {} : { pinned }), changes };
}
