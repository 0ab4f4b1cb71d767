// Says when files have changed and are whole: when one is not what it was at the last call, and all were left alone between two looks. It looks
// again and again rather than being told, since files are replaced, linked and mounted in more ways than any system tells of.
import { setInterval } from 'node:timers';
import type { FilesRead } from '../configuration/reading/files-read.ts';

export interface FileWatchParts {
  /** Those that were read last, the document first. The list may change with each reading. */
  readonly files: () => FilesRead;
  /** Told what has changed, to be put before what comes of it: `The file has changed`. */
  readonly onChange: (cause: string) => void;
}

/** Milliseconds between two looks. */
const lookEvery = 500;

type Identities = ReadonlyMap<string, string | undefined>;

export class FileWatch {
  readonly #parts: FileWatchParts;
  /** As they were when they were told of last, or read first. */
  #told: Identities = new Map();
  #seen: Identities = new Map();
  #isLooking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: FileWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookEvery).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Once; called again and again after `start`. */
  async look(): Promise<void> {
    // Files of another machine may take longer than the time between two looks.
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#lookAt(this.#parts.files());
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAt(files: FilesRead): Promise<void> {
    const told = new Map([...files].map(([name, { identity }]) => [name, this.#told.has(name) ? this.#told.get(name) : identity]));
    const found = new Map(await Promise.all([...files].map(async ([name, { look }]) => [name, await look()] as const)));
    const differing = [...found.keys()].filter((name) => found.get(name) !== told.get(name));
    // What is gone may be about to be replaced: it is no change by itself, and does not keep others from being one.
    const changed = differing.filter((name) => found.get(name) !== undefined);
    const isSettled = differing.every((name) => this.#seen.has(name) && this.#seen.get(name) === found.get(name));
    this.#seen = found;
    this.#told = told;
    if (changed.length === 0 || !isSettled) return;
    for (const name of changed) told.set(name, found.get(name));
    this.#parts.onChange(causeText(changed, files));
  }
}

const mostNamed = 3;

function causeText(changed: readonly string[], files: FilesRead): string {
  const [document] = files.keys();
  const names = changed.map((name) => (name === document ? 'The file' : name));
  const named = names.length > mostNamed ? [...names.slice(0, mostNamed - 1), `${names.length - mostNamed + 1} more`] : names;
  const text = `${[named.slice(0, -1).join(', '), ...named.slice(-1)].filter((part) => part !== '').join(' and ')} ${names.length === 1 ? 'has' : 'have'} changed`;
  const code = changed.filter((name) => files.get(name)?.isCode === true);
  return code.length === 0 ? text : `${text} (the code of policies comes in force at the next start)`;
}
