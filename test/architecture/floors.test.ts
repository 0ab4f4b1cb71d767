// The floors hold, and the judgement sees each way of leaving them. Made-up files stand where real ones would.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkFloors } from '../../scripts/floors.ts';
import { isTypeScript, listFiles, readTexts } from '../../scripts/source-files.ts';

test('every file uses only what stands before it', () => {
  assert.deepEqual(checkFloors(readTexts(listFiles('src', isTypeScript))), []);
});

const allowed: Readonly<Record<string, readonly [path: string, text: string]>> = {
  'its own folder': ['src/domain/http/a.ts', "import { b } from './b.ts';"],
  'a folder inside its own': ['src/domain/balancing/a.ts', "export { b } from './policies/b.ts';"],
  'a lower floor': ['src/domain/http/a.ts', "import { b } from '../../foundation/basics/b.ts';"],
  'a folder before its own on its floor': ['src/domain/balancing/a.ts', "import { b } from '../http/b.ts';"],
  'zod in the domain': ['src/domain/http/a.ts', "import { z } from 'zod';"],
  'sockets on the data plane': ['src/data-plane/sockets/a.ts', "import { connect } from 'node:net';\nDate.now();"],
  'libraries on the control plane': ['src/control-plane/configuration/a.ts', "import { parse } from 'yaml';"],
  'everything from assemble.ts': ['src/assemble.ts', "import { b } from './interface/cli/b.ts';"],
  'members that are called like the clock': ['src/domain/http/a.ts', 'const a = { process: 1 };\na.process;\ninterface A { Date: number }'],
  'node:test in a test of the domain': [
    'src/domain/http/a.test.ts',
    "import { test } from 'node:test';\nimport fc from 'fast-check';\nDate.now();",
  ],
};

const refused: Readonly<Record<string, readonly [path: string, text: string, problem: string]>> = {
  'an import upward': [
    'src/domain/http/a.ts',
    "\nimport { b } from '../../data-plane/sockets/b.ts';",
    'src/domain/http/a.ts:2  imports upward: data-plane/sockets stands after domain/http',
  ],
  'an import sideways': [
    'src/domain/http/a.ts',
    "import type { B } from '../balancing/b.ts';",
    'src/domain/http/a.ts:1  imports sideways: domain/balancing stands after domain/http',
  ],
  'a re-export upward': [
    'src/foundation/basics/a.ts',
    "export * from '../algorithms/b.ts';",
    'src/foundation/basics/a.ts:1  imports sideways: foundation/algorithms stands after foundation/basics',
  ],
  'an import() upward': [
    'src/foundation/basics/a.ts',
    "await import('../../domain/http/b.ts');",
    'src/foundation/basics/a.ts:1  imports upward: domain/http stands after foundation/basics',
  ],
  'a type upward': [
    'src/foundation/basics/a.ts',
    "type A = import('../../domain/http/b.ts').B;",
    'src/foundation/basics/a.ts:1  imports upward: domain/http stands after foundation/basics',
  ],
  'a test that reaches upward': [
    'src/domain/http/a.test.ts',
    "import { b } from '../../data-plane/sockets/b.ts';",
    'src/domain/http/a.test.ts:1  imports upward: data-plane/sockets stands after domain/http',
  ],
  'node: in the domain': [
    'src/domain/http/a.ts',
    "import { connect } from 'node:net';",
    'src/domain/http/a.ts:1  imports node:net; domain is pure and takes what comes from outside as arguments',
  ],
  'the clock in the domain': [
    'src/domain/http/a.ts',
    'Date.now();',
    'src/domain/http/a.ts:1  uses Date; domain is pure and takes time and chance as arguments',
  ],
  'chance in the foundation': [
    'src/foundation/basics/a.ts',
    'Math.max(1, 2);\nMath.random();',
    'src/foundation/basics/a.ts:2  uses Math.random; foundation is pure and takes time and chance as arguments',
  ],
  'a timer in the domain': [
    'src/domain/http/a.ts',
    'setTimeout(() => {}, 1);',
    'src/domain/http/a.ts:1  uses setTimeout; domain is pure and takes time and chance as arguments',
  ],
  'a library on the data plane': [
    'src/data-plane/sockets/a.ts',
    "import { parse } from 'yaml';",
    'src/data-plane/sockets/a.ts:1  imports the library yaml; below the control plane zod is the only one',
  ],
  'a folder that is not in the list': [
    'src/domain/things/a.ts',
    '',
    'src/domain/things/a.ts:1  stands in no folder of the floors; put it into one, or add its folder to scripts/floors.ts',
  ],
  'a file outside src': [
    'src/interface/cli/a.ts',
    "import { b } from '../../../scripts/b.ts';",
    'src/interface/cli/a.ts:1  imports scripts/b.ts, which lies outside src',
  ],
  'an import of main.ts': [
    'src/interface/cli/a.ts',
    "import { b } from '../../main.ts';",
    'src/interface/cli/a.ts:1  imports src/main.ts, which stands above all floors',
  ],
};

describe('allowed', () => {
  for (const [what, [path, text]] of Object.entries(allowed)) {
    test(what, () => assert.deepEqual(checkFloors({ [path]: text }), []));
  }
});

describe('refused', () => {
  for (const [what, [path, text, problem]] of Object.entries(refused)) {
    test(what, () => assert.deepEqual(checkFloors({ [path]: text }), [problem]));
  }
});
