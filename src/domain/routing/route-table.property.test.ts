// The compiled table beside the plain reading of the rules: routes tried one after another, each by its conditions as they are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytes } from '../../foundation/basics/units.ts';
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import type { Conditions, FieldRule, OneOrMore } from './conditions/conditions.ts';
import { listed } from './conditions/conditions.ts';
import { RequestBody } from './conditions/request-body.ts';
import type { RouteRules } from './route-rules.ts';
import { compileRoutes } from './route-table.ts';

// Few words, so that patterns and requests meet often.
const words = ['a', 'b', 'api'];
const someName = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const someSegments = fc.array(fc.constantFrom(...words, ''), { maxLength: 4 });
const somePath = fc.oneof(
  { weight: 9, arbitrary: someSegments.map((segments) => `/${segments.join('/')}`) },
  { weight: 1, arbitrary: fc.constant('*') },
);
const someHostPattern = fc.oneof(
  someName,
  someName.map((name) => `*.${name}`),
);
const somePathPattern = fc.oneof(
  someSegments.map((segments) => `/${segments.join('/')}`),
  someSegments.map((segments) => `/${[...segments, '*'].join('/')}`),
);

/** With places, which take any segment that is not empty. */
const somePlaces = fc
  .tuple(fc.array(fc.constantFrom(...words, '{}'), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(
    ([segments, isBelow]) =>
      `/${[...segments.map((segment, index) => (segment === '{}' ? `{p${index}}` : segment)), ...(isBelow ? ['*'] : [])].join('/')}`,
  );
const expressions = ['~^/a/(b|api)$', '~api', '~*^/API/', '~^/a/b', '~/$', '~^/(a|b)/.*api'];

const oneOrMore = (one: fc.Arbitrary<string>): fc.Arbitrary<OneOrMore> =>
  fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) });
const someRule: fc.Arbitrary<FieldRule> = fc.oneof(fc.boolean(), oneOrMore(fc.constantFrom('1', '2', '~^[12]$', '~3')));
const someRules = (names: readonly string[]): fc.Arbitrary<Readonly<Record<string, FieldRule>>> =>
  fc.dictionary(fc.constantFrom(...names), someRule, { minKeys: 1, maxKeys: 2 });

const plainRoute: fc.Arbitrary<RouteRules> = fc.record(
  { host: someHostPattern, path: somePathPattern, pool: fc.constant('pool') },
  { requiredKeys: ['pool'] },
);

const someConditions = (depth: number): fc.Arbitrary<Conditions> =>
  fc.record(
    {
      host: oneOrMore(fc.oneof(someHostPattern, fc.constantFrom('~^a', '~b$'))),
      path: oneOrMore(fc.oneof(somePathPattern, somePlaces, fc.constantFrom(...expressions))),
      method: oneOrMore(fc.constantFrom('GET', 'POST')),
      header: someRules(['x-a', 'x-b']),
      query: someRules(['q']),
      cookie: someRules(['c']),
      client: fc.constantFrom('10.0.0.0/8', '192.0.2.1'),
      body: someRule.map((is) => ({ json: '/v', is, limit: bytes(100) })),
      ...(depth === 0
        ? {}
        : {
            all: fc.array(someConditions(depth - 1), { minLength: 1, maxLength: 2 }),
            any: fc.array(someConditions(depth - 1), { minLength: 1, maxLength: 3 }),
            not: someConditions(depth - 1),
          }),
    },
    { requiredKeys: [] },
  );

interface Request {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly query: readonly string[];
  readonly cookie: string | undefined;
  readonly client: string;
  readonly value: string | undefined;
}

const someValue = fc.constantFrom('1', '2', '3');
const someRequest: fc.Arbitrary<Request> = fc.record({
  host: someName,
  path: somePath,
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  headers: fc.array(fc.tuple(fc.constantFrom('x-a', 'X-B'), someValue), { maxLength: 3 }),
  query: fc.array(someValue, { maxLength: 2 }),
  cookie: fc.option(someValue, { nil: undefined }),
  client: fc.constantFrom('10.1.2.3', '192.0.2.1', '192.0.2.2'),
  value: fc.option(someValue, { nil: undefined }),
});

function factsOf({ host, path, method, headers, query, cookie, client }: Request): ExchangeFacts {
  const cookies = cookie === undefined ? [] : [['Cookie', `d=9; c=${cookie}`] as const];
  const fields = [['Host', host] as const, ...headers, ...cookies].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const target = query.length === 0 ? path : `${path}?${query.map((value) => `q=${value}`).join('&')}`;
  const rest = { minor: 1, length: 0, keepAlive: true, upgrade: '', expectsContinue: false, acceptsTrailers: false, hopByHop: [] };
  return { request: { method, target, path, host, fields, ...rest, forwarded: undefined }, client, peer: client };
}

const bodyOf = ({ value }: Request): RequestBody => {
  const text = JSON.stringify(value === undefined ? {} : { v: value });
  return new RequestBody({ length: text.length, type: 'application/json', text });
};

