// Files of authorities: what is said of those that are none, and what a document has from those that are.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { certificate, key } from '../../../test/support/probing/certificate.ts';
import type { Document } from './document.ts';
import { issueText } from './issue.ts';
import { parseDocument } from './read.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-ca-'));
after(() => rmSync(folder, { recursive: true }));

/** A document whose pool is probed so; read as if it stood in the folder. */
async function read(health: object): Promise<Document> {
  const found = await parseDocument(textOf(health), folder);
  return found.ok ? found.value : assert.fail(found.fault.map(issueText).join('\n'));
}

async function mistakes(health: object): Promise<readonly string[]> {
  const found = await parseDocument(textOf(health), folder);
  return found.ok ? [] : found.fault.map(({ path, message }) => `${path}: ${message}`);
}

const textOf = (health: object) =>
  ({
    file: 'doc',
    format: 'json',
    text: JSON.stringify({ listeners: [{ bind: ':80', pool: 'web' }], pools: { web: { endpoints: ['10.0.0.1:443'], health } } }),
  }) as const;

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return `./${name}`;
};

describe('a file of authorities', () => {
  test('is told of where it stands when it is not there, is no file, or holds no certificate', async () => {
    const cases: readonly (readonly [ca: string, message: string])[] = [
      ['./nowhere.pem', 'there is no file ./nowhere.pem; the way to it begins where this document is'],
      ['/nowhere/ca.pem', 'there is no file /nowhere/ca.pem'],
      ['.', '. is no file; expected one with certificates'],
      [write('key.pem', key), './key.pem holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----'],
      [write('broken.pem', certificate.replace('MIIB', 'MIIC')), 'certificate 1 of 1 in ./broken.pem cannot be read'],
      [write('half.pem', `${certificate}${certificate.replace('MIIB', '****')}`), 'certificate 2 of 2 in ./half.pem cannot be read'],
      [write('large.pem', ' '.repeat(1024 * 1024 + 1)), './large.pem has more than 1 MiB; expected the certificates of authorities'],
    ];
    for (const [ca, message] of cases) {
      assert.deepEqual(await mistakes({ tls: { ca } }), [`pools.web.health.tls.ca: ${message}`]);
      assert.deepEqual(await mistakes({ redis: { tls: { ca } } }), [`pools.web.health.redis.tls.ca: ${message}`]);
    }
  });

  test('that never ends is not read', { skip: process.platform === 'win32' }, async () => {
    assert.deepEqual(await mistakes({ tls: { ca: '/dev/zero' } }), [
      'pools.web.health.tls.ca: /dev/zero is no file; expected one with certificates',
    ]);
  });

  test('is told of together with other mistakes, and once', async () => {
    assert.deepEqual(await mistakes({ http: { path: 'x', tls: { ca: './nowhere.pem' } } }), [
      'pools.web.health.http.path: expected a path such as /healthz, which begins with "/" and has no blanks, quotes or fragment, got "x"',
      'pools.web.health.http.tls.ca: there is no file ./nowhere.pem; the way to it begins where this document is',
    ]);
    assert.equal((await mistakes({ http: { path: '/', tls: { ca: './nowhere.pem', verify: false } } })).length, 1);
    assert.equal((await mistakes({ tls: { ca: 5 } })).length, 1);
  });

  test('may hold several certificates, and names and a key beside them, which are left out', async () => {
    const ca = write('several.pem', `# of the shop\n${certificate}subject=CN=other\n${key}${certificate}`);
    const { probe } = (await read({ tls: { ca } })).pools['web']?.health ?? {};
    assert.deepEqual(probe, { kind: 'tls', verify: true, ca, authorities: `${certificate.trim()}\n${certificate.trim()}` });
  });

  test('stands in the document as it was when that was read, also for a probe of a database', async () => {
    const ca = write('ca.pem', certificate);
    for (const health of [{ postgres: { user: 'a', tls: { ca } } }, { mysql: { user: 'a', tls: { ca } } }, { redis: { tls: { ca } } }]) {
      const { probe } = (await read(health)).pools['web']?.health ?? {};
      const tls = { verify: true, ca, authorities: certificate.trim() };
      assert.partialDeepStrictEqual(probe, 'redis' in health ? { tls } : { login: { tls } });
    }
  });
});
