// The code stays within the sizes of CONTRIBUTING.md. The measure itself is tried on made-up files first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSizes, limits } from '../../scripts/sizes.ts';
import { isTest, isTypeScript, listFiles, readTexts } from '../../scripts/source-files.ts';

const folders = ['src', 'scripts', 'examples', 'bench', 'test'];

const lines = (count: number): string => '// line\n'.repeat(count);

test('every file, function and folder is within the sizes', () => {
  const paths = folders.flatMap((folder) => listFiles(folder, (path) => isTypeScript(path) && !isTest(path)));
  assert.deepEqual(checkSizes(readTexts(paths)), []);
});

test('a file of the longest length passes and one of a line more does not', () => {
  const others = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}.ts`, '']));
  assert.deepEqual(checkSizes({ 'src/long.ts': lines(limits.linesInFile), ...others }), []);
  assert.deepEqual(checkSizes({ 'src/long.ts': lines(limits.linesInFile + 1), ...others }), [
    'src/long.ts:1  has 401 lines; the limit is 400',
  ]);
});

test('long files are the exception', () => {
  const long = { 'one.ts': lines(limits.linesInMostFiles + 1), 'two.ts': lines(2) };
  assert.deepEqual(checkSizes(long), ['1 of 2 files have more than 250 lines; a tenth may: one.ts (251)']);
});

test('a function may have fifty lines and four parameters', () => {
  const body = '  step();\n';
  const allowed = `function fits(a, b, c, d) {\n${body.repeat(48)}}\n`;
  const tooLong = `const grows = () => {\n${body.repeat(49)}};\n`;
  const handedOver = 'text.replace(/(.)(.)(.)(.)/, (all, a, b, c, d) => a);\n';
  const tooWide = 'class Wide {\n  constructor(a, b, c, d, e) {}\n}\n';
  assert.deepEqual(checkSizes({ 'a.ts': allowed, 'b.ts': tooLong, 'd.ts': handedOver, 'c.ts': tooWide }), [
    'b.ts:1  grows has 51 lines; the limit is 50',
    'c.ts:2  Wide takes 5 parameters; the limit is 4',
  ]);
});

test('three steps deep is the limit, and a function inside begins anew', () => {
  const three = 'function deep() {\n if (a) {\n  for (;;) {\n   while (b) {}\n  }\n }\n}\n';
  const four = 'function deep() {\n if (a) {\n  for (;;) {\n   while (b) {\n    if (c) step();\n   }\n  }\n }\n}\n';
  const anew = 'function deep() {\n if (a) {\n  for (;;) {\n   while (b) each(() => { if (c) step(); });\n  }\n }\n}\n';
  const elseIf = 'function deep() {\n if (a) {} else if (b) {} else if (c) {} else if (d) {} else if (e) {}\n}\n';
  const problems = checkSizes({ 'three.ts': three, 'four.ts': four, 'anew.ts': anew, 'else-if.ts': elseIf });
  assert.deepEqual(problems, ['four.ts:5  is nested 4 deep; the limit is 3']);
});

test('a folder holds twenty files at most', () => {
  const full = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`src/basics/file-${index}.ts`, '']));
  assert.deepEqual(checkSizes(full), ['src/basics  holds 21 files; the limit is 20']);
});
