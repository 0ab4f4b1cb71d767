// Words on the command line: what is printed where, and with which exit code. Nothing is started; `start` is a stand-in.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Document } from '../../control-plane/configuration/document.ts';
import type { Tools } from './command.ts';
import { allCommands, runCommandLine } from './command-line.ts';
import * as commands from './commands.ts';
import { urlOf } from './serve.ts';

const good = 'listeners: [{ name: web, bind: ":8080", pool: web }]\npools: { web: { endpoints: [10.0.0.1:8080, 10.0.0.2:8080] } }\n';
const bad = 'listeners: [{ name: web, bind: ":8080", pool: wbe }]\npools: { web: { endpoints: [10.0.0.1:8080] } }\n';
const badLine = 'bad.yaml:1:47: listeners[0].pool: no pool is named "wbe"; the pools are web; did you mean "web"?';
const unwise = good.replace(' } }\n', ', health: { tcp: true, fall: 1 } } }\n');
const unwiseLine = 'warning: unwise.yaml:2:87: pools.web: health.fall is 1: one lost probe takes an endpoint out';

describe('the command line', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-cli-'));
    await writeFile(join(folder, 'good.yaml'), good);
    await writeFile(join(folder, 'bad.yaml'), bad);
    await writeFile(join(folder, 'unwise.yaml'), unwise);
  });
  after(() => rm(folder, { recursive: true }));

  interface Outcome {
    readonly code: number | undefined;
    readonly out: readonly string[];
    readonly err: readonly string[];
    readonly started: readonly Document[];
  }

  async function type(words: readonly string[], changed: Partial<Tools> = {}): Promise<Outcome> {
    const out: string[] = [];
    const err: string[] = [];
    const started: Document[] = [];
    const start = async (document: Document) => {
      started.push(document);
      const listeners = document.listeners.map(({ name }) => ({ name, address: '127.0.0.1:8080' }));
      return { listeners, admin: document.admin === undefined ? undefined : '127.0.0.1:9900' };
    };
    const tools: Tools = { out: (line) => out.push(line), err: (line) => err.push(line), colour: false, folder, start, ...changed };
    const code = await runCommandLine(words, tools);
    return { code, out, err, started };
  }

  test('every command of the list is on the command line', () => {
    assert.deepEqual(new Set(allCommands), new Set(Object.values(commands)));
  });

  test('help lists every command and is no mistake', async () => {
    const { code, out, err } = await type(['help']);
    assert.equal(code, 0);
    assert.deepEqual(err, []);
    for (const { name } of allCommands) assert.match(out.join('\n'), new RegExp(`^ +${name} `, 'm'));
  });

  test('no words at all are answered with the help, as a mistake', async () => {
    const { code, err } = await type([]);
    assert.equal(code, 1);
    assert.match(err.join('\n'), /Usage: evenkeel/);
  });

  test('a misspelt command is answered with the nearest one', async () => {
    const { code, err } = await type(['chek']);
    assert.equal(code, 1);
    assert.match(err.join('\n'), /unknown command 'chek'\n\(Did you mean check\?\)/);
  });

  test('a misspelt option and a word too many are refused', async () => {
    assert.match((await type(['check', '--jsn'])).err.join('\n'), /unknown option '--jsn'/);
    assert.match((await type(['run', 'good.yaml', 'other.yaml'])).err.join('\n'), /too many arguments/);
  });

  for (const words of [['version'], ['--version'], ['-V']]) {
    test(`${words.join(' ')} tells both versions`, async () => {
      const { code, out } = await type(words);
      assert.equal(code, 0);
      assert.match(out.join('\n'), /^evenkeel \d+\.\d+\.\d+ \(Node\.js \d+\.\d+\.\d+\)$/);
    });
  }

  describe('check', () => {
    test('a good document is told with what it holds', async () => {
      assert.deepEqual(await type(['check', 'good.yaml']), {
        code: 0,
        out: ['good.yaml: good: 1 listener, 1 pool, 2 endpoints'],
        err: [],
        started: [],
      });
    });

    test('every mistake is one line on standard error, then their number', async () => {
      const { code, out, err } = await type(['check', 'bad.yaml']);
      assert.deepEqual({ code, out, err }, { code: 1, out: [], err: [badLine, 'evenkeel: one mistake in bad.yaml'] });
    });

    test('a terminal shows the path in bold', async () => {
      const { err } = await type(['check', 'bad.yaml'], { colour: true });
      assert.equal(err[0], badLine.replace('listeners[0].pool', '\x1b[1mlisteners[0].pool\x1b[22m'));
    });

    test('--json is one object on standard output', async () => {
      const { code, out, err } = await type(['check', '--json', 'bad.yaml']);
      assert.deepEqual({ code, err }, { code: 1, err: [] });
      assert.deepEqual(JSON.parse(out.join('\n')), {
        file: 'bad.yaml',
        ok: false,
        issues: [
          {
            file: 'bad.yaml',
            line: 1,
            column: 47,
            path: 'listeners[0].pool',
            value: 'wbe',
            message: 'no pool is named "wbe"; the pools are web',
            nearest: 'web',
          },
        ],
        warnings: [],
      });
      const fine = await type(['check', '--json', 'good.yaml']);
      assert.deepEqual([fine.code, JSON.parse(fine.out.join('\n'))], [0, { file: 'good.yaml', ok: true, issues: [], warnings: [] }]);
    });

    test('what is unwise is a warning on standard error, and no mistake', async () => {
      assert.deepEqual(await type(['check', 'unwise.yaml']), {
        code: 0,
        out: ['unwise.yaml: good: 1 listener, 1 pool, 2 endpoints'],
        err: [unwiseLine],
        started: [],
      });
      const { code, out, err } = await type(['check', '--json', 'unwise.yaml']);
      const message = 'health.fall is 1: one lost probe takes an endpoint out';
      assert.deepEqual([code, err], [0, []]);
      assert.deepEqual(JSON.parse(out.join('\n')), {
        file: 'unwise.yaml',
        ok: true,
        issues: [],
        warnings: [{ file: 'unwise.yaml', line: 2, column: 87, path: 'pools.web', message }],
      });
    });

    test('without a file and without a usual one, it says what to do', async () => {
      const { code, err } = await type(['check']);
      assert.equal(code, 1);
      assert.match(err.join('\n'), /neither evenkeel\.yaml nor evenkeel\.config\.ts.*evenkeel quick/);
    });
  });

  describe('run', () => {
    test('tells where each listener and the admin server are', async () => {
      await writeFile(join(folder, 'admin.yaml'), `admin: { bind: "127.0.0.1:9900" }\n${good}`);
      const { code, out, err } = await type(['run', 'admin.yaml']);
      assert.deepEqual([code, err], [undefined, []]);
      assert.deepEqual(out, ['evenkeel: web listening on http://127.0.0.1:8080', 'evenkeel: admin on http://127.0.0.1:9900']);
    });

    test('without a file and without a usual one, it says what to do', async () => {
      const { code, err, started } = await type(['run']);
      assert.deepEqual([code, started.length], [1, 0]);
      assert.match(err.join('\n'), /neither evenkeel\.yaml nor evenkeel\.config\.ts.*evenkeel quick/);
    });

    test('warns of what is unwise, and serves', async () => {
      const { code, err, started } = await type(['run', 'unwise.yaml']);
      assert.deepEqual([code, err, started.length], [undefined, [unwiseLine], 1]);
    });

    test('a document with mistakes starts nothing', async () => {
      const { code, err, started } = await type(['run', 'bad.yaml']);
      assert.deepEqual(
        { code, started: started.length, err },
        { code: 1, started: 0, err: [badLine, 'evenkeel: one mistake in bad.yaml'] },
      );
    });

    test('what is in the way is told, and the exit code is 1', async () => {
      const { code, out, err } = await type(['run', 'good.yaml'], { start: () => Promise.reject(new Error(':8080 is in use')) });
      assert.deepEqual({ code, out, err }, { code: 1, out: [], err: ['evenkeel: :8080 is in use'] });
    });

    test('evenkeel.yaml is the usual document, then evenkeel.config.ts', async () => {
      const own = await mkdtemp(join(tmpdir(), 'evenkeel-usual-'));
      try {
        await writeFile(
          join(own, 'evenkeel.config.ts'),
          'export default { listeners: [{ name: "ts", bind: ":1", pool: "p" }], pools: { p: { endpoints: ["a:1"] } } };',
        );
        assert.deepEqual(
          (await type(['run'], { folder: own })).started.map(({ listeners }) => listeners[0]?.name),
          ['ts'],
        );
        await writeFile(join(own, 'evenkeel.yaml'), good);
        assert.deepEqual(
          (await type(['run'], { folder: own })).started.map(({ listeners }) => listeners[0]?.name),
          ['web'],
        );
      } finally {
        await rm(own, { recursive: true });
      }
    });
  });

  describe('quick', () => {
    test('words become a document', async () => {
      const { code, started } = await type([
        'quick',
        '--listen',
        ':8081',
        '--workers',
        '2',
        '--balance',
        'random',
        '--admin',
        '127.0.0.1:9900',
        'localhost:3001',
        '10.0.0.1:80',
      ]);
      assert.equal(code, undefined);
      const [document] = started;
      assert.equal(document?.workers, 2);
      assert.equal(document?.admin?.bind.text, '127.0.0.1:9900');
      assert.equal(document?.listeners[0]?.bind.text, ':8081');
      assert.deepEqual(document?.pools['quick']?.balance, { policy: 'random' });
      assert.deepEqual(
        document?.pools['quick']?.endpoints.map(({ id }) => id),
        ['localhost:3001', '10.0.0.1:80'],
      );
    });

    test('endpoints are enough', async () => {
      const [document] = (await type(['quick', 'localhost:3001'])).started;
      assert.deepEqual([document?.workers, document?.admin, document?.listeners[0]?.bind.text], ['auto', undefined, ':8080']);
      assert.deepEqual(document?.pools['quick']?.balance, { policy: 'round-robin' });
    });

    test('mistakes are told by the word that was typed', async () => {
      const { code, err, started } = await type([
        'quick',
        '--listen',
        '80',
        '--balance',
        'randm',
        '--workers',
        'many',
        '--admin',
        ':9',
        'localhost',
      ]);
      assert.deepEqual([code, started.length], [1, 0]);
      assert.deepEqual(
        err.map((line) => /^evenkeel quick: (\S+): expected /.exec(line)?.[1]),
        ['--workers', '--admin', '--listen', '--balance', 'ENDPOINT'],
      );
      assert.match(err.join('\n'), /did you mean "random"\?/);
    });

    test('without endpoints it says what is missing', async () => {
      const { code, err } = await type(['quick', '--listen', ':8080']);
      assert.equal(code, 1);
      assert.match(err.join('\n'), /missing required argument 'ENDPOINT'/);
    });
  });
});

describe('addresses for people', () => {
  test('are ready to be pasted', () => {
    assert.equal(urlOf('127.0.0.1:8080'), 'http://127.0.0.1:8080');
    assert.equal(urlOf('[::1]:8080'), 'http://[::1]:8080');
    assert.equal(urlOf('[::]:8080'), 'http://localhost:8080 (all addresses)');
    assert.equal(urlOf('0.0.0.0:8080'), 'http://localhost:8080 (all addresses)');
    assert.equal(urlOf('*:8080'), 'http://localhost:8080 (all addresses)');
    assert.equal(urlOf('unix:/run/evenkeel.sock'), 'unix:/run/evenkeel.sock');
    assert.equal(urlOf('127.0.0.1:9900', 'https'), 'https://127.0.0.1:9900');
  });
});
