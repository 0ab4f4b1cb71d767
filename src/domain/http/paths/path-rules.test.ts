// What is settled stays settled, and whoever decodes, joins or resolves a path that passed by default finds the same segments.
// What the rules do with which path stands in test/wire/paths.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PathRules } from './path-rules.ts';
import { dotRules, doubleRules, escapeRules, readPath, slashRules, strictPaths } from './path-rules.ts';

const somePath = fc
  .array(fc.constantFrom('/', '/', 'a', 'b', '.', '..', '%2e', '%2F', '%2f', '%5c', '%61', '%20', '%', ';', '%252f', '%00', '%c0', '%ae'), {
    maxLength: 12,
  })
  .map((parts) => `/${parts.join('')}`);
const someRules: fc.Arbitrary<PathRules> = fc.record({
  escapes: fc.constantFrom(...escapeRules),
  encodedSlash: fc.constantFrom(...slashRules),
  dotSegments: fc.constantFrom(...dotRules),
  doubleSlash: fc.constantFrom(...doubleRules),
});

/** undefined for one that is refused. */
function settled(path: string, rules: PathRules): string | undefined {
  const read = readPath(path, rules);
  if (typeof read === 'string') return read;
  return read.fault === undefined ? read.path : undefined;
}

test('what is settled stays as it is', () => {
  fc.assert(
    fc.property(somePath, someRules, (path, rules) => {
      const once = settled(path, rules);
      if (once === undefined) return;
      assert.ok(once.startsWith('/'));
      assert.equal(settled(once, rules), once);
    }),
    { seed: 0x5eed, numRuns: 5000 },
  );
});

const decoded = (text: string): string =>
  text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/**
 * As the most zealous of endpoints reads it: decoded first, UTF-8 of too many bytes too, and up to a zero; then backslashes for slashes, empty
 * segments left out, dots resolved, parameters dropped.
 */
function zealous(path: string): readonly string[] {
  const segments: string[] = [];
  const [text = ''] = decoded(path).replaceAll('\xc0\xae', '.').replaceAll('\xc0\xaf', '/').split('\0', 1);
  for (const segment of text.replaceAll('\\', '/').split('/')) {
    const [name = ''] = segment.split(';', 1);
    if (name === '..') segments.pop();
    else if (name !== '' && name !== '.') segments.push(name);
  }
  return segments;
}

/** As routes read it. */
const plain = (path: string): readonly string[] =>
  path
    .split('/')
    .map((segment) => decoded(segment).split(';', 1)[0] ?? '')
    .filter((segment) => segment !== '');

const choices: readonly Partial<PathRules>[] = [{}, { doubleSlash: 'merge' }, { dotSegments: 'resolve' }, { encodedSlash: 'decode' }];

test('the most zealous of endpoints finds the segments that routes were compared with', () => {
  fc.assert(
    fc.property(somePath, fc.constantFrom(...choices), (path, choice) => {
      const read = settled(path, { ...strictPaths, ...choice });
      if (read !== undefined) assert.deepEqual(zealous(read), plain(read), read);
    }),
    { seed: 0x5eed, numRuns: 5000 },
  );
});
