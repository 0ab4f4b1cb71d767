// What can come of a change that somebody asked for.
import type { Issue } from '../configuration/issue.ts';
import type { Difference } from './difference.ts';

/** Of a document that is read anew. */
export type ReloadOutcome =
  | { readonly kind: 'changed'; readonly difference: Difference }
  | { readonly kind: 'unchanged' }
  /** The document has mistakes. */
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  /** The document is good, and could not come in force. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Of a change by whoever is not the file. Unless it is `changed`, nothing is. */
export type ChangeOutcome =
  | ReloadOutcome
  /** What is in force is not what the change was made for. */
  | { readonly kind: 'conflict'; readonly etag: string }
  | { readonly kind: 'no-such-version' }
  /** Too many wait already. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** A dry run: good, and this would be different. */
  | { readonly kind: 'good'; readonly difference: Difference };
