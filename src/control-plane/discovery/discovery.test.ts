// What comes in force of what sources find, and when: with files, and a supervisor that only writes down what it is told.
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { freshFolder } from '../../../test/support/chaos/fresh-folder.ts';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Difference } from '../changing/difference.ts';
import { differenceOf } from '../changing/difference.ts';
import type { Document, WrittenDocument } from '../configuration/document.ts';
import { documentSettings } from '../configuration/document.ts';
import { Discovery } from './discovery.ts';

const timeout = 60_000;

class World implements AsyncDisposable {
  readonly log = new RecordedLog();
  readonly folder: string;
  readonly discovery: Discovery<Document>;
  /** Endpoints by pool, of each document that came in force. */
  readonly told: Readonly<Record<string, readonly string[]>>[] = [];
  refuses: string | undefined;
  #inForce: Document;
  #changed = Promise.withResolvers<void>();

  private constructor(folder: string, pools: WrittenDocument['pools'], given: { readonly together?: number }) {
    this.folder = folder;
    this.#inForce = World.document(pools);
    this.discovery = new Discovery<Document>(this.#inForce, {
      change: (next) => this.#change(next),
      log: this.log,
      random: () => 0,
      ...given,
    });
  }

  static document(pools: WrittenDocument['pools']): Document {
    return documentSettings.parse({ listeners: [{ bind: ':0', name: 'web', pool: Object.keys(pools)[0] }], pools });
  }

  /** Files are written before anybody looks at them. */
  static async start(folder: string, pools: WrittenDocument['pools'], given: { readonly together?: number } = {}): Promise<World> {
    const world = new World(folder, pools, given);
    await world.discovery.prepare();
    world.discovery.follow();
    return world;
  }

  async #change(next: Document): Promise<Result<Difference, string>> {
    const difference = differenceOf(this.#inForce, next);
    if (this.refuses !== undefined && !difference.isNone) return fault(this.refuses);
    this.#inForce = next;
    if (!difference.isNone) {
      this.told.push(Object.fromEntries(Object.entries(next.pools).map(([name, pool]) => [name, pool.endpoints.map(({ id }) => id)])));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
    return success(difference);
  }

  /** Resolves when the next document that differs is in force. */
  next(): Promise<void> {
    return this.#changed.promise;
  }

  get last(): Readonly<Record<string, readonly string[]>> {
    return this.told.at(-1) ?? assert.fail('Nothing came in force.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discovery.stop();
  }
}

/** In one step, as whoever means well does it. */
async function put(path: string, text: string): Promise<void> {
  await writeFile(`${path}.next`, text);
  await rename(`${path}.next`, path);
}

const soon = '100ms';

describe('what sources find', { timeout }, () => {
  test('is there from the start, beside what the document names', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await put(file, '10.0.0.2:80\n10.0.0.1:80\n10.0.0.9:80\n');
    await using here = await World.start(folder.path, {
      web: { endpoints: ['10.0.0.9:80'], discover: { file } },
      other: { endpoints: ['10.0.0.5:80'] },
    });
    assert.deepEqual(here.told, [{ web: ['10.0.0.9:80', '10.0.0.1:80', '10.0.0.2:80'], other: ['10.0.0.5:80'] }]);
  });

  test('comes in force together when it comes together', async () => {
    await using folder = await freshFolder();
    const [a, b] = [`${folder.path}/a`, `${folder.path}/b`];
    await put(a, '10.0.0.1:80');
    await put(b, '10.0.0.2:80');
    const pools = { a: { discover: { file: a, every: soon } }, b: { discover: { file: b, every: soon } } } as const;
    await using here = await World.start(folder.path, pools, { together: 3000 });
    const changed = here.next();
    await put(a, '10.0.0.3:80');
    await put(b, '10.0.0.4:80');
    await changed;
    assert.deepEqual(here.told, [
      { a: ['10.0.0.1:80'], b: ['10.0.0.2:80'] },
      { a: ['10.0.0.3:80'], b: ['10.0.0.4:80'] },
    ]);
  });

  test('is tried again when it could not come in force', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await put(file, '10.0.0.1:80');
    await using here = await World.start(folder.path, { web: { discover: { file, every: soon } } });
    here.refuses = 'there is no room';
    await put(file, '10.0.0.2:80');
    await here.log.next(/^error Endpoints that were found could not come in force: there is no room/);
    here.refuses = undefined;
    await here.log.next(/^info Endpoints that were found are in force now\./);
    assert.deepEqual(here.last, { web: ['10.0.0.2:80'] });
  });

  test('is not waited for with init: empty', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await using here = await World.start(folder.path, { web: { discover: { file, init: 'empty', every: soon } } });
    assert.deepEqual(here.told, []);
    const changed = here.next();
    await put(file, '10.0.0.1:80');
    await changed;
    assert.deepEqual(here.last, { web: ['10.0.0.1:80'] });
  });

  test('is waited for, and no longer than is said', async () => {
    await using folder = await freshFolder();
    await using here = await World.start(folder.path, { web: { discover: { file: `${folder.path}/a`, initTimeout: soon } } });
    assert.deepEqual(here.log.matching(/gave no endpoints within/), [
      `warn Pool web: file ${folder.path}/a gave no endpoints within 0.1 s (there is no such file); it goes on with none of its endpoints.`,
    ]);
  });
});

