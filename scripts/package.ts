// `npm run package`: makes the npm package in build/package and packs it beside. With a folder as argument it does so there instead.
// A package carries JavaScript and types in `dist`, where a checkout has the source in `src`, and beside them what the program needs.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readText, repositoryRoot } from './source-files.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const carried = ['bin/evenkeel', 'scripts/find-node.sh', 'docs/reference/document.schema.json', 'LICENSE', 'README.md'];

const place = resolve(process.argv[2] ?? join(repositoryRoot, 'build'));
const folder = join(place, 'package');

// What was emitted for a file that is gone by now would be packed as well.
rmSync(folder, { recursive: true, force: true });
const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
run(repositoryRoot, process.execPath, [compiler, '--project', 'tsconfig.build.json', '--outDir', join(folder, 'dist')]);
for (const path of carried) cpSync(join(repositoryRoot, path), join(folder, path));
// The repository's own file.
const manifest = packageManifest(JSON.parse(readText('package.json')) as Manifest);
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
run(folder, 'npm', ['pack', '--silent', '--offline', '--pack-destination', place]);

/** What is for work on the project alone is left out, and so is `private`, which keeps the source from being published as it is. */
function packageManifest({ scripts, devDependencies, private: _, exports, dependencies, ...rest }: Manifest): object {
  const emitted = Object.entries(exports).map(([name, path]) => [name, path.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')]);
  return {
    ...rest,
    files: ['bin', 'dist', 'docs', 'scripts'],
    exports: Object.fromEntries(emitted),
    // The types of the client name those of Node.js. Any version does, so that nobody gets a second one beside his own.
    dependencies: { ...dependencies, '@types/node': '*' },
  };
}

/** Ends the program when the command fails; it has said why. */
function run(cwd: string, command: string, words: readonly string[]): void {
  const { status, error } = spawnSync(command, words, { cwd, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`package: ${command} ${words.join(' ')} failed${error === undefined ? ' (see above)' : `: ${error.message}`}`);
  process.exit(1);
}
