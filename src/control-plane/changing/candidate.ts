// Something that might be in force: what the file says with the layer over it, checked as a whole.
import type { Document } from '../configuration/document.ts';
import type { Issue } from '../configuration/issue.ts';
import { issueText } from '../configuration/issue.ts';
import { checkWritten } from '../configuration/read.ts';
import type { WrittenData } from '../configuration/reading/written.ts';
import type { ChangeFault, LayerEntry } from './layer.ts';
import { applyLayer } from './layer.ts';

export interface Base {
  /** What the file said, or the version in its place. */
  readonly written: WrittenData;
  readonly layer: readonly LayerEntry[];
  /** The number of the version in its place. */
  readonly pinned?: number | undefined;
}

export interface Candidate extends Base {
  readonly document: Document;
  /** Both together. */
  readonly effective: WrittenData;
  /** Entries that change nothing, and why. */
  readonly idle: ReadonlyMap<LayerEntry, string>;
}

export type Judged =
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly remarks: readonly Issue[] }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] };

/** `label` is what mistakes are told of. */
export async function candidateOf(base: Base, label: string): Promise<Judged> {
  const { data: effective, idle } = applyLayer(base.written, base.layer);
  const remarks: Issue[] = [];
  const checked = await checkWritten(effective, label, (remark) => remarks.push(remark));
  if (!checked.ok) return { kind: 'refused', issues: checked.fault };
  return { kind: 'candidate', candidate: { ...base, document: checked.value, effective, idle }, remarks };
}

/** A log is no place for thousands of lines. */
const mostLines = 100;

/** Mistakes as lines of the log. */
export function issueLines(issues: readonly Issue[]): readonly string[] {
  const lines = issues.slice(0, mostLines).map(issueText);
  const more = issues.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more; evenkeel check tells all of them`] : lines;
}

/** A mistake in a change has a path and no text to point into. */
export const issueAbout = (file: string, { path, message }: ChangeFault): Issue => ({
  file,
  line: undefined,
  column: undefined,
  path,
  value: undefined,
  message,
  nearest: undefined,
});
