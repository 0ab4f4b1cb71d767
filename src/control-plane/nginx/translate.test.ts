// What becomes of configurations as a whole: the promise that every directive has its word, and parts that are easily wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from './coverage/coverage.ts';
import { countsOf, reportJson, reportLines } from './coverage/report.ts';
import type { Directive } from './language/directive.ts';
import { directiveText } from './language/directive.ts';
import { parseNginx } from './language/parse.ts';
import { looksLikeNginx } from './recognise.ts';
import { translate } from './translate.ts';

interface Translated {
  readonly document: Readonly<Record<string, unknown>>;
  readonly entries: readonly Entry[];
  readonly directives: readonly Directive[];
}

function translated(text: string): Translated {
  const parsed = parseNginx('x.conf', text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.fault.message);
  const { document, coverage } = translate({ directives: parsed.value, mistakes: [], files: ['x.conf'] }, 'x.conf');
  return { document, entries: coverage.entries(parsed.value), directives: parsed.value };
}

const told = ({ entries }: Translated, start: string): readonly string[] =>
  entries.flatMap(({ directive, verdict, note }) => (directive?.startsWith(start) === true ? [`${verdict}: ${note}`] : []));

/** Directives that a word of their own is due to: those of blocks that are spoken of as a whole are not. */
function due(directives: readonly Directive[]): readonly string[] {
  return directives.flatMap((directive) => [
    `${directiveText(directive)}:${directive.place.line}`,
    ...(['http', 'server', 'location', 'upstream', 'events', 'if', 'limit_except'].includes(directive.name)
      ? due(directive.block ?? [])
      : []),
  ]);
}

const someLine = fc.constantFrom(
  ...[
    'gzip on;',
    'frobnicate 1 2;',
    'proxy_pass http://app;',
    'proxy_pass https://app;',
    'return 200 x;',
    'return 444;',
    'proxy_set_header Host $host;',
  ],
  ...[
    'proxy_set_header X $nothing;',
    'allow 10.0.0.1;',
    'deny all;',
    'auth_basic on;',
    'if ($host = a) { return 403; }',
    'if ($x) { set $y 1; }',
  ],
  ...[
    'rewrite ^/a(.*)$ /b$1 break;',
    'rewrite ^/a /b last;',
    'rewrite ^/a /b permanent;',
    'root /x;',
    'try_files $uri =404;',
    'add_header A b;',
  ],
  ...[
    'proxy_read_timeout 5s;',
    'proxy_next_upstream off;',
    'client_max_body_size 2m;',
    'set $a b;',
    'listen 81;',
    'server_name a b.*;',
    'map $a $b { x y; }',
  ],
  ...[
    'limit_req zone=a;',
    'error_page 404 /x;',
    'sendfile on;',
    'upstream other { server 1.2.3.4; }',
    'least_conn;',
    'types { a b; }',
    'proxy_redirect off;',
  ],
);
const someLocation = fc
  .tuple(fc.constantFrom('/', '= /a', '/a/', '^~ /b', '~ x$', '~ (a)\\1', '@n'), fc.array(someLine, { maxLength: 4 }))
  .map(([form, lines]) => `location ${form} { ${lines.join('\n')} }`);
const someServer = fc.array(fc.oneof(someLine, someLocation), { maxLength: 5 }).map((parts) => `server { ${parts.join('\n')} }`);
const someFile = fc
  .tuple(fc.array(someServer, { maxLength: 3 }), fc.array(someLine, { maxLength: 4 }))
  .map(([servers, lines]) => `http { upstream app { server 10.0.0.1; }\n${lines.join('\n')}\n${servers.join('\n')} }`);

test('every directive has exactly one word, whatever stands where', () => {
  fc.assert(
    fc.property(someFile, (text) => {
      const { entries, directives } = translated(text);
      const words = entries.flatMap(({ directive, place }) => (directive === undefined ? [] : [`${directive}:${place.line}`]));
      const wanted = due(directives);
      // Blocks within others may be spoken of as a whole or one by one.
      for (const one of wanted) assert.ok(words.includes(one), `${one} is dropped in silence`);
    }),
    { numRuns: 500, seed: 1 },
  );
});

