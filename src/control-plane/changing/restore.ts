// What outlives the program: changes of the API that were to be kept, and a version that is held in the place of a file, as long as the file says
// what it said then. Nothing of it is a reason not to start: what does not fit any more is told, and left out.
import { isDeepStrictEqual } from 'node:util';
import type { ReadDocument } from '../configuration/read.ts';
import type { Base, Candidate } from './candidate.ts';
import { candidateOf, issueLines } from './candidate.ts';
import { namesText } from './difference-text.ts';
import { markOf } from './etag.ts';
import type { History, Version, VersionHead } from './history/history.ts';
import { applyLayer } from './layer.ts';

export interface Restored {
  readonly candidate: Candidate;
  /** The last version that was in force before. */
  readonly before?: Version | undefined;
  /** The same is in force again. */
  readonly isSame: boolean;
}

interface RestoreLog {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export async function restore(start: ReadDocument, history: History, log: RestoreLog): Promise<Restored> {
  const before = await newestIn(history, log);
  const candidate = (before && (await restored(start, before, log))) ?? alone(start);
  return { candidate, before, isSame: before !== undefined && saysTheSame(candidate, before) };
}

/** The file by itself. */
const alone = ({ document, written }: ReadDocument): Candidate => ({ document, written, layer: [], effective: written, idle: new Map() });

async function newestIn(history: History, log: RestoreLog): Promise<Version | undefined> {
  for (const { number } of [...history.heads].reverse()) {
    const found = await history.read(number);
    if (found.kind === 'found') return found.version;
    if (found.kind === 'damaged') log.warn(`History: ${found.reason}. The one before it is looked at.`);
  }
  return undefined;
}

async function restored(start: ReadDocument, before: Version, log: RestoreLog): Promise<Candidate | undefined> {
  const { file } = start.written;
  const layer = before.layer.filter(({ persist }) => persist);
  const gone = before.layer.filter(({ persist }) => !persist).map(({ path }) => path);
  if (gone.length > 0) log.info(`What the API changed and was not asked to keep is gone: ${namesText(gone)}.`);
  const isHeld = before.pinned !== undefined && before.fileMark === markOf(start.written.value);
  if (before.pinned !== undefined && !isHeld)
    log.info(`${file} has changed since version ${before.pinned} was held in its place, and is in force again.`);
  const base: Base = isHeld ? { written: before.written, layer, pinned: before.pinned } : { written: start.written, layer };
  if (!isHeld && layer.length === 0) return undefined;
  const what = isHeld ? `version ${before.pinned}` : `${file} with what the API changed`;
  const judged = await candidateOf(base, what);
  if (judged.kind === 'candidate') {
    if (isHeld) log.warn(`Version ${before.pinned} is held in the place of ${file}, until that is read anew.`);
    return judged.candidate;
  }
  log.error(`${what} cannot be in force any more, and ${file} alone is:`);
  for (const line of issueLines(judged.issues)) log.error(line);
  return undefined;
}

function saysTheSame({ effective, layer, pinned }: Candidate, before: Version): boolean {
  const { data } = applyLayer(before.written, before.layer);
  return before.pinned === pinned && isDeepStrictEqual(layer, before.layer) && isDeepStrictEqual(effective.value, data.value);
}

/** What of a version is told of the state. */
export type StateHead = Pick<VersionHead, 'number' | 'at' | 'origin' | 'etag'>;
