// The files in which pools find their endpoints: from where the document stands, as all ways in it. That there is none yet is no mistake.
import { resolve } from 'node:path';
import type { Document } from './document.ts';
import type { Path } from './issue.ts';

export function withWatchedFiles(document: Document, folderOf: (path: Path) => string): Document {
  if (!Object.values(document.pools).some(({ discover }) => discover?.source.kind === 'file')) return document;
  const pools = Object.entries(document.pools).map(([name, pool]) => {
    if (pool.discover?.source.kind !== 'file') return [name, pool] as const;
    const path = resolve(folderOf(['pools', name, 'discover', 'file']), pool.discover.source.path);
    return [name, { ...pool, discover: { ...pool.discover, source: { kind: 'file', path } as const } }] as const;
  });
  return { ...document, pools: Object.fromEntries(pools) };
}
