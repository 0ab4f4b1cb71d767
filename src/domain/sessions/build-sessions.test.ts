// From settings to sessions of either form.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf } from '../../../test/support/endpoints.ts';
import { answerHead, exchangeFacts } from '../../../test/support/http/exchange-facts.ts';
import { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import { buildSessions, sessionTableShape } from './build-sessions.ts';
import { stickySettings } from './sticky-settings.ts';

const parts = { pool: 'web', endpoints: endpointsOf([1, 1]), sign: (text: string) => `signed${text}`, now: () => 1000 };

describe('sessions', () => {
  test('that are issued need no table', () => {
    const settings = stickySettings.parse({ cookie: 'SERVER' });
    assert.equal(sessionTableShape(settings), undefined);
    const sessions = buildSessions(settings, { ...parts, table: undefined });
    assert.match(sessions.keep(exchangeFacts(), 1, answerHead()).fields, /Set-Cookie: SERVER=/);
  });

  test('that are learned are remembered in a table for so many and so long', () => {
    const settings = stickySettings.parse({ session: 'cookie:SID', idle: '1m', most: 100 });
    const shape = sessionTableShape(settings) ?? assert.fail();
    assert.deepEqual(shape, { capacity: 100, lifetime: 60_000 });
    const sessions = buildSessions(settings, { ...parts, table: new SharedTable(shape, 0) });
    sessions.keep(exchangeFacts(), 1, answerHead(['Set-Cookie: SID=a']));
    assert.equal(sessions.find(exchangeFacts(['Cookie: SID=a'])), 1);
  });

  test('that are learned are found by other workers with the same secret, and not by those with another', () => {
    const settings = stickySettings.parse({ session: 'cookie:SID' });
    const shape = sessionTableShape(settings) ?? assert.fail();
    const first = new SharedTable(shape, 0);
    const facts = exchangeFacts(['Cookie: SID=a']);
    buildSessions(settings, { ...parts, table: first }).keep(facts, 1, answerHead());
    const table = new SharedTable(shape, 1, first.buffer);
    assert.equal(buildSessions(settings, { ...parts, table }).find(facts), 1);
    assert.equal(buildSessions(settings, { ...parts, sign: (text) => `otherwise${text}`, table }).find(facts), -1);
  });

  test('that are learned without a table are a mistake of whoever builds them', () => {
    const settings = stickySettings.parse({ session: 'cookie:SID' });
    assert.throws(() => buildSessions(settings, { ...parts, table: undefined }), /Pool web learns sessions and was given no table/);
  });
});
