// What comes of a document that is read anew, of changes that others make and of versions of before, and what is told of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Document, WrittenDocument } from '../configuration/document.ts';
import { documentSettings } from '../configuration/document.ts';
import type { Issue } from '../configuration/issue.ts';
import { fileIssue, issueText } from '../configuration/issue.ts';
import type { OnRemark, ReadDocument } from '../configuration/read.ts';
import { Configuration } from './configuration.ts';
import type { Difference } from './difference.ts';
import { differenceOf } from './difference.ts';
import type { History } from './history/history.ts';
import { MemoryHistory } from './history/memory-history.ts';
import type { Change } from './layer.ts';

function parse(pools: WrittenDocument['pools'], changed: Partial<WrittenDocument> = {}): ReadDocument {
  const value = { listeners: [{ bind: ':8080', pool: 'web' }], pools, ...changed };
  return { document: documentSettings.parse(value), written: { file: 'evenkeel.yaml', value, folder: '/etc/evenkeel', folders: {} } };
}
const web = { endpoints: ['10.0.0.1:80'] };

async function world(read: (onRemark: OnRemark) => Promise<Result<ReadDocument, readonly Issue[]>>, answer?: Result<Difference, string>) {
  const log = new RecordedLog();
  let inForce = parse({ web }).document;
  const reads: number[] = [];
  const change = async (document: Document) => {
    const difference = differenceOf(inForce, document);
    if (answer === undefined) inForce = document;
    return answer ?? success(difference);
  };
  const configuration = await Configuration.open({
    start: parse({ web }),
    history: new MemoryHistory(9),
    read: (onRemark) => {
      reads.push(reads.length);
      return read(onRemark);
    },
    change,
    log,
  });
  return { configuration, log, reads, pools: () => Object.keys(inForce.pools) };
}

describe('a document that is read anew', () => {
  test('comes in force, and what is different is told', async () => {
    const here = await world(async () => success(parse({ web: { endpoints: ['10.0.0.2:80'] }, api: web })));
    assert.equal((await here.configuration.reload('SIGHUP')).kind, 'changed');
    assert.deepEqual(here.log.lines, ['info SIGHUP: evenkeel.yaml is in force. Pools: added api, changed web.']);
  });

  test('may say the same', async () => {
    const here = await world(async () => success(parse({ web })));
    assert.equal((await here.configuration.reload('SIGHUP')).kind, 'unchanged');
    assert.deepEqual(here.log.lines, ['info SIGHUP: evenkeel.yaml says what is in force already.']);
  });

  test('says what waits for the next start', async () => {
    const here = await world(async () => success(parse({ web }, { workers: 7 })));
    assert.equal((await here.configuration.reload('SIGHUP')).kind, 'changed');
    assert.match(here.log.lines[1] ?? '', /^warn workers: what evenkeel\.yaml says comes in force at the next start\.$/);
  });

  test('says nothing of the kind of what is put back', async () => {
    const workers = [7, 7, 'auto'] as const;
    let reads = 0;
    const here = await world(async () =>
      success(parse({ web }, { workers: workers[reads++] ?? 'auto', shutdown: { delay: `${reads}s` } })),
    );
    const outcomes = [];
    for (const _ of workers) outcomes.push(await here.configuration.reload('SIGHUP'));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'changed' && outcome.difference.atStart),
      [['workers'], [], []],
    );
    assert.equal(here.log.matching(/next start/).length, 1);
  });

  test('has its warnings told as such', async () => {
    const remark = fileIssue('evenkeel.yaml', 'hardly meant so', { line: 3, column: 4 });
    const here = await world(async (onRemark) => {
      onRemark(remark);
      return success(parse({ web, api: web }));
    });
    await here.configuration.reload('reload');
    assert.deepEqual(here.log.lines, [
      'warn warning: evenkeel.yaml:3:4: hardly meant so',
      'info reload: evenkeel.yaml is in force. Pools: added api.',
    ]);
  });
});

