// The JSON Schema beside the check: what is good is never refused, and slips of the pen are seen before anything is run.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { listFiles, readText } from '../../../../scripts/source-files.ts';
import { parseDocument } from '../read.ts';
import { documentSchema } from './json-schema.ts';

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
const isWhole = ajv.compile(documentSchema());
const isPart = ajv.compile(documentSchema('part'));

/** Every document that stands somewhere in the repository for people to read, and the cases of test/golden. */
const documents = listFiles('', (path) => path.endsWith('.md') || /^examples\/.*\.yaml$/.test(path)).flatMap((path) =>
  (path.endsWith('.md') ? blocksIn(readText(path)) : [readText(path)]).map((text) => ({ path, text })),
);

function blocksIn(page: string): readonly string[] {
  return [...page.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map(([, text = '']) => text);
}

const pools = { web: { endpoints: ['10.0.0.1:8080'] } };
const listeners = [{ bind: ':8080', pool: 'web' }];
const withPool = (pool: object) => ({ listeners, pools: { web: { endpoints: ['10.0.0.1:8080'], ...pool } } });
const withRoute = (route: object) => ({ listeners: [{ bind: ':8080', routes: [route] }], pools });

describe('the JSON Schema of documents', () => {
  test('takes every document of this repository that the check takes', async () => {
    const good: string[] = [];
    const refused: string[] = [];
    for (const { path, text } of documents) {
      const read = await parseDocument({ file: 'doc', text, format: 'yaml' }, dirname(path));
      if (!read.ok) continue;
      good.push(path);
      if (!isWhole(parse(text, { merge: true }))) refused.push(`${path}: ${ajv.errorsText(isWhole.errors)}\n${text}`);
    }
    assert.ok(good.length > 25, `${good.length} documents`);
    assert.ok(good.some((path) => path.startsWith('examples/')));
    assert.deepEqual(refused, []);
  });

  const mistakes: Readonly<Record<string, unknown>> = {
    'no pools': { listeners },
    'a key that is none': { listeners, pools, zebra: 1 },
    'a key that is not built yet': { listeners, pools, log: {} },
    'a duration in a unit that is none': { listeners: [{ bind: ':1', pool: 'web', timeouts: { head: '2 sec' } }], pools },
    'a duration without a unit': { listeners: [{ bind: ':1', pool: 'web', timeouts: { head: 10 } }], pools },
    'a size in other letters': { listeners: [{ bind: ':1', pool: 'web', limits: { body: '64kb' } }], pools },
    'a port without a colon': { listeners: [{ bind: '8080', pool: 'web' }], pools },
    'too many workers': { listeners, pools, workers: 1000 },
    'both a pool and routes': { listeners: [{ bind: ':1', pool: 'web', routes: [{ pool: 'web' }] }], pools },
    'neither a pool nor routes': { listeners: [{ bind: ':1' }], pools },
    'a route with two actions': withRoute({ pool: 'web', respond: {} }),
    'a condition that is none, inside others': withRoute({ pool: 'web', not: { any: [{ heder: { a: 'b' } }] } }),
    'a path without its slash': withRoute({ pool: 'web', path: ['/a', 'api/*'] }),
    'a host that is an address of a page': withRoute({ pool: 'web', host: 'http://shop.test' }),
    'a method in small letters': withRoute({ pool: 'web', method: ['GET', 'post'] }),
    'an expression for a method': withRoute({ pool: 'web', method: '~GET' }),
    'a name for a network': withRoute({ pool: 'web', client: 'office' }),
    'a JSON pointer without its slash': withRoute({ pool: 'web', body: { json: 'order' } }),
    'a weight as a text': withPool({ endpoints: [{ address: '10.0.0.1:1', weight: '3' }] }),
    'an endpoint without a port': withPool({ endpoints: ['10.0.0.1'] }),
    'a pool without endpoints': withPool({ endpoints: [] }),
    'a pool that neither names nor finds endpoints': { listeners, pools: { web: {} } },
    'two sources of endpoints': withPool({ discover: { dns: 'web.internal', port: 80, file: './a' } }),
    'a source of endpoints that is none': withPool({ discover: { dsn: 'web.internal' } }),
    'a policy that is none': withPool({ balance: 'fastest' }),
    'an option that the policy does not have': withPool({ balance: { policy: 'random', choices: 2 } }),
    'an option out of its range': withPool({ balance: { policy: 'least-connections', choices: 0 } }),
    'two kinds of probes': withPool({ health: { http: '/', tcp: true } }),
    'a session in both forms': withPool({ sticky: { cookie: 'A', session: 'cookie:B' } }),
    'a preset that is none': withPool({ outliers: 'mid' }),
    'a flag as a word': withPool({ sticky: { cookie: 'A', secure: 'yes' } }),
  };
  for (const [title, document] of Object.entries(mistakes)) {
    test(`refuses ${title}, as the check does`, async () => {
      assert.equal(isWhole(document), false);
      assert.equal((await parseDocument({ file: 'doc', text: JSON.stringify(document), format: 'json' })).ok, false);
    });
  }

  test('takes short forms, lists where one is enough, and what comes from elsewhere', () => {
    const pool = {
      slowStart: '30s',
      panic: 50,
      outliers: 'nginx',
      retry: { budget: 'none' },
      health: { http: '/healthz', interval: `\${env:INTERVAL}`, timeout: '100ms' },
      balance: { policy: './mine.ts', room: 3 },
    };
    const body = { json: '', is: `\${env:WORD}` };
    const routes = [
      {
        host: ['a.test', '~^b', '*.c.test', '[::1]'],
        path: ['/a/{id}', '~*\\.png$', `\${env:PATH}`],
        method: ['GET', 'M-SEARCH'],
        body,
        pool: 'web',
      },
      { header: { 'x-a': 1, 'x-b': true, 'x-c': ['d', 'e'] }, client: ['10.0.0.0/8', 'fd00::/8'], pool: 'web' },
    ];
    const document = { listeners: [{ bind: ':1', routes }], pools: { web: { endpoints: [`\${env:HOST}:80`], ...pool } }, overload: 'none' };
    assert.ok(isWhole(document), ajv.errorsText(isWhole.errors));
    const discover = { srv: '_http._tcp.web.internal', server: ['10.0.0.2', '[::1]:53'] };
    assert.ok(isWhole({ listeners, pools: { web: { endpoints: [], discover } } }), ajv.errorsText(isWhole.errors));
    assert.ok(isWhole({ listeners, pools: { web: { discover: { ...discover, server: '10.0.0.2' } } } }), ajv.errorsText(isWhole.errors));
  });

  test('of a file that is included asks for no key, and refuses the same mistakes', () => {
    assert.equal(isPart({ pools }), true);
    assert.equal(isPart({ pools, zebra: 1 }), false);
  });

  test('tells of every key what it is for, and of every default', () => {
    const silent: string[] = [];
    const defaults: unknown[] = [];
    const look = (json: unknown, path: string): void => {
      if (typeof json !== 'object' || json === null) return;
      const { properties = {} } = json as { properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
      for (const [key, of] of Object.entries(properties)) {
        if (of['description'] === undefined && of['$ref'] === undefined && of['const'] === undefined) silent.push(`${path}.${key}`);
        if (of['default'] !== undefined) defaults.push(of['default']);
      }
      for (const [key, inner] of Object.entries(json)) look(inner, `${path}.${key}`);
    };
    look(documentSchema(), '');
    assert.deepEqual(silent, []);
    assert.ok(defaults.length > 80);
    assert.ok(defaults.includes('round-robin') && defaults.includes('30s'));
  });

  test('is itself a JSON Schema', () => {
    assert.equal(ajv.validateSchema(documentSchema()), true);
  });
});
