// History in a folder, which outlives the program: a file for each version, there as a whole or not at all. Files that cannot be read are told of
// and left alone; when nothing can be written, versions wait in memory, and serving goes on.
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { FolderLock } from './folder-lock.ts';
import { lockFolder } from './folder-lock.ts';
import type { FoundVersion, History, Version, VersionHead } from './history.ts';
import { headOf } from './history.ts';
import { foundIn } from './memory-history.ts';
import { packed, unpacked } from './packed.ts';
import { longestHead, readHead, versionText } from './version-file.ts';
import { unfinished, writeWhole } from './whole-file.ts';

export interface FolderHistoryParts {
  /** Absolute. Made when it is not there. */
  readonly folder: string;
  readonly keep: number;
  readonly log: { info(text: string): void; warn(text: string): void };
}

export type OpenedFolder =
  | { readonly kind: 'open'; readonly history: History }
  /** Another program has it. */
  | { readonly kind: 'held'; readonly reason: string }
  /** Nothing can be read or written there. */
  | { readonly kind: 'unusable'; readonly reason: string };

export async function openFolder(parts: FolderHistoryParts): Promise<OpenedFolder> {
  const { folder } = parts;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await lockFolder(folder);
    if (!lock.ok) return { kind: 'held', reason: lock.fault };
    const files = await readdir(folder, { withFileTypes: true });
    for (const { name } of files) if (name.endsWith(unfinished)) await rm(join(folder, name), { force: true });
    return { kind: 'open', history: new FolderHistory(parts, lock.value, await foundFiles(files, parts)) };
  } catch (error) {
    return { kind: 'unusable', reason: reasonOf(error) };
  }
}

interface Files {
  readonly heads: readonly VersionHead[];
  /** Of all files, those that cannot be read as well. */
  readonly numbers: readonly number[];
}

async function foundFiles(files: readonly Dirent[], { folder, log }: FolderHistoryParts): Promise<Files> {
  const numbers = files.flatMap(({ name }) => numberIn(name) ?? []).sort((one, other) => one - other);
  const heads: VersionHead[] = [];
  for (const number of numbers) {
    const head = await headIn(join(folder, fileOf(number)));
    if (head.ok && head.value.number === number) heads.push(head.value);
    else log.warn(`${join(folder, fileOf(number))} is left out of the history: ${head.ok ? 'it was given another name' : head.fault}.`);
  }
  return { heads, numbers };
}

const fileOf = (number: number): string => `${String(number).padStart(6, '0')}.version`;

function numberIn(name: string): number | undefined {
  const digits = /^(\d{6,12})\.version$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function headIn(path: string): Promise<Result<VersionHead, string>> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.min(size, longestHead)) });
    return readHead(buffer.subarray(0, bytesRead), size);
  } catch (error) {
    return fault(reasonOf(error));
  }
}

class FolderHistory implements History {
  readonly #parts: FolderHistoryParts;
  readonly #lock: FolderLock;
  #heads: readonly VersionHead[];
  #numbers: readonly number[];
  /** What could not be written, by number. */
  readonly #waiting = new Map<number, Buffer>();

  constructor(parts: FolderHistoryParts, lock: FolderLock, { heads, numbers }: Files) {
    this.#parts = parts;
    this.#lock = lock;
    this.#heads = heads;
    this.#numbers = numbers;
  }

  get folder(): string {
    return this.#parts.folder;
  }

  get keep(): number {
    return this.#parts.keep;
  }

  get heads(): readonly VersionHead[] {
    return this.#heads;
  }

  get next(): number {
    return (this.#numbers.at(-1) ?? 0) + 1;
  }

  async read(number: number): Promise<FoundVersion> {
    if (!this.#heads.some((head) => head.number === number)) return { kind: 'no-such-version' };
    const waiting = this.#waiting.get(number);
    if (waiting !== undefined) return foundIn(await unpacked(waiting), number);
    try {
      return foundIn(await readFile(this.#path(number)), number);
    } catch (error) {
      return { kind: 'damaged', reason: `version ${number} cannot be read: ${reasonOf(error)}` };
    }
  }

  async add(version: Version): Promise<void> {
    const { number } = version;
    this.#heads = [...this.#heads, headOf(version)].slice(-this.#parts.keep);
    this.#numbers = [...this.#numbers, number];
    const text = versionText(version);
    const written = await this.#write(number, text);
    if (!written.ok) return this.#wait(number, text, written.fault);
    if (this.#waiting.size > 0) await this.#catchUp();
    await this.#forget();
  }

  close(): void {
    this.#lock.release();
  }

  async #write(number: number, text: string): Promise<Result<undefined, string>> {
    try {
      await writeWhole(this.#path(number), text);
      return success(undefined);
    } catch (error) {
      return fault(reasonOf(error));
    }
  }

  async #wait(number: number, text: string, reason: string): Promise<void> {
    const { folder, keep, log } = this.#parts;
    if (this.#waiting.size === 0)
      log.warn(`Version ${number} cannot be kept in ${folder}: ${reason}. It is in force, and kept in memory until it can be written.`);
    this.#waiting.set(number, await packed(text));
    for (const old of [...this.#waiting.keys()].slice(0, -keep)) this.#waiting.delete(old);
  }

  /** What waited is written as soon as anything can be. */
  async #catchUp(): Promise<void> {
    for (const [number, bytes] of this.#waiting) {
      const written = await this.#write(number, String(await unpacked(bytes)));
      if (!written.ok) return;
      this.#waiting.delete(number);
    }
    this.#parts.log.info(`Versions are kept in ${this.#parts.folder} again, and so are those that had to wait.`);
  }

  /** Removes what is older than the last ones. */
  async #forget(): Promise<void> {
    const old = this.#numbers.slice(0, -this.#parts.keep);
    this.#numbers = this.#numbers.slice(-this.#parts.keep);
    // One that cannot be removed is found again at the next start.
    await Promise.all(old.map((number) => rm(this.#path(number), { force: true }).catch(() => undefined)));
  }

  #path(number: number): string {
    return join(this.#parts.folder, fileOf(number));
  }
}

/** For an operator. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
      return 'this user has no right to';
    case 'EROFS':
      return 'the disk may only be read';
    case 'ENOENT':
      return 'it is gone';
    case 'EISDIR':
      return 'this is a folder, not a file';
    case 'EFBIG':
      return 'files may not be that large here';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'this is a file, not a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
