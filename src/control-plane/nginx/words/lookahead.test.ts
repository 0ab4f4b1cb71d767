// Expressions that look ahead, beside what stands for them: the same paths match.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { widened } from './lookahead.ts';
import { faultOf, regexPattern } from './patterns.ts';

const sources = [
  String.raw`/\.(?!well-known)`,
  String.raw`/\.(?!well-known).*`,
  String.raw`/\.(?!well-known\/).*$`,
  String.raw`^/(?!ab|a\.b|b)`,
  String.raw`\.*(?!a-b)`,
  'x|b(?!a)',
];

test('say the same without it', () => {
  const piece = fc.constantFrom('/', '.', '/.', 'a', 'b', 'ab', 'a-b', 'a.b', 'x', 'w', 'well-known', 'well-', 'well-known/', '-', 'é');
  const paths = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  for (const source of sources) {
    for (const ignoresCase of [false, true]) {
      const pattern = regexPattern(source, ignoresCase);
      assert.equal(faultOf(pattern), undefined, pattern);
      const flags = ignoresCase ? 'iu' : 'u';
      const [expected, found] = [new RegExp(source, flags), new RegExp(pattern.slice(ignoresCase ? 2 : 1), flags)];
      fc.assert(
        fc.property(paths, (path) => assert.equal(found.test(path), expected.test(path), `${pattern} and ${path}`)),
        { seed: 0x5eed, numRuns: 500, examples: [['/.well-known'], ['/.well-knowN'], ['/.git'], ['/.'], ['/.well-known/.git'], ['']] },
      );
    }
  }
});

test('are left as they are where more than plain words is looked for, or something stands behind', () => {
  for (const source of ['/(?!a.c)', '/(?!a+)', '/(?!a)b', '/(?!)', '/(?=a)', '/(?<!a)', String.raw`/(?!\w)`, '(/(?!a))b'])
    assert.equal(regexPattern(source, false), `~${source}`);
});

test('are wider without anything that looks ahead or behind', () => {
  const source = String.raw`^/(?!a(b|[)])|\\)x[(?=](?<=y)(?<!z)(?<name>q)(?:r)\((?=s)`;
  assert.equal(widened(source), String.raw`^/x[(?=](?<name>q)(?:r)\(`);
});
