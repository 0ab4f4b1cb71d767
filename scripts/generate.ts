// `npm run generate`: writes the reference pages from the code. With --check it writes nothing and fails when a page would change.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pages } from './reference/pages.ts';
import { repositoryRoot } from './source-files.ts';

const onlyChecks = process.argv.includes('--check');

const outdated = Object.entries(pages).flatMap(([path, text]) => {
  const file = join(repositoryRoot, path);
  const wanted = text();
  if (textOf(file) === wanted) return [];
  if (!onlyChecks) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted);
  }
  return [path];
});

for (const path of outdated) console.log(`${path} ${onlyChecks ? 'is out of date' : 'written'}`);
if (onlyChecks && outdated.length > 0) {
  console.error('Run `npm run generate`.');
  process.exitCode = 1;
} else {
  console.log(`generate: ${Object.keys(pages).length} pages are up to date`);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A page that is new has no text yet.
    return undefined;
  }
}
