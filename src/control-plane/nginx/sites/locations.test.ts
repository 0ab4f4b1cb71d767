// The order of locations beside nginx's own way of looking for one, written down once more as nginx has it (ngx_http_core_find_location).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Coverage } from '../coverage/coverage.ts';
import { parseNginx } from '../language/parse.ts';
import type { Location, Step } from './locations.ts';
import { firstMatchOrder, locationsIn } from './locations.ts';

function locationsOf(text: string): readonly Location[] {
  const parsed = parseNginx('x.conf', text);
  assert.ok(parsed.ok);
  return locationsIn({ directives: parsed.value, outer: undefined }, new Coverage());
}

/** As a route would judge it: exact, `/x/*`, or an expression. */
function fits(pattern: string, path: string): boolean {
  if (pattern.startsWith('~*')) return new RegExp(pattern.slice(2), 'i').test(path);
  if (pattern.startsWith('~')) return new RegExp(pattern.slice(1)).test(path);
  return pattern.endsWith('/*') ? path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

const takes = ({ terms: { is, isNot } }: Step, path: string): boolean =>
  is.every((pattern) => fits(pattern, path)) && !isNot.some((pattern) => fits(pattern, path));

const named = (location: Location, addsSlash = false): string => `${location.directive.args.join(' ')}${addsSlash ? ' +/' : ''}`;

function chosen(steps: readonly Step[], path: string): string {
  const step = steps.find((each) => takes(each, path));
  return step === undefined ? 'none' : named(step.location, step.addsSlash);
}

interface Found {
  readonly name: string;
  readonly isFinal: boolean;
}

/** nginx's own order: the way of its code, not of ours. */
function nginxFinds(locations: readonly Location[], path: string): Found {
  const exact = locations.find(({ kind, text }) => kind === 'exact' && text === path);
  if (exact !== undefined) return { name: named(exact), isFinal: true };
  const prefixes = locations.filter(({ kind, text }) => kind === 'prefix' && path.startsWith(text));
  const [longest] = [...prefixes].sort((one, other) => other.text.length - one.text.length);
  const slashed = locations.find(
    ({ kind, text, scope }) => kind === 'prefix' && text === `${path}/` && scope.directives.some(({ name }) => name === 'proxy_pass'),
  );
  if (slashed !== undefined && longest?.text !== path) return { name: named(slashed, true), isFinal: true };

  let found: Found = { name: 'none', isFinal: false };
  if (longest !== undefined) {
    found = { name: named(longest), isFinal: false };
    const inner = nginxFinds(longest.nested, path);
    if (inner.isFinal) return inner;
    if (inner.name !== 'none') found = inner;
  }
  if (longest?.isPreferred === true) return found;
  const regex = locations.find(({ kind, text, ignoresCase }) => kind === 'regex' && new RegExp(text, ignoresCase ? 'i' : '').test(path));
  if (regex === undefined) return found;
  const inner = nginxFinds(regex.nested, path);
  return { name: inner.name === 'none' ? named(regex) : inner.name, isFinal: true };
}

const segments = ['a', 'b', 'ab'];
const somePath = fc.array(fc.constantFrom(...segments, ''), { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const someRegex = fc.constantFrom('^/a', 'b$', '/ab', 'a/b', '^/a/(b|ab)$');
const body = fc.constantFrom('proxy_pass http://x;', 'return 200;');

const regexLocation = (inner: string): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom('~', '~*'), someRegex, body).map(([kind, regex, what]) => `location ${kind} "${regex}" { ${what} ${inner} }`);
const plainLocation = fc.tuple(fc.constantFrom('', '', '= ', '^~ '), somePath, body).map(([kind, path, what]) => ({ kind, path, what }));

/** Each path once for each kind, as nginx demands; inside of a prefix only paths that begin with it. */
function block(parts: readonly { kind: string; path: string; what: string }[], regexes: readonly string[], around: string): string {
  const seen = new Set<string>();
  const plain = parts.flatMap(({ kind, path, what }) => {
    const whole = around === '' ? path : `${around}${path}`.replaceAll('//', '/');
    const key = `${kind === '= '}${whole}`;
    if (seen.has(key) || (around !== '' && kind === '^~ ')) return [];
    seen.add(key);
    return [`location ${kind}"${whole}" { ${what} }`];
  });
  return [...plain, ...regexes].join('\n');
}

const someBlock = fc
  .record({
    outer: fc.array(plainLocation, { maxLength: 6 }),
    regexes: fc.array(regexLocation(''), { maxLength: 3 }),
    around: fc.constantFrom('/a', '/a/', '/'),
    inner: fc.array(plainLocation, { maxLength: 3 }),
    innerRegexes: fc.array(regexLocation(''), { maxLength: 2 }),
    deep: fc.boolean(),
  })
  .map(({ outer, regexes, around, inner, innerRegexes, deep }) => {
    const rest = deep ? outer.filter(({ kind, path }) => kind === '= ' || path !== around) : outer;
    const nested = deep ? `location "${around}" { proxy_pass http://x; ${block(inner, innerRegexes, around)} }` : '';
    return `${nested}\n${block(rest, regexes, '')}`;
  });

test('the first route that takes a path is the location that nginx finds', () => {
  fc.assert(
    fc.property(someBlock, fc.array(somePath, { minLength: 5, maxLength: 20 }), (text, paths) => {
      const locations = locationsOf(text);
      const steps = firstMatchOrder(locations);
      for (const path of paths) assert.equal(chosen(steps, path), nginxFinds(locations, path).name, `${path} in\n${text}`);
    }),
    { numRuns: 2_000, seed: 1 },
  );
});

test('what is simple stays simple', () => {
  const steps = firstMatchOrder(
    locationsOf(
      'location / { return 200; } location ^~ /s/ { proxy_pass http://x; } location ~ a { return 200; } location = /x { return 200; }',
    ),
  );
  assert.deepEqual(
    steps.map(({ terms }) => terms),
    [
      { is: ['/x'], isNot: [] },
      { is: ['/s'], isNot: [] },
      { is: ['/s/*'], isNot: [] },
      { is: ['~a'], isNot: [] },
      { is: [], isNot: [] },
    ],
  );
});

test('what is no place for a request is told of', () => {
  const parsed = parseNginx('x.conf', 'location @later { return 200; } location { } location api { }');
  assert.ok(parsed.ok);
  const coverage = new Coverage();
  assert.deepEqual(locationsIn({ directives: parsed.value, outer: undefined }, coverage), []);
  assert.deepEqual(
    coverage.entries(parsed.value).map(({ verdict }) => verdict),
    ['refused', 'refused', 'refused'],
  );
});
