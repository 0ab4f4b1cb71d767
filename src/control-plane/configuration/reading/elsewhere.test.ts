// Values from the environment and from files: where they may stand, what is said when they are not there, and that nobody is ever shown one.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Document } from '../document.ts';
import type { Issue } from '../issue.ts';
import { issueText } from '../issue.ts';
import { parseDocument, readDocument } from '../read.ts';
import { fillIn } from './elsewhere.ts';

const env = (name: string): string => `$\{env:${name}}`;
const file = (path: string): string => `$\{file:${path}}`;
const token = 's3cr3t-Token-0123456789';

describe('values from elsewhere', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-elsewhere-'));
    await writeFile(join(folder, 'key.txt'), `${token}\r\n`);
    await writeFile(join(folder, 'lines.txt'), 'one\ntwo\n\n');
    await writeFile(join(folder, 'large.txt'), 'x'.repeat(300_000));
    await writeFile(join(folder, 'bytes.txt'), Uint8Array.of(0xff, 0xfe));
    Object.assign(process.env, { EVENKEEL_TOKEN: token, EVENKEEL_HOST: 'a.test', EVENKEEL_EMPTY: '', EVENKEEL_ODD: 'zq' });
  });
  after(async () => {
    for (const name of ['TOKEN', 'HOST', 'EMPTY', 'ODD']) delete process.env[`EVENKEEL_${name}`];
    await rm(folder, { recursive: true });
  });

  const withPool = (pool: object, more: object = {}) => ({
    listeners: [{ bind: ':80', pool: 'web' }],
    pools: { web: { endpoints: ['10.0.0.1:80'], ...pool } },
    ...more,
  });

  async function read(document: object): Promise<Document> {
    const found = await parseDocument({ file: 'doc', text: JSON.stringify(document), format: 'json' }, folder);
    return found.ok ? found.value : assert.fail(found.fault.map(issueText).join('\n'));
  }

  async function issuesOf(document: object): Promise<readonly Issue[]> {
    const found = await parseDocument({ file: 'doc', text: JSON.stringify(document), format: 'json' }, folder);
    return found.ok ? [] : found.fault;
  }

  test('stand for a whole text or a part of one', async () => {
    const { pools } = await read(withPool({ endpoints: [`${env('EVENKEEL_HOST')}:80`], sticky: { cookie: 'A', secret: file('key.txt') } }));
    assert.equal(pools['web']?.endpoints[0]?.id, 'a.test:80');
    assert.partialDeepStrictEqual(pools['web']?.sticky, { secret: token });
  });

  test('lose one line end of a file, and nothing else', async () => {
    const { value } = await fillIn({ a: [file('lines.txt')], b: `<${file('key.txt')}|${env('EVENKEEL_EMPTY')}>` }, () => folder);
    assert.deepEqual(value, { a: ['one\ntwo\n'], b: `<${token}|>` });
  });

  test('are not looked for in what they stand for', async () => {
    process.env['EVENKEEL_ODD'] = env('EVENKEEL_TOKEN');
    assert.deepEqual((await fillIn(env('EVENKEEL_ODD'), () => folder)).value, env('EVENKEEL_TOKEN'));
    process.env['EVENKEEL_ODD'] = 'zq';
  });

  test('leave alone what is escaped, and what has no braces', async () => {
    const { value, findings } = await fillIn([`$${env('A')}`, `$$${env('EVENKEEL_HOST')}`, '$1 $$ {host} $'], () => folder);
    assert.deepEqual([value, findings], [[env('A'), `$${env('EVENKEEL_HOST')}`, '$1 $$ {host} $'], []]);
  });

  test('that are not there are mistakes with their place and what to do', async () => {
    const text = `listeners: [{ bind: ":80", pool: web }]
pools:
  web:
    endpoints: ["${env('EVENKEEL_HOTS')}:80"]
    lastResort: { body: "${file('no.html')}" }
    sticky: { cookie: A, secret: "${env('9')}" }
    backup: "${'${env:A'}"
`;
    const found = await parseDocument({ file: 'doc', text, format: 'yaml' }, folder);
    const about = (found.ok ? [] : found.fault).map(issueText);
    assert.deepEqual(
      about.filter((line) => /environment|such file|no end/.test(line)),
      [
        'doc:4:17: pools.web.endpoints[0]: there is no environment variable EVENKEEL_HOTS; set it for the program that reads this document; did you mean "EVENKEEL_HOST"?',
        'doc:5:25: pools.web.lastResort.body: no.html: there is no such file; the way to it begins where this document is',
        'doc:6:34: pools.web.sticky.secret: "9" cannot be the name of an environment variable',
        `doc:7:13: pools.web.backup: "${'${env:A'}" has no end; expected "}"`,
      ],
    );
  });

  test('in other forms are refused rather than taken as they stand', async () => {
    const [issue] = await issuesOf(withPool({ lastResort: { body: `$\{HOME}` } }));
    assert.match(issue?.message ?? '', /^"\$\{HOME\}" stands for nothing; expected \$\{env:NAME\} or \$\{file:PATH\}, or "\$\$\{" for/);
  });

  test('in files that are too large or no text are refused', async () => {
    const messages = (await issuesOf(withPool({ lastResort: { body: file('large.txt'), type: file('bytes.txt') } }))).map(issueText);
    assert.ok(messages.some((message) => message.includes('large.txt: the file has more than 256 KiB')));
    assert.ok(messages.some((message) => message.includes('bytes.txt: the file is not UTF-8 text')));
  });

  test('are never shown, wherever they stand and whatever is wrong with them', async () => {
    const t = env('EVENKEEL_TOKEN');
    const documents: readonly object[] = [
      withPool({}, { workers: t }),
      withPool({}, { [t]: 1, compat: t }),
      withPool({ endpoints: [t, `${t}:0`, { address: t, weight: t, metadata: { a: [t] } }] }),
      withPool({ balance: t }),
      withPool({ balance: `./${t}.ts` }),
      withPool({ balance: { policy: 'consistent-hash', key: [t] } }),
      withPool({ balance: { policy: t, choices: 5 } }),
      withPool({ backup: t, slowStart: t, outliers: t, panic: t }),
      withPool({ health: { http: { path: t, status: [t], headers: { host: t }, match: `(${t}` } } }),
      withPool({ health: { tls: { ca: `./${t}`, serverName: `${t}!` }, interval: t } }),
      withPool({ sticky: { cookie: `${t};`, path: t, sameSite: t, secret: 'short' }, override: { header: t, trust: [t] } }),
      {
        listeners: [
          { bind: t, protocol: t, pool: t },
          { bind: `:80`, name: `${t} ${t}`, pool: 'web' },
        ],
        pools: {},
      },
      {
        listeners: [
          {
            bind: ':80',
            routes: [
              { host: `${t}/`, path: [t], method: t, client: [t], header: { a: `~(${t}` }, pool: t },
              { split: { web: t }, splitBy: t, mirror: { pool: t }, rewrite: { path: `{${t}` }, metadata: { v: t } },
              { redirect: { to: `{${t}}`, status: t } },
              { respond: { status: t, headers: { 'x-a': `{${t}}` } } },
            ],
          },
        ],
        pools: { web: { endpoints: ['10.0.0.1:80', { address: '10.0.0.2:80', metadata: { v: `${t}-other` } }] } },
      },
    ];
    let count = 0;
    for (const document of documents) {
      for (const issue of await issuesOf(document)) {
        count += 1;
        assert.doesNotMatch(JSON.stringify(issue), /s3cr3t|0123456789/i);
      }
    }
    assert.ok(count > 40, `${count} mistakes`);
  });

  test('are shown as they were written', async () => {
    const [issue] = await issuesOf(withPool({ slowStart: env('EVENKEEL_ODD') }));
    assert.deepEqual([issue?.value, issue?.message.endsWith(`got "${env('EVENKEEL_ODD')}"`)], [env('EVENKEEL_ODD'), true]);
  });

  test('work in TypeScript as well', async () => {
    await writeFile(
      join(folder, 'a.config.ts'),
      `export default ${JSON.stringify(withPool({ sticky: { cookie: 'A', secret: file('key.txt') }, backup: env('EVENKEEL_TOKEN') }))}`,
    );
    const found = await readDocument('a.config.ts', folder);
    assert.deepEqual(found.ok ? [] : found.fault.map(issueText), [
      `a.config.ts: pools.web.backup: no pool is named "${env('EVENKEEL_TOKEN')}"; the pools are web`,
    ]);
  });
});
