// History for as long as the program runs. Versions are packed: fifty of a document of ten thousand endpoints take a few megabytes.
import type { FoundVersion, History, Version, VersionHead } from './history.ts';
import { headOf } from './history.ts';
import { packed, unpacked } from './packed.ts';
import { readVersion, versionText } from './version-file.ts';

export class MemoryHistory implements History {
  readonly folder = undefined;
  readonly keep: number;
  #kept: { readonly head: VersionHead; readonly bytes: Buffer }[] = [];

  constructor(keep: number) {
    this.keep = keep;
  }

  get heads(): readonly VersionHead[] {
    return this.#kept.map(({ head }) => head);
  }

  get next(): number {
    return (this.#kept.at(-1)?.head.number ?? 0) + 1;
  }

  async read(number: number): Promise<FoundVersion> {
    const found = this.#kept.find(({ head }) => head.number === number);
    return found === undefined ? { kind: 'no-such-version' } : foundIn(await unpacked(found.bytes), number);
  }

  async add(version: Version): Promise<void> {
    const bytes = await packed(versionText(version));
    this.#kept = [...this.#kept, { head: headOf(version), bytes }].slice(-this.keep);
  }

  close(): void {}
}

export function foundIn(bytes: Buffer, number: number): FoundVersion {
  const read = readVersion(bytes);
  if (!read.ok) return { kind: 'damaged', reason: `version ${number} cannot be read: ${read.fault}` };
  return { kind: 'found', version: read.value };
}
