// Includes: in their place, by pattern, from the folder of the main file, never in a circle.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fault, success } from '../../../foundation/basics/result.ts';
import { filesFrom } from '../files.ts';
import type { Files } from './include.ts';
import { readNginx } from './include.ts';

const filesOf = (texts: Readonly<Record<string, string>>): Files => ({
  read: (file) => (texts[file] === undefined ? fault('there is no such file') : success(texts[file])),
  matching: (pattern) => Object.keys(texts).filter((name) => name.startsWith(pattern.slice(0, pattern.indexOf('*')))),
});

describe('an include', () => {
  test('puts directives in its place, with the places of their own file', () => {
    const { directives, mistakes } = readNginx('main', filesOf({ main: 'a;\nhttp { include b; c; }', b: '\nx 1;\ny;' }));
    assert.deepEqual(mistakes, []);
    assert.deepEqual(
      directives[1]?.block?.map(({ name, place }) => `${name} ${place.file}:${place.line}`),
      ['x b:2', 'y b:3', 'c main:2'],
    );
  });

  test('of a pattern takes all files of it, or none', () => {
    const { directives, mistakes, files } = readNginx('main', filesOf({ main: 'include d/*; include e/*; z;', 'd/1': 'a;', 'd/2': 'b;' }));
    assert.deepEqual([directives.map(({ name }) => name), mistakes, files], [['a', 'b', 'z'], [], ['main', 'd/1', 'd/2']]);
  });

  test('of a file that is not there is told of at the include', () => {
    const { directives, mistakes } = readNginx('main', filesOf({ main: 'a;\ninclude gone;\nb;' }));
    assert.deepEqual(
      directives.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(mistakes, [{ place: { file: 'main', line: 2 }, message: 'gone: there is no such file' }]);
  });

  test('of a file with a mistake is told of in that file', () => {
    const { mistakes } = readNginx('main', filesOf({ main: 'include b;', b: 'a;\n}' }));
    assert.deepEqual(
      mistakes.map(({ place }) => place),
      [{ file: 'b', line: 2 }],
    );
  });

  test('in a circle is told of, with the way', () => {
    const { mistakes, directives } = readNginx('main', filesOf({ main: 'include b; z;', b: 'y;\ninclude c;', c: 'include b;' }));
    assert.deepEqual(mistakes, [{ place: { file: 'c', line: 1 }, message: 'the includes go in a circle: b → c → b' }]);
    assert.deepEqual(
      directives.map(({ name }) => name),
      ['y', 'z'],
    );
  });

  test('that multiplies ends somewhere', () => {
    const texts = Object.fromEntries(
      Array.from({ length: 20 }, (_, level) => [`f${level}`, `include f${level + 1}; include f${level + 1};`]),
    );
    const { files, mistakes } = readNginx('f0', filesOf({ ...texts, f20: 'a;' }));
    assert.equal(files.length, 10_000);
    assert.match(mistakes[0]?.message ?? '', /more than 10000 files/);
  });
});

describe('on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-nginx-'));
  after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'conf.d'));
  writeFileSync(join(folder, 'nginx.conf'), 'include conf.d/*.conf; include conf.d; include conf.d/bytes;');
  writeFileSync(join(folder, 'conf.d/b.conf'), 'b; include conf.d/c;');
  writeFileSync(join(folder, 'conf.d/a.conf'), 'a;');
  writeFileSync(join(folder, 'conf.d/c'), 'c;');
  writeFileSync(join(folder, 'conf.d/.hidden.conf'), 'hidden;');
  writeFileSync(join(folder, 'conf.d/bytes'), new Uint8Array([0x61, 0xff, 0x3b]));

  test('patterns are read in order without hidden files, and ways begin at the main file', () => {
    const { directives, mistakes } = readNginx('nginx.conf', filesFrom(folder));
    assert.deepEqual(
      directives.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      mistakes.map(({ message }) => message),
      ['conf.d: this is a folder, not a file', 'conf.d/bytes: the file is not UTF-8 text'],
    );
  });
});
