// Says when a file has changed and is whole: when it is not what it was at the last call, and has been left alone between two looks. It looks
// again and again rather than being told, since files are replaced, linked and mounted in more ways than any system tells of.
import { stat } from 'node:fs/promises';
import { setInterval } from 'node:timers';

export interface FileWatchParts {
  readonly path: string;
  readonly onChange: () => void;
  /** What tells whether it is another file than before; `undefined` for one that is not there. */
  readonly look?: (path: string) => Promise<string | undefined>;
}

/** Milliseconds between two looks. */
const lookEvery = 500;

export class FileWatch {
  readonly #parts: FileWatchParts;
  /** As it was when it was told of last. */
  #told: string | undefined;
  #seen: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: FileWatchParts) {
    this.#parts = parts;
  }

  /** What stands in the file now is known. */
  async start(): Promise<void> {
    this.#told = await this.#look();
    this.#seen = this.#told;
    this.#timer = setInterval(() => void this.look(), lookEvery).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Once; called again and again after `start`. */
  async look(): Promise<void> {
    const found = await this.#look();
    const isWhole = found !== undefined && found === this.#seen;
    this.#seen = found;
    if (!isWhole || found === this.#told) return;
    this.#told = found;
    this.#parts.onChange();
  }

  #look(): Promise<string | undefined> {
    return (this.#parts.look ?? identityOf)(this.#parts.path);
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return undefined;
  }
}