describe('another document', { timeout }, () => {
  test('comes in force with what is found; sources that stay go on', async () => {
    await using folder = await freshFolder();
    const [a, b] = [`${folder.path}/a`, `${folder.path}/b`];
    await put(a, '10.0.0.1:80');
    await put(b, '10.0.0.2:80');
    await using here = await World.start(folder.path, { a: { discover: { file: a } } });
    const before = here.discovery.figuresOf('a');
    const next = World.document({ a: { discover: { file: a }, timeouts: { connect: '1s' } }, b: { discover: { file: b } } });
    const changed = await here.discovery.change(next);
    assert.ok(changed.ok);
    assert.deepEqual(changed.value.pools, { added: ['b'], changed: ['a'], removed: [] });
    assert.deepEqual(here.last, { a: ['10.0.0.1:80'], b: ['10.0.0.2:80'] });
    assert.ok((here.discovery.figuresOf('a')?.answers ?? 0) >= (before?.answers ?? 1));
    assert.equal(here.log.matching(/Pool a: .* gives/).length, 1, 'it was found once');
    assert.deepEqual(
      here.discovery.filled(next).pools['b']?.endpoints.map(({ id }) => id),
      ['10.0.0.2:80'],
    );
  });

  test('changes what it changes: what was found just before comes in force by itself', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await put(file, '10.0.0.1:80');
    const web = { discover: { file, every: soon } } as const;
    await using here = await World.start(folder.path, { web }, { together: 3_600_000 });
    await put(file, '10.0.0.2:80');
    await here.log.next(/removed 10\.0\.0\.1:80/);
    const changed = await here.discovery.change(World.document({ web, other: { endpoints: ['10.0.0.7:80'] } }));
    assert.ok(changed.ok);
    assert.deepEqual(changed.value.pools, { added: ['other'], changed: [], removed: [] });
    assert.deepEqual(here.told.slice(1), [{ web: ['10.0.0.2:80'] }, { web: ['10.0.0.2:80'], other: ['10.0.0.7:80'] }]);
  });

  test('that cannot come in force leaves the sources as they were', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await put(file, '10.0.0.1:80');
    await using here = await World.start(folder.path, { web: { discover: { file, every: soon } } });
    here.refuses = 'no';
    const changed = await here.discovery.change(World.document({ web: { endpoints: ['10.0.0.7:80'] } }));
    assert.deepEqual(changed, fault('no'));
    here.refuses = undefined;
    const later = here.next();
    await put(file, '10.0.0.2:80');
    await later;
    assert.deepEqual(here.last, { web: ['10.0.0.2:80'] });
  });

  test('with another source keeps the endpoints until that answers', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await put(file, '10.0.0.1:80');
    await using here = await World.start(folder.path, { web: { discover: { file } } });
    const other = `${folder.path}/b`;
    assert.ok((await here.discovery.change(World.document({ web: { discover: { file: other, initTimeout: soon, every: soon } } }))).ok);
    assert.deepEqual(here.last, { web: ['10.0.0.1:80'] });
    const changed = here.next();
    await put(other, '10.0.0.2:80');
    await changed;
    assert.deepEqual(here.last, { web: ['10.0.0.2:80'] });
  });

  test('is not held up by a source that fails, nor are those behind it', async () => {
    await using folder = await freshFolder();
    await using here = await World.start(folder.path, { web: { endpoints: ['10.0.0.7:80'] } });
    const file = `${folder.path}/none`;
    const broken = World.document({ web: { endpoints: ['10.0.0.7:80'] }, broken: { discover: { file, every: soon, initTimeout: '1h' } } });
    assert.ok((await here.discovery.change(broken)).ok);
    assert.deepEqual(here.last, { web: ['10.0.0.7:80'], broken: [] });
    const changed = here.next();
    await put(file, '10.0.0.1:80');
    await changed;
    assert.deepEqual(here.last, { web: ['10.0.0.7:80'], broken: ['10.0.0.1:80'] });
  });

  test('without a source has what it names, and nobody asks any more', async () => {
    await using folder = await freshFolder();
    const file = `${folder.path}/a`;
    await put(file, '10.0.0.1:80');
    await using here = await World.start(folder.path, { web: { discover: { file } } });
    assert.ok((await here.discovery.change(World.document({ web: { endpoints: ['10.0.0.7:80'] } }))).ok);
    assert.deepEqual(here.last, { web: ['10.0.0.7:80'] });
    assert.equal(here.discovery.figuresOf('web'), undefined);
  });

  test('is refused before the start and after the end', async () => {
    await using folder = await freshFolder();
    const pools = { web: { endpoints: ['10.0.0.1:80'] } };
    const here = await World.start(folder.path, pools);
    await here.discovery.stop();
    assert.deepEqual(await here.discovery.change(World.document(pools)), fault('Evenkeel is stopped'));
    const early = new Discovery<Document>(World.document(pools), { change: () => assert.fail(), log: here.log });
    assert.deepEqual(await early.change(World.document(pools)), fault('Evenkeel is starting'));
  });
});
