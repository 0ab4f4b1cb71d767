// `npm test`: runs the tests in groups, one line for each, then every failure in full, then the count of all.
// Paths as arguments run only those files or folders; --all adds the longer proofs of test/slow.

import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { isTest, listFiles, repositoryRoot } from './source-files.ts';
import { chooseGroups, type Group } from './test-groups.ts';
import { type Outcome, runFiles } from './test-run.ts';

const wantsAll = process.argv.includes('--all');
const paths = process.argv.slice(2).filter((word) => !word.startsWith('--'));

process.chdir(repositoryRoot);
const groups =
  paths.length > 0 ? [{ name: 'chosen', files: paths.flatMap(filesOf), together: 2 }] : chooseGroups(listFiles('', isTest), wantsAll);
const outcomes: Outcome[] = [];
for (const group of groups) outcomes.push(await runGroup(group));
finish(outcomes);

function filesOf(path: string): string[] {
  const fromRoot = relative(repositoryRoot, path).replaceAll('\\', '/');
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    console.error(`There is no file or folder ${path}.`);
    process.exit(1);
  }
  return found.isDirectory() ? listFiles(fromRoot, isTest) : [fromRoot];
}

async function runGroup({ name, files, together }: Group): Promise<Outcome> {
  const label = name.padEnd(14);
  if (process.stdout.isTTY) process.stdout.write(`  ${label}…`);
  const began = performance.now();
  const outcome = await runFiles(files, together);
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  const mark = outcome.failed > 0 ? '✖' : '✔';
  if (process.stdout.isTTY) process.stdout.write('\r');
  console.log(`${mark} ${label}${describe(outcome).padEnd(34)}${seconds} s  ${files.length} ${files.length === 1 ? 'file' : 'files'}`);
  return outcome;
}

function describe({ passed, failed, skipped }: Pick<Outcome, 'passed' | 'failed' | 'skipped'>): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function finish(all: readonly Outcome[]): void {
  const total = (key: 'passed' | 'failed' | 'skipped'): number => all.reduce((sum, outcome) => sum + outcome[key], 0);
  const sums = { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
  for (const failure of all.flatMap((outcome) => outcome.failures)) console.log(`\n${failure}`);
  if (sums.passed + sums.failed === 0) console.log('\nNo test ran at all.');
  process.exitCode = sums.passed > 0 && sums.failed === 0 ? 0 : 1;
  console.log(`\n${describe(sums)}`);
}
