// Nothing stands in the source that only tests use. The measure itself is tried on made-up files first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, isTypeScript, listFiles, readText, readTexts } from '../../scripts/source-files.ts';
import { checkUnused } from '../../scripts/unused.ts';

/** What only tests use and stays, with the reason. */
const allowed: Readonly<Record<string, string>> = {
  failureWords: 'the scoreboard, which stands before, sets aside as many and refers to it',
  streakWords: 'the scoreboard, which stands before, sets aside as many and refers to it',
  multiplier: 'tests compare it with what Envoy has after the same ejections',
  estimate: 'tests compare it with what Gradient2Limit has after the same samples',
  effectiveWeight: 'tests compare it with what nginx has after the same failures',
};

/** What people import from the package. */
const entries = Object.values((JSON.parse(readText('package.json')) as { exports: Record<string, string> }).exports);

const nameIn = (line: string): string => /^\S+ {2}(\S+)/.exec(line)?.[1] ?? '';

const told = (texts: Readonly<Record<string, string>>): string[] => checkUnused(texts).map((line) => line.split(' is used')[0] ?? '');

test('whatever the source exports is used outside tests', () => {
  const paths = ['src', 'scripts', 'examples', 'bench'].flatMap((folder) => listFiles(folder, isTypeScript));
  const found = checkUnused(readTexts(paths.filter((path) => !isTest(path)))).filter(
    (line) => !entries.some((path) => line.startsWith(`${path.replace('./', '')}:`)),
  );
  const names = found.map(nameIn);
  assert.deepEqual(
    found.filter((line) => allowed[nameIn(line)] === undefined),
    [],
    'use it, delete it with its tests, or allow it in this file with the reason',
  );
  assert.deepEqual(
    Object.keys(allowed).filter((name) => !names.includes(name)),
    [],
    'is used by now, and need not be allowed',
  );
});

test('an export counts as used when another file takes it or its own has it again', () => {
  const texts = {
    'src/a.ts': 'export const taken = 1;\nexport function dead() {}\nexport const here = 2;\nconst more = here;\n',
    'src/b.ts': "import { taken } from './a.ts';\nexport type Dead = typeof taken;\n",
    'src/c.ts': "import { other as taken } from './d.ts';\nconst x = taken;\n",
    'src/d.ts': 'export const other = 1;\nexport const taken = 2;\n',
  };
  assert.deepEqual(told(texts), ['src/a.ts:2  dead', 'src/b.ts:2  Dead', 'src/d.ts:2  taken']);
});

test('whoever takes all of a file takes each of its exports', () => {
  const list = { 'src/list.ts': 'export const a = 1;\nexport const b = 2;\n' };
  assert.deepEqual(told({ ...list, 'src/all.ts': "import * as list from './list.ts';\nconsole.log(list);\n" }), []);
  assert.deepEqual(told({ ...list, 'src/all.ts': "export * from './list.ts';\n" }), []);
  assert.deepEqual(told({ ...list, 'src/all.ts': "const list = await import('./list.ts');\n" }), []);
  assert.deepEqual(told({ ...list, 'src/one.ts': "export { a } from './list.ts';\n" }), ['src/list.ts:2  b']);
});

test('a member of a class is dead when nothing has its name', () => {
  const texts = {
    'src/a.ts': 'export class A {\n  used() {}\n  get dead() { return 1; }\n  #own() {}\n}\n',
    'src/b.ts': "import { A } from './a.ts';\nnew A().used();\n",
  };
  assert.deepEqual(told(texts), ['src/a.ts:3  dead']);
});

test('examples and scripts use the source and are not measured themselves', () => {
  assert.deepEqual(
    told({ 'src/a.ts': 'export const a = 1;\n', 'scripts/b.ts': "import { a } from '../src/a.ts';\nexport const c = a;\n" }),
    [],
  );
});
