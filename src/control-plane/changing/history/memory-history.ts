// History for as long as the program runs. Versions are packed: fifty of a document of ten thousand endpoints take a few megabytes.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { FoundVersion, History, Version, VersionHead } from './history.ts';
import { headOf } from './history.ts';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

export class MemoryHistory implements History {
  readonly #keep: number;
  #kept: { readonly head: VersionHead; readonly packed: Buffer }[] = [];

  constructor(keep: number) {
    this.#keep = keep;
  }

  get heads(): readonly VersionHead[] {
    return this.#kept.map(({ head }) => head);
  }

  get next(): number {
    return (this.#kept.at(-1)?.head.number ?? 0) + 1;
  }

  async read(number: number): Promise<FoundVersion> {
    const found = this.#kept.find(({ head }) => head.number === number);
    if (found === undefined) return { kind: 'no-such-version' };
    // It was packed below.
    return { kind: 'found', version: JSON.parse(String(await unpack(found.packed))) as Version };
  }

  async add(version: Version): Promise<void> {
    const packed = await pack(JSON.stringify(version));
    this.#kept = [...this.#kept, { head: headOf(version), packed }].slice(-this.#keep);
  }

  async close(): Promise<void> {}
}