describe('what must not be let in by mistake', () => {
  const guarded = [
    'auth_basic x;',
    'limit_req zone=a;',
    'auth_request /x;',
    'allow 10.0.0.1; deny 10.0.0.0/8; allow all;',
    'internal;',
    'if ($http_x ~ (a)\\1) { return 403; }',
  ];
  for (const guard of guarded) {
    test(`is not served: ${guard}`, () => {
      const { document } = translated(
        `server { location /x/ { ${guard} proxy_pass http://10.0.0.1; } location / { proxy_pass http://10.0.0.2; } }`,
      );
      const text = JSON.stringify(document);
      const routes = (document['listeners'] as readonly { routes: readonly Record<string, unknown>[] }[])[0]?.routes ?? [];
      const taken = routes.find(({ path }) => path === '/x/*');
      assert.ok(taken !== undefined && 'respond' in taken, text);
    });
  }

  test('guards of a server hold for its locations, and off takes them away', () => {
    const { document } = translated(
      `server { auth_basic x; location /a/ { proxy_pass http://10.0.0.1; } location /b/ { auth_basic off; proxy_pass http://10.0.0.1; } }`,
    );
    const routes = (document['listeners'] as readonly { routes: readonly Record<string, unknown>[] }[])[0]?.routes ?? [];
    assert.deepEqual(
      routes.filter(({ path }) => path === '/a/*' || path === '/b/*').map((route) => 'pool' in route),
      [false, true],
    );
  });
});

test('an upstream whose locations try again in different ways becomes two pools, and that is told', () => {
  const all = translated(
    'upstream app { server 10.0.0.1; server 10.0.0.2; } server { location / { proxy_pass http://app; } location /once { proxy_pass http://app; proxy_next_upstream off; } }',
  );
  assert.deepEqual(Object.keys(all.document['pools'] as object), ['app', 'app-2']);
  assert.match(told(all, 'proxy_pass http://app').join(), /approximated: retries differ/);
});

test('a directive that several places use has one word, the worst', () => {
  const all = translated(
    'http { proxy_set_header X $upstream_addr; server { location /a { proxy_pass http://10.0.0.1; } location /b { proxy_pass http://10.0.0.1; } } }',
  );
  assert.deepEqual(told(all, 'proxy_set_header'), ['refused: $upstream_addr is not known to templates']);
});

test('the report has every kind under its heading, and a count', () => {
  const { entries } = translated('server { sendfile on; gzip on; frobnicate; location / { proxy_pass http://10.0.0.1; } }');
  const lines = reportLines(entries);
  assert.deepEqual(
    lines.filter((line) => line.endsWith(':')),
    [
      'Translated:',
      'Without bearing on where requests go and what is answered:',
      'Not in the file, and otherwise than in nginx:',
      'Approximated, with the difference:',
      'Refused, with the reason:',
    ],
  );
  assert.ok(lines.includes('  x.conf:1: frobnicate: "frobnicate" is not known to the translation'));
  assert.equal(lines.at(-1), '6 directives: 3 translated, 1 approximated, 1 refused, 1 without bearing');
  assert.deepEqual(reportLines(entries, ['refused']).slice(0, 2), [
    'Refused, with the reason:',
    '  x.conf:1: frobnicate: "frobnicate" is not known to the translation',
  ]);
  const json: unknown = JSON.parse(reportJson('x.conf', entries));
  assert.deepEqual((json as { counts: unknown }).counts, countsOf(entries));
});

test('a file is known for nginx by what stands in it, unless its name says otherwise', () => {
  assert.ok(looksLikeNginx('nginx.conf', 'user x;\nhttp {\n}'));
  assert.ok(looksLikeNginx('default', 'server\n{\n listen 80;\n}'));
  assert.ok(looksLikeNginx('up.conf', '  upstream app { server a; }'));
  assert.ok(looksLikeNginx('/etc/nginx/nginx.conf', 'include sites/*;'));
  assert.ok(!looksLikeNginx('x.yaml', 'http {\n}'));
  assert.ok(!looksLikeNginx('x.conf', 'listeners:\n  - { bind: ":80", pool: web }\npools: { web: { endpoints: [a:1] } }'));
});
