// The history that a document asks for: in its folder, else in memory. A folder that nothing can be written to is told of, and is no reason not to
// serve; one that another program has is, since two programs would go on from one another's versions.
import { resolve } from 'node:path';
import type { Document } from '../../configuration/document.ts';
import { openFolder } from './folder-history.ts';
import type { History } from './history.ts';
import { MemoryHistory } from './memory-history.ts';

interface HistoryLog {
  info(text: string): void;
  warn(text: string): void;
}

/** `around` is where the way to the folder begins. Rejects with a message for the operator. */
export async function openHistory({ folder, keep }: Document['history'], around: string, log: HistoryLog): Promise<History> {
  if (folder === undefined) return new MemoryHistory(keep);
  const opened = await openFolder({ folder: resolve(around, folder), keep, log });
  switch (opened.kind) {
    case 'open':
      return opened.history;
    case 'held':
      throw new Error(
        `The history cannot be kept in ${folder}: ${opened.reason}. Does Evenkeel run by this document already? If not, give each program a folder of its own (history.folder).`,
      );
    case 'unusable':
      log.warn(`The history cannot be kept in ${folder}: ${opened.reason}. It is kept in memory, and does not outlive this program.`);
      return new MemoryHistory(keep);
  }
}
