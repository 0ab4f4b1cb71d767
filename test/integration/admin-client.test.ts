// The client by itself: what it loads, and which addresses it takes. What it says and hears is in test/integration/admin-config.test.ts.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AdminError, connectAdmin } from '../../src/client.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';

test('loads nothing of the server: all that it imports are types', () => {
  const text = readFileSync(new URL('../../src/client.ts', import.meta.url), 'utf8');
  const imports = text.split('\n').filter((line) => /^(import|export .* from)\b|\bimport\(/.test(line));
  assert.ok(imports.length > 3);
  assert.deepEqual(
    imports.filter((line) => !line.startsWith('import type ')),
    [],
  );
});

test('addresses that are none are told at once', () => {
  for (const address of ['127.0.0.1:9900', 'ftp://127.0.0.1', '', 'localhost'])
    assert.throws(() => connectAdmin({ address }), /expected an address such as http:\/\/127\.0\.0\.1:9900/, address);
  for (const address of ['http://[::1]:9900', 'https://balancer.example.com', 'unix:/run/admin.sock']) connectAdmin({ address });
});

test('an answer that says no is told with all that is wrong', () => {
  const error = new AdminError(422, { error: 'Mistakes.', issues: ['one', 'two'] });
  assert.deepEqual([error.message, error.status, error.name], ['422: Mistakes.\none\ntwo', 422, 'AdminError']);
});

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

test('a program elsewhere runs and compiles with it, where a package evenkeel is linked to a checkout', { timeout: 120_000 }, async () => {
  await using folder = await freshFolder();
  await mkdir(`${folder.path}/node_modules`);
  await symlink(root, `${folder.path}/node_modules/evenkeel`);
  const compilerOptions = {
    ...{ noEmit: true, strict: true, exactOptionalPropertyTypes: true, module: 'nodenext', target: 'esnext' },
    ...{ allowImportingTsExtensions: true, types: ['node'], typeRoots: [`${root}node_modules/@types`] },
  };
  const program = [
    `import { AdminError, connectAdmin } from 'evenkeel/client';`,
    `const { get, put } = connectAdmin({ address: 'http://127.0.0.1:9900' });`,
    `export const pools = async (): Promise<number> => (await get('/api/v1/status')).body.pools.length;`,
    `// @ts-expect-error: a duration has a unit.`,
    `export const wrong = () => put('/api/v1/config/shutdown', { body: { deadline: '5' } });`,
    `console.log(typeof get, AdminError.name);`,
  ];
  await writeFile(`${folder.path}/package.json`, '{ "type": "module" }');
  await writeFile(`${folder.path}/program.ts`, program.join('\n'));
  await writeFile(`${folder.path}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['program.ts'] }));
  const { stdout } = await run(process.execPath, ['program.ts'], { cwd: folder.path });
  assert.equal(stdout, 'function AdminError\n');
  // What it finds stands in the error, and is told with it.
  await run(`${root}node_modules/.bin/tsc`, ['-p', folder.path], { cwd: folder.path }).catch(({ stdout: found }) => assert.fail(found));
});
