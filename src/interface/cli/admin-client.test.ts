// How commands find the running program: by what right they ask, and whom they trust with their token.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openAdmin } from '../../../test/support/admin/open-admin.ts';
import { freshFolder } from '../../../test/support/chaos/fresh-folder.ts';
import { certificate, key } from '../../../test/support/probing/certificate.ts';
import { askAdmin } from './admin-client.ts';

const token = 'changing-0123456789';
const tokens = { read: ['watching-0123456789'], full: [token] };
const status = { method: 'GET', path: '/api/v1/status' } as const;

/** An admin server that shows a certificate, and the folder of a document that says where it is. */
async function world(document: (address: string) => string, tls = { cert: certificate, key }) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await freshFolder());
  const admin = stack.use(await openAdmin({ tokens, tls }));
  await writeFile(join(folder.path, 'evenkeel.yaml'), document(admin.address));
  await writeFile(join(folder.path, 'cert.pem'), certificate);
  await writeFile(join(folder.path, 'key.pem'), key);
  const err: string[] = [];
  const tools = {
    out: () => undefined,
    err: (line: string) => void err.push(line),
    colour: false,
    folder: folder.path,
    start: () => Promise.reject(new Error('nothing is started')),
  };
  const moved = stack.move();
  return {
    err,
    address: admin.address,
    ask: (options: Readonly<Record<string, string>> = {}) => askAdmin(status, { positional: [], options }, tools),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const secured = (address: string): string =>
  `admin: { bind: "${address}", tls: { cert: cert.pem, key: key.pem }, token: "${token}" }\npools: { half: `;
const whole = (address: string): string => `${secured(address)}{ endpoints: 7 } }\n`;

describe('a command', { timeout: 60_000 }, () => {
  test('asks by the certificate and the token of the document, whatever is wrong elsewhere in it', async () => {
    await using here = await world(whole);
    assert.equal((await here.ask())?.status, 200, here.err.join());
  });

  test('shows the token that it is given', async () => {
    await using here = await world(whole);
    assert.equal((await here.ask({ token: 'guessing-0123456789' }))?.status, 401);
    process.env['EVENKEEL_TOKEN'] = 'guessing-0123456789';
    try {
      assert.equal((await here.ask())?.status, 401);
      assert.equal((await here.ask({ token }))?.status, 200);
    } finally {
      delete process.env['EVENKEEL_TOKEN'];
    }
  });

  test('sends nothing to who shows a certificate that nobody knows', async () => {
    await using here = await world((address) => `admin: { bind: "${address}" }\n`);
    assert.equal(await here.ask({ admin: `https://${here.address}`, token }), undefined);
    assert.match(here.err.join(), /nobody answers on https:.*: its certificate is not to be trusted/);
  });

  test('that cannot read where to ask says how to tell it', async () => {
    await using here = await world(secured);
    assert.equal(await here.ask(), undefined);
    assert.match(here.err.at(-1) ?? '', /--admin ADDRESS does/);
    assert.equal(await here.ask({ admin: 'somewhere' }), undefined);
    assert.match(here.err.at(-1) ?? '', /--admin takes an address such as/);
  });

  test('of a document without an admin server says what to do', async () => {
    await using here = await world(() => 'workers: 1\n');
    assert.equal(await here.ask(), undefined);
    assert.match(here.err.at(-1) ?? '', /has no admin server to ask\. Send the program SIGHUP, or add admin/);
  });
});
