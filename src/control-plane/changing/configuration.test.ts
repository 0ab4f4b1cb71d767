// What comes of a document that is read anew, and what is told of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Document, WrittenDocument } from '../configuration/document.ts';
import { documentSettings } from '../configuration/document.ts';
import type { Issue } from '../configuration/issue.ts';
import { fileIssue } from '../configuration/issue.ts';
import type { ReadDocument } from '../configuration/read.ts';
import { Configuration } from './configuration.ts';
import type { Difference } from './difference.ts';
import { differenceOf } from './difference.ts';
import { MemoryHistory } from './history/memory-history.ts';

function parse(pools: WrittenDocument['pools'], changed: Partial<WrittenDocument> = {}): ReadDocument {
  const value = { listeners: [{ bind: ':8080', pool: 'web' }], pools, ...changed };
  return { document: documentSettings.parse(value), written: { file: 'evenkeel.yaml', value, folder: '/etc/evenkeel', folders: {} } };
}
const web = { endpoints: ['10.0.0.1:80'] };

async function world(read: () => Promise<Result<ReadDocument, readonly Issue[]>>, answer?: Result<Difference, string>) {
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
    read: () => {
      reads.push(reads.length);
      return read();
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
});

describe('what is in force stays', () => {
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
