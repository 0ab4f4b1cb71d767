// Which files a document was read from, for those who watch them: the document, what it includes, and whatever else is named in it. They are noted
// where they are read, through many hands, and also when reading ends with a mistake; so the list goes beside the data, not with it.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { BigIntStats } from 'node:fs';
import { statSync } from 'node:fs';
import { glob, stat } from 'node:fs/promises';

/** Files by path, and patterns of files by folder and pattern, each with its identity just before it was read. */
export type FilesRead = ReadonlyMap<string, Seen>;

export interface Seen {
  /** What tells whether it is another file than before; undefined for one that is not there. */
  readonly identity: string | undefined;
  readonly look: () => Promise<string | undefined>;
  /** Where a change of it cannot come in force before the next start. */
  readonly isCode: boolean;
}

const reading = new AsyncLocalStorage<Map<string, Seen>>();

/** The files that were read while `read` ran. */
export async function withFilesRead<Value>(read: () => Promise<Value>): Promise<{ readonly value: Value; readonly files: FilesRead }> {
  const files = new Map<string, Seen>();
  return { value: await reading.run(files, read), files };
}

/** To be called before the file is read, so that a change while it is read is seen as one. */
export async function noteFile(path: string, { isCode = false } = {}): Promise<void> {
  await note(path, isCode, () => identityOf(path));
}

/** A file of a pattern that comes or goes is a change as well. */
export async function notePattern(pattern: string, folder: string): Promise<void> {
  await note(`${pattern} in ${folder}`, false, async () => (await Array.fromAsync(glob(pattern, { cwd: folder }))).sort().join('\n'));
}

async function note(name: string, isCode: boolean, look: Seen['look']): Promise<void> {
  const files = reading.getStore();
  // A secret may be named twice, and what was read first is what a change differs from.
  if (files !== undefined && !files.has(name)) files.set(name, { identity: await look(), look, isCode });
}

/** For a file that was read elsewhere, in a thread for one, with its identity then. */
export function noteReadFile(path: string, identity: string | undefined): void {
  reading.getStore()?.set(path, { identity, look: () => identityOf(path), isCode: false });
}

/** For a pattern whose files were looked for elsewhere. */
export function notePatternRead(pattern: string, folder: string, find: () => readonly string[]): void {
  reading.getStore()?.set(`${pattern} in ${folder}`, { identity: find().join('\n'), look: async () => find().join('\n'), isCode: false });
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    return identityFrom(await stat(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

export function identityNow(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && identityFrom(found);
}

const identityFrom = ({ ino, size, mtimeNs }: BigIntStats): string => `${ino} ${size} ${mtimeNs}`;
