// Files are named in kebab-case, folders of the source in one word, and every file of the source but tests says what it holds before anything else.

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { isTest, isTypeScript, listFiles, readText } from '../../scripts/source-files.ts';

const all = ['src', 'scripts', 'examples', 'bench', 'test'].flatMap((folder) => listFiles(folder, isTypeScript));
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.property)?(\.test|\.bench)?\.ts$/;
const planes = ['data-plane', 'control-plane'];

test('there are files to judge', () => assert.ok(all.length > 20));

test('file names are kebab-case', () => {
  assert.deepEqual(
    all.filter((path) => !kebabCase.test(posix.basename(path))),
    [],
  );
});

test('a folder of the source is one word', () => {
  const words = new Set(all.filter((path) => path.startsWith('src/')).flatMap((path) => posix.dirname(path).split('/')));
  assert.deepEqual(
    [...words].filter((word) => !/^[a-z]+$/.test(word) && !planes.includes(word)),
    [],
  );
});

test('every file of the source opens with a comment of one to four lines', () => {
  const withoutOpening = all.filter((path) => path.startsWith('src/') && !isTest(path) && !hasOpeningComment(readText(path)));
  assert.deepEqual(withoutOpening, []);
});

test('an opening comment is told from code and from an essay', () => {
  assert.ok(hasOpeningComment('// Holds one thing.\n\nexport const a = 1;\n'));
  assert.ok(!hasOpeningComment('export const a = 1;\n'));
  assert.ok(!hasOpeningComment(`${'// On and on.\n'.repeat(5)}export const a = 1;\n`));
});

function hasOpeningComment(text: string): boolean {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('// '));
  return end >= 1 && end <= 4;
}
