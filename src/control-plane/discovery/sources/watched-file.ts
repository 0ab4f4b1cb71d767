// A file with a list of endpoints, looked at again and again. What somebody is still writing is waited out: a list is taken when the file was left
// alone for a while and was the same before and after it was read.
import { stat } from 'node:fs/promises';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { textInFile } from '../../configuration/reading/text-file.ts';
import { entriesInFile } from '../entries.ts';
import type { Answer, Source } from '../source.ts';
import { defineSource, failed } from '../source.ts';

/** Milliseconds between two looks, and for which a file is left alone before it is believed to be whole. */
const lookEvery = milliseconds(500);
const mostBytes = 4 * 1024 * 1024;

export const watchedFile = defineSource({
  kind: 'file',
  usualEvery: lookEvery,
  isNear: true,
  name: ({ path }) => `file ${path}`,
  open: ({ path }) => new WatchedFile(path),
});

interface Look {
  /** Tells whether it is another file than before. */
  readonly identity: string;
  /** For how long nobody has written to it, in milliseconds. */
  readonly age: number;
}

class WatchedFile implements Source {
  readonly #path: string;
  /** As it was when it was read. */
  #read: string | undefined;
  #seen: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async ask(): Promise<Answer> {
    const look = await lookAt(this.#path);
    if (typeof look === 'string') return this.#forget(look);
    const { identity, age } = look;
    if (identity === this.#read) return { kind: 'same' };
    const isLeftAlone = identity === this.#seen || age >= lookEvery;
    this.#seen = identity;
    if (!isLeftAlone) return { kind: 'unfinished' };
    const text = await textInFile(this.#path, mostBytes, (size) => `it has ${size}; a list of endpoints has 4 MiB at most`);
    const after = await lookAt(this.#path);
    if (typeof after === 'string' || after.identity !== identity) return { kind: 'unfinished' };
    const entries = text.ok ? entriesInFile(this.#path, text.value) : text;
    if (!entries.ok) return this.#forget(entries.fault);
    this.#read = identity;
    return { kind: 'found', entries: entries.value };
  }

  /** It is read again even if it comes back as it was. */
  #forget(reason: string): Answer {
    this.#read = undefined;
    return failed(reason);
  }
}

async function lookAt(path: string): Promise<Look | string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return { identity: `${ino} ${size} ${mtimeNs}`, age: Date.now() - Number(mtimeNs / 1_000_000n) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
    return `it cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
  }
}