describe('what is in force stays', () => {
  test('when the document has thousands of mistakes, and the log has not as many lines', async () => {
    const issues = Array.from({ length: 5000 }, (_, line) => fileIssue('evenkeel.yaml', 'wrong', { line, column: 1 }));
    const here = await world(async () => fault(issues));
    const outcome = await here.configuration.reload('SIGHUP');
    assert.equal(outcome.kind === 'refused' && outcome.issues.length, 5000);
    assert.deepEqual([here.log.lines.length, here.log.lines.at(-1)], [102, 'error … and 4900 more; evenkeel check tells all of them']);
  });

  test('when the document has mistakes, each of which is told', async () => {
    const here = await world(async () =>
      fault([fileIssue('evenkeel.yaml', 'one', { line: 3, column: 4 }), fileIssue('evenkeel.yaml', 'two')]),
    );
    assert.equal((await here.configuration.reload('SIGHUP')).kind, 'refused');
    assert.deepEqual(here.log.lines, [
      'error SIGHUP: evenkeel.yaml was not taken over, and what was in force stays:',
      'error evenkeel.yaml:3:4: one',
      'error evenkeel.yaml: two',
    ]);
    assert.deepEqual(here.pools(), ['web']);
  });

  test('when it cannot come in force', async () => {
    const here = await world(async () => success(parse({ web, api: web })), fault('port 80 is taken'));
    assert.deepEqual(await here.configuration.reload('SIGHUP'), { kind: 'failed', reason: 'port 80 is taken' });
    assert.match(here.log.lines.join(), /was not taken over, and what was in force stays: port 80 is taken/);
  });

  test('when reading it breaks', async () => {
    const here = await world(() => Promise.reject(new Error('no memory')));
    assert.deepEqual(await here.configuration.reload('SIGHUP'), { kind: 'failed', reason: 'no memory' });
  });
});

/** A document that is read from what `file` holds, over `history` where there was a program before. */
async function program(file: { pools: WrittenDocument['pools'] | undefined }, history: History = new MemoryHistory(9)) {
  const log = new RecordedLog();
  const read = async (): Promise<Result<ReadDocument, readonly Issue[]>> =>
    file.pools === undefined ? fault([fileIssue('evenkeel.yaml', 'broken')]) : success(parse(file.pools));
  const start = await read();
  assert.ok(start.ok);
  let inForce: Document | undefined;
  const configuration = await Configuration.open({
    start: start.value,
    read,
    history,
    log,
    change: async (document) => {
      const difference = differenceOf(inForce ?? document, document);
      inForce = document;
      return success(difference);
    },
  });
  inForce = configuration.document;
  await configuration.begin();
  return { configuration, history, log, pools: () => Object.keys(inForce?.pools ?? {}).sort() };
}

const origin = 'API';
const api: Change = { op: 'put', path: '/pools/api', value: web };

