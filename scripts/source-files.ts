// The repository's own files: which there are, their text, and their syntax trees as TypeScript's own parser gives them.
// The checks of floors and sizes read the code through here, so that the parser's unstable interface is used in one place.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';

export const repositoryRoot = join(import.meta.dirname, '..');

/** Path from the repository's root, with forward slashes, to the file's text. */
export type Texts = Readonly<Record<string, string>>;

const notOurs = new Set(['node_modules', '.git']);
// Only at the root: a folder of the source may be called so.
const madeHere = new Set(['build', 'coverage', 'tmp']);

/** Every file below `folder` whose path `wanted` accepts, in a stable order. Paths are from the repository's root. */
export function listFiles(folder: string, wanted: (path: string) => boolean): string[] {
  const entries = readdirSync(join(repositoryRoot, folder), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (notOurs.has(entry.name) || (folder === '' && madeHere.has(entry.name))) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...listFiles(path, wanted));
    else if (entry.isFile() && wanted(path)) found.push(path);
  }
  return found.sort();
}

export const readText = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');

export const readTexts = (paths: readonly string[]): Texts => Object.fromEntries(paths.map((path) => [path, readText(path)]));

export const isTypeScript = (path: string): boolean => path.endsWith('.ts') && !path.endsWith('.d.ts');

export const isTest = (path: string): boolean => path.endsWith('.test.ts');

/** Calls `visit` with the tree of each text. Trees are read from the compiler's process, which is gone when this returns. */
export function withTrees(texts: Texts, visit: (path: string, tree: SourceFile) => void): void {
  const paths = Object.keys(texts);
  // Parsing needs neither libraries nor the files that are imported; leaving both out takes a tenth of a second.
  const options = { noLib: true, noResolve: true, types: [], allowImportingTsExtensions: true, noEmit: true };
  const folder = '/sources';
  const files: Record<string, string> = { [`${folder}/tsconfig.json`]: JSON.stringify({ compilerOptions: options, files: paths }) };
  for (const path of paths) files[`${folder}/${path}`] = texts[path] ?? '';

  const compiler = new API({ fs: createVirtualFileSystem(files) });
  try {
    const [project] = compiler.updateSnapshot({ openProjects: [`${folder}/tsconfig.json`] }).getProjects();
    if (!project) throw new Error('the TypeScript parser opened no project');
    for (const path of paths) {
      const tree = project.program.getSourceFile(`${folder}/${path}`);
      if (!tree) throw new Error(`the TypeScript parser did not read ${path}`);
      visit(path, tree);
    }
  } finally {
    compiler.close();
  }
}

/** The line, counted from 1, on which a node's own text begins. */
export const lineOf = (tree: SourceFile, node: Node): number => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
