// The npm package as somebody has it who installed it: made, packed, unpacked below node_modules, compiled against and run there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { listFiles, repositoryRoot } from '../../scripts/source-files.ts';
import { ownVersion } from '../../src/interface/cli/own-version.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const document = (parts: { app: string; policy: string }): object => ({
  workers: 1,
  admin: { bind: '127.0.0.1:0' },
  listeners: [{ name: 'web', bind: '127.0.0.1:0', pool: 'web' }],
  pools: { web: { balance: parts.policy, endpoints: [parts.app] } },
});

const policy = `import { definePolicy } from 'evenkeel';
const summary: string = 'The first.';
export default definePolicy({ name: 'first', summary, options: {}, build: (candidates) => ({ pick: () => candidates[0] }) });
`;

describe('the package', { timeout: 180_000 }, () => {
  let folder = '';
  let tarball = '';
  /** With what it depends on beside it, and in a folder of its own without. */
  let installed = '';
  let alone = '';

  before(
    async () => {
      folder = await mkdtemp(join(tmpdir(), 'evenkeel-package-'));
      run(repositoryRoot, process.execPath, 'scripts/package.ts', folder);
      tarball = join(folder, `evenkeel-${await ownVersion()}.tgz`);
      [installed, alone] = [join(folder, 'installed'), join(folder, 'alone')];
      for (const home of [installed, alone]) await unpack(tarball, home);
      await linkDependencies(installed);
    },
    { timeout: 180_000 },
  );
  after(() => rm(folder, { recursive: true }));

  test('has what was compiled and no source, no tests, nothing else of the checkout', () => {
    const found = listFiles('src', (path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.endsWith('.test.ts'));
    const emitted = found.flatMap((path) => ['.d.ts', '.js'].map((ending) => path.replace(/^src\/(.*)\.ts$/, `package/dist/$1${ending}`)));
    const carried = [
      'LICENSE',
      'README.md',
      'bin/evenkeel',
      'docs/reference/document.schema.json',
      'package.json',
      'scripts/find-node.sh',
    ].map((path) => `package/${path}`);
    const packed = run(folder, 'tar', 'tzf', tarball).trim().split('\n');
    assert.deepEqual(packed.sort(), [...emitted, ...carried].sort());
  });

  test('its types accept and refuse what those of the checkout do, with the options that the compiler has by itself', async () => {
    const names = ['client.ts', 'define-config.ts', 'own-policy.ts'];
    for (const name of names) await cp(join(repositoryRoot, 'test/types', name), join(installed, name));
    compile(installed, '--noEmit', ...names);
  });

  test('a document written with defineConfig is run as it is', async () => {
    await writeFile(
      join(installed, 'defined.ts'),
      `import { defineConfig } from 'evenkeel';
const config = defineConfig({ listeners: [{ bind: ':8080', pool: 'web' }], pools: { web: { endpoints: ['10.0.0.1:80'] } } });
const names: readonly string[] = Object.keys(config.pools);
console.log(names.join());
`,
    );
    assert.equal(run(installed, process.execPath, 'defined.ts'), 'web\n');
  });

  test('the program serves a document in YAML, and a compiled client asks it without zod or any other library', async () => {
    await using app = await endpoint('app');
    await writeFile(join(installed, 'evenkeel.yaml'), JSON.stringify(document({ app: app.address, policy: 'random' })));
    await using evenkeel = started('evenkeel.yaml');
    const url = await evenkeel.line(/^evenkeel: web listening on (http:\S+)$/);
    assert.equal(await (await fetch(url)).text(), 'app');

    await writeFile(
      join(installed, 'ask.ts'),
      `import { connectAdmin } from 'evenkeel/client';
const client = connectAdmin({ address: process.argv[2] ?? '' });
const { body } = await client.get('/api/v1/status');
const id: string | undefined = body.pools[0]?.endpoints[0]?.id;
console.log(id);
`,
    );
    compile(installed, 'ask.ts');
    await cp(join(installed, 'ask.js'), join(alone, 'ask.js'));
    await writeFile(join(alone, 'needy.js'), "import 'zod';");
    assert.throws(() => run(alone, process.execPath, 'needy.js'), /ERR_MODULE_NOT_FOUND/);
    const admin = await evenkeel.line(/^evenkeel: admin on (http:\S+)$/);
    for (const home of [installed, alone]) assert.equal(run(home, process.execPath, 'ask.js', admin), `${app.address}\n`);
    assert.equal(await endedBy(evenkeel), 0);
  });

  test('the program serves a document in TypeScript with a policy in TypeScript, which lie outside of node_modules', async () => {
    await using app = await endpoint('app');
    await writeFile(join(installed, 'first.ts'), policy);
    const text = JSON.stringify(document({ app: app.address, policy: './first.ts' }));
    await writeFile(
      join(installed, 'evenkeel.config.ts'),
      `import { defineConfig } from 'evenkeel';\nconst config: object = defineConfig(${text});\nexport default config;\n`,
    );
    await using evenkeel = started('evenkeel.config.ts');
    const url = await evenkeel.line(/^evenkeel: web listening on (http:\S+)$/);
    assert.equal(await (await fetch(url)).text(), 'app');
    assert.equal(await endedBy(evenkeel), 0);
  });

  /** As npm would start it: through a link, by a shell that looks for the Node.js that is installed beside. */
  const started = (file: string): EvenkeelProcess =>
    new EvenkeelProcess(['run', file], installed, [join(installed, 'node_modules/.bin/evenkeel')]);
});

async function unpack(tarball: string, home: string): Promise<void> {
  const target = join(home, 'node_modules/evenkeel');
  await mkdir(target, { recursive: true });
  run(target, 'tar', 'xzf', tarball, '--strip-components=1');
  await writeFile(join(home, 'package.json'), '{ "type": "module" }');
}

/** What npm would install, of what the checkout has: of the packages that bring Node.js only the one for this system. */
async function linkDependencies(home: string): Promise<void> {
  const modules = join(home, 'node_modules');
  // Our own, which was just written.
  const manifest = JSON.parse(await readFile(join(modules, 'evenkeel/package.json'), 'utf8')) as Manifest;
  await mkdir(join(modules, '@types'));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
    await symlink(join(repositoryRoot, 'node_modules', name), join(modules, name));
  await mkdir(join(modules, '.bin'));
  await symlink('../evenkeel/bin/evenkeel', join(modules, '.bin/evenkeel'));
}

function compile(home: string, ...words: readonly string[]): void {
  run(home, process.execPath, join(repositoryRoot, 'node_modules/typescript/bin/tsc'), ...words);
}

/** Gives what it prints. Throws with all that it said when it fails. */
function run(cwd: string, command: string, ...words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}: ${stdout}${stderr}`, { cause: error });
  return stdout;
}

async function endedBy(evenkeel: EvenkeelProcess): Promise<number | null> {
  evenkeel.signal('SIGTERM');
  return (await evenkeel.ended()).code;
}

async function endpoint(says: string): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createServer((_, answer) => answer.end(says)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