describe('a change that does not come from the file', () => {
  test('lies over it, has a number and is told', async () => {
    const here = await program({ pools: { web } });
    const { etag } = here.configuration.state;
    const outcome = await here.configuration.transact([api], { origin });
    assert.equal(outcome.kind, 'changed');
    assert.deepEqual(here.pools(), ['api', 'web']);
    const { state } = here.configuration;
    assert.deepEqual(
      [state.version, state.origin, state.layer.map(({ path }) => path), state.drift?.pools.added],
      [2, origin, ['/pools/api'], ['api']],
    );
    assert.notEqual(state.etag, etag);
    assert.deepEqual(here.log.matching(/info/), ['info API: the change is in force. Pools: added api.']);
    assert.deepEqual(
      here.history.heads.map(({ number, words }) => [number, words]),
      [
        [1, 'The first version.'],
        [2, 'Pools: added api. + /pools/api'],
      ],
    );
  });

  test('is refused with all of its mistakes, and changes nothing', async () => {
    const here = await program({ pools: { web } });
    const before = here.configuration.state;
    const bad: Change = { op: 'put', path: '/pools/api', value: { endpoints: ['x'], balance: 'fastest' } };
    const outcome = await here.configuration.transact([api, bad], { origin });
    assert.ok(outcome.kind === 'refused');
    assert.deepEqual(
      outcome.issues
        .map(issueText)
        .map((text) => text.split(':', 2).join(':'))
        .sort(),
      ['API: pools.api.balance', 'API: pools.api.endpoints[0]'],
    );
    assert.deepEqual(here.configuration.state, before);
    assert.deepEqual(here.pools(), ['web']);
  });

  test('is made only for what it was meant for', async () => {
    const here = await program({ pools: { web } });
    const { etag } = here.configuration.state;
    assert.equal((await here.configuration.transact([api], { origin, ifMatch: etag })).kind, 'changed');
    const late = await here.configuration.transact([{ op: 'delete', path: '/pools/api' }], { origin, ifMatch: etag });
    assert.deepEqual(late, { kind: 'conflict', etag: here.configuration.state.etag });
    assert.deepEqual(here.pools(), ['api', 'web']);
  });

  test('of two for the same state that come at once, one is made', async () => {
    const here = await program({ pools: { web } });
    const { etag } = here.configuration.state;
    const outcomes = await Promise.all([
      here.configuration.transact([api], { origin, ifMatch: etag }),
      here.configuration.transact([{ op: 'put', path: '/pools/shop', value: web }], { origin, ifMatch: etag }),
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['changed', 'conflict'],
    );
  });

  test('may be tried dry', async () => {
    const here = await program({ pools: { web } });
    const outcome = await here.configuration.transact([api], { origin, dryRun: true });
    assert.ok(outcome.kind === 'good');
    assert.deepEqual(outcome.difference.pools.added, ['api']);
    assert.deepEqual([here.pools(), here.configuration.state.version], [['web'], 1]);
  });

  test('stays over what the file says next, and can be taken away', async () => {
    const file = { pools: { web } as WrittenDocument['pools'] };
    const here = await program(file);
    await here.configuration.transact([api, { op: 'put', path: '/pools/web/balance', value: 'random' }], { origin });
    file.pools = { web, spare: web };
    await here.configuration.reload('SIGHUP');
    assert.deepEqual(here.pools(), ['api', 'spare', 'web']);
    assert.equal((await here.configuration.forget('/pools/web', { origin })).kind, 'changed');
    assert.equal((await here.configuration.forget('/pools/web', { origin })).kind, 'refused');
    assert.equal((await here.configuration.forget(undefined, { origin })).kind, 'changed');
    assert.deepEqual([here.pools(), here.configuration.state.layer, here.configuration.state.drift], [['spare', 'web'], [], undefined]);
  });

  test('waits where the file has lost its place, and says so once', async () => {
    const file = { pools: { web, spare: web } as WrittenDocument['pools'] };
    const here = await program(file);
    await here.configuration.transact([{ op: 'put', path: '/pools/spare/balance', value: 'random' }], { origin });
    file.pools = { web };
    await here.configuration.reload('SIGHUP');
    await here.configuration.reload('SIGHUP');
    assert.deepEqual(here.log.matching(/waits/), ['warn /pools/spare/balance: what API changed here waits: there is no /pools/spare.']);
    assert.equal(here.configuration.state.layer[0]?.idle, 'there is no /pools/spare');
  });

  test('that the file does not bear any more has the file refused', async () => {
    const file = { pools: { web, spare: web } as WrittenDocument['pools'] };
    const here = await program(file);
    await here.configuration.transact([{ op: 'put', path: '/pools/web/backup', value: 'spare' }], { origin });
    file.pools = { web };
    const outcome = await here.configuration.reload('SIGHUP');
    assert.ok(outcome.kind === 'refused');
    assert.match(
      outcome.issues.map(issueText).join(),
      /evenkeel\.yaml with what the API changed: pools\.web\.backup: no pool is named "spare"/,
    );
    assert.deepEqual(here.pools(), ['spare', 'web']);
  });

  test('is turned away when too many wait', async () => {
    const here = await program({ pools: { web } });
    const outcomes = await Promise.all(Array.from({ length: 70 }, () => here.configuration.transact([api], { origin })));
    assert.deepEqual([outcomes[0]?.kind, outcomes[63]?.kind, outcomes[69]?.kind], ['changed', 'unchanged', 'busy']);
    assert.equal((await here.configuration.transact([api], { origin })).kind, 'unchanged');
    assert.equal(here.configuration.state.version, 2, 'who says again what was said makes no version');
  });

  test('can be looked at before', async () => {
    const file: { pools: WrittenDocument['pools'] | undefined } = { pools: { web } };
    const here = await program(file);
    const previewed = await here.configuration.preview({ kind: 'changes', changes: [api] });
    assert.ok(previewed.kind === 'good');
    assert.deepEqual(Object.keys(previewed.document.pools), ['web', 'api']);
    file.pools = { web, spare: web };
    const ofFile = await here.configuration.preview({ kind: 'file' });
    assert.deepEqual(ofFile.kind === 'good' && Object.keys(ofFile.document.pools), ['web', 'spare']);
    assert.deepEqual(await here.configuration.preview({ kind: 'version', version: 9 }), { kind: 'no-such-version' });
    file.pools = undefined;
    assert.equal((await here.configuration.preview({ kind: 'file' })).kind, 'refused');
    assert.deepEqual([here.pools(), here.configuration.state.version], [['web'], 1]);
  });
});

describe('a version of before', () => {
  test('is held in the place of the file until that is read', async () => {
    const file = { pools: { web } as WrittenDocument['pools'] };
    const here = await program(file);
    file.pools = { web, api: web };
    await here.configuration.reload('SIGHUP');
    assert.equal((await here.configuration.rollback(1, { origin: 'rollback to 1' })).kind, 'changed');
    assert.deepEqual([here.pools(), here.configuration.state.pinned, here.configuration.state.version], [['web'], 1, 3]);
    assert.deepEqual(here.configuration.state.drift?.pools.removed, ['api']);
    assert.deepEqual(here.log.lines.slice(-1), [
      'info Rollback to 1: version 1 is in force, until evenkeel.yaml is read anew. Pools: removed api.',
    ]);
    await here.configuration.reload('SIGHUP');
    assert.deepEqual([here.pools(), here.configuration.state.pinned], [['api', 'web'], undefined]);
  });

  test('brings what the API had changed then, and needs no place of the file where that says the same', async () => {
    const here = await program({ pools: { web } });
    await here.configuration.transact([api], { origin });
    await here.configuration.forget(undefined, { origin });
    await here.configuration.rollback(2, { origin });
    assert.deepEqual(
      [here.pools(), here.configuration.state.pinned, here.configuration.state.layer.length],
      [['api', 'web'], undefined, 1],
    );
    await here.configuration.rollback(1, { origin });
    assert.deepEqual([here.pools(), here.configuration.state.drift], [['web'], undefined]);
  });

  test('that is not there, or does not check any more, changes nothing', async () => {
    const file = { pools: { web } as WrittenDocument['pools'] };
    const here = await program(file);
    const name = `${'$'}{env:EVENKEEL_ROLLBACK}`;
    process.env['EVENKEEL_ROLLBACK'] = 'random';
    await here.configuration.transact([{ op: 'put', path: '/pools/web/balance', value: name }], { origin });
    await here.configuration.forget(undefined, { origin });
    delete process.env['EVENKEEL_ROLLBACK'];
    const before = here.configuration.state;
    assert.deepEqual(await here.configuration.rollback(9, { origin }), { kind: 'no-such-version' });
    const outcome = await here.configuration.rollback(2, { origin });
    assert.ok(outcome.kind === 'refused');
    assert.match(
      outcome.issues.map(issueText).join(),
      /^version 2: pools\.web\.balance: there is no environment variable EVENKEEL_ROLLBACK/,
    );
    assert.deepEqual(here.configuration.state, before);
  });
});

describe('after a restart', () => {
  test('the same document is the same version', async () => {
    const first = await program({ pools: { web } });
    const second = await program({ pools: { web } }, first.history);
    assert.deepEqual(second.configuration.state, first.configuration.state);
    const third = await program({ pools: { web, api: web } }, first.history);
    assert.deepEqual([third.configuration.state.version, first.history.heads.at(-1)?.words], [2, 'Pools: added api.']);
  });

  test('changes of the API are there if they were to be kept', async () => {
    const first = await program({ pools: { web } });
    await first.configuration.transact([api], { origin, persist: true });
    await first.configuration.transact([{ op: 'put', path: '/pools/shop', value: web }], { origin });
    const second = await program({ pools: { web, spare: web } }, first.history);
    assert.deepEqual(Object.keys(second.configuration.document.pools).sort(), ['api', 'spare', 'web']);
    assert.equal(second.configuration.state.version, 4);
    assert.deepEqual(second.log.matching(/gone/), ['info What the API changed and was not asked to keep is gone: /pools/shop.']);
    assert.deepEqual((await program({ pools: { web, spare: web } }, first.history)).log.matching(/gone/), []);
  });

  test('a version stays in the place of the file as long as that says what it said', async () => {
    const file = { pools: { web } as WrittenDocument['pools'] };
    const first = await program(file);
    file.pools = { web, api: web };
    await first.configuration.reload('SIGHUP');
    await first.configuration.rollback(1, { origin: 'rollback to 1' });
    const second = await program(file, first.history);
    assert.deepEqual([Object.keys(second.configuration.document.pools), second.configuration.state.pinned], [['web'], 1]);
    assert.match(second.log.lines.join(), /Version 1 is held in the place of evenkeel\.yaml/);
    assert.equal(second.configuration.state.version, 3);
    const third = await program({ pools: { web, shop: web } }, first.history);
    assert.deepEqual([Object.keys(third.configuration.document.pools), third.configuration.state.pinned], [['web', 'shop'], undefined]);
    assert.match(third.log.lines.join(), /has changed since version 1 was held/);
  });

  test('what does not fit any more is told, and the file alone is in force', async () => {
    const first = await program({ pools: { web, spare: web } });
    await first.configuration.transact([{ op: 'put', path: '/pools/web/backup', value: 'spare' }], { origin, persist: true });
    const second = await program({ pools: { web } }, first.history);
    assert.deepEqual([Object.keys(second.configuration.document.pools), second.configuration.state.layer], [['web'], []]);
    assert.match(
      second.log.lines.join('\n'),
      /error evenkeel\.yaml with what the API changed cannot be in force any more.*\n.*no pool is named "spare"/,
    );
  });
});

test('who asks while it is read is served by one more look', async () => {
  const first = Promise.withResolvers<void>();
  const documents = [{ web }, { web, api: web }];
  const here = await world(async () => {
    const pools = documents.shift() ?? assert.fail('it was read too often');
    if (documents.length === 1) await first.promise;
    return success(parse(pools));
  });
  const asked = [here.configuration.reload('one'), here.configuration.reload('two'), here.configuration.reload('three')];
  first.resolve();
  assert.deepEqual(
    (await Promise.all(asked)).map(({ kind }) => kind),
    ['unchanged', 'changed', 'changed'],
  );
  assert.deepEqual(here.reads.length, 2);
});