const any = (texts: OneOrMore | undefined, fits: (text: string) => boolean): boolean => texts === undefined || listed(texts).some(fits);
const expressed = (text: string, value: string): boolean =>
  text.startsWith('~*') ? new RegExp(text.slice(2), 'i').test(value) : new RegExp(text.slice(1)).test(value);

function fitsHost(pattern: string, host: string): boolean {
  if (pattern.startsWith('~')) return expressed(pattern, host);
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : host === pattern;
}

function fitsPath(pattern: string, path: string): boolean {
  if (pattern.startsWith('~')) return expressed(pattern, path);
  const escaped = pattern.replace(/[.$+]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(escaped.endsWith('/*') ? `^${escaped.slice(0, -2)}(?:/.*)?$` : `^${escaped}$`).test(path) && path.startsWith('/');
}

function fitsRule(rule: FieldRule, values: readonly string[]): boolean {
  if (typeof rule === 'boolean') return values.length > 0 === rule;
  return listed(rule).some((text) => values.some((value) => (text.startsWith('~') ? expressed(text, value) : text === value)));
}

const fitsRules = (rules: Readonly<Record<string, FieldRule>> | undefined, values: (name: string) => readonly string[]): boolean =>
  Object.entries(rules ?? {}).every(([name, rule]) => fitsRule(rule, values(name)));

const some = <Value>(value: Value | undefined): readonly Value[] => (value === undefined ? [] : [value]);

function takes(asked: Conditions, request: Request): boolean {
  return (
    any(asked.host, (host) => fitsHost(host, request.host)) &&
    any(asked.path, (path) => fitsPath(path, request.path)) &&
    any(asked.method, (method) => method === request.method) &&
    any(asked.client, (network) => (network === '10.0.0.0/8' ? request.client.startsWith('10.') : network === request.client)) &&
    fitsRules(asked.header, (name) => request.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)) &&
    fitsRules(asked.query, () => request.query) &&
    fitsRules(asked.cookie, () => some(request.cookie)) &&
    (asked.body === undefined || fitsRule(asked.body.is, some(request.value))) &&
    (asked.all ?? []).every((one) => takes(one, request)) &&
    (asked.any === undefined || asked.any.some((one) => takes(one, request))) &&
    (asked.not === undefined || !takes(asked.not, request))
  );
}

test('the first route in the order of the document wins', () => {
  fc.assert(
    fc.property(fc.array(plainRoute, { maxLength: 12 }), someRequest, (routes, request) => {
      const expected = routes.findIndex((route) => takes(route, request));
      assert.equal(compileRoutes(routes).match(request.host, request.path)?.index ?? -1, expected);
    }),
    { seed: 0x5eed, numRuns: 3000 },
  );
});

test('the first route wins also among routes with conditions of all kinds, whose bodies are asked for only where they decide', () => {
  fc.assert(
    fc.property(fc.array(someConditions(2), { maxLength: 10 }), someRequest, (routes, request) => {
      const table = compileRoutes(routes.map((conditions) => ({ ...conditions, pool: 'pool' })));
      const expected = routes.findIndex((route) => takes(route, request));
      const without = table.match(request.host, request.path, factsOf(request));
      if (table.needsBody) assert.equal(without, undefined);
      else assert.equal(without?.index ?? -1, expected, 'without its body');
      assert.equal(table.match(request.host, request.path, factsOf(request), bodyOf(request))?.index ?? -1, expected, 'with its body');
    }),
    { seed: 0x5eed, numRuns: 1000 },
  );
});

test('routes that differ in one value are found in a map as one by one', () => {
  const someText = fc.constantFrom('1', '2', '3', '4', '5', '6');
  const rules = fc.oneof(
    fc.record({ header: fc.record({ 'x-a': someText }) }),
    fc.record({ header: fc.record({ 'x-a': someText, 'x-b': someText }), path: fc.constantFrom('/a', '/{p}') }),
    fc.record({ query: fc.record({ q: someText }) }),
    fc.record({ header: fc.record({ 'x-b': fc.array(someText, { minLength: 2, maxLength: 2 }) }) }),
  );
  const headers = fc.array(fc.tuple(fc.constantFrom('x-a', 'X-A', 'x-b'), someText), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(rules, { minLength: 10, maxLength: 30 }),
      someRequest,
      headers,
      fc.array(someText),
      (routes, asked, lines, query) => {
        const request = { ...asked, path: '/a', headers: lines, query };
        const expected = routes.findIndex((route) => takes(route, request));
        const table = compileRoutes(routes.map((conditions) => ({ ...conditions, pool: 'pool' })));
        assert.equal(table.match(request.host, request.path, factsOf(request))?.index ?? -1, expected);
      },
    ),
    { seed: 0x5eed, numRuns: 500 },
  );
});

test('case, port and the last dot of a host change nothing', () => {
  fc.assert(
    fc.property(fc.array(plainRoute, { maxLength: 8 }), someName, somePath, fc.nat(65_535), (routes, host, path, port) => {
      const table = compileRoutes(routes);
      const route = table.match(host, path);
      for (const other of [host.toUpperCase(), `${host}:${port}`, `${host}.`, `${host.toUpperCase()}.:${port}`]) {
        assert.equal(table.match(other, path), route);
      }
    }),
    { seed: 0x5eed, numRuns: 300 },
  );
});
