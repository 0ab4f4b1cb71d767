// Which file is meant when none is named.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const usualFiles = ['evenkeel.yaml', 'evenkeel.config.ts'] as const;

/** The first of the usual files that is there. */
export function findDocument(folder: string): string | undefined {
  const name = usualFiles.find((file) => existsSync(join(folder, file)));
  return name === undefined ? undefined : name;
}

export const noDocument = `evenkeel: there is neither ${usualFiles.join(' nor ')} in this folder; name a file, or serve without one: evenkeel quick --listen :8080 localhost:3001`;
