// A version of before, brought in force again.
import * as z from 'zod';
import { answerOf } from '../configuring/change.ts';
import { conditionsOf } from '../configuring/conditions.ts';
import { changeQuery, etagField } from '../configuring/resource.ts';
import { readJson } from '../json-body.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { changed } from '../schemas/change.ts';
import { problem } from '../schemas/problem.ts';
import { noSuchVersion } from './history.ts';

const body = z.strictObject({ version: z.int().min(1).describe('Its number, as the history tells it.') });

export const rollback = defineOperation({
  method: 'POST',
  path: '/api/v1/rollback',
  summary:
    'Brings a version of the history in force again, with what the API had changed then. It is held in the place of the file until that is read anew; the ' +
    'file itself is never written.',
  query: { dryRun: changeQuery.dryRun },
  headers: { 'if-match': etagField },
  body,
  isTagged: true,
  answers: { 200: changed, 404: problem, 409: problem, 412: problem, 422: problem, 503: problem },
  answer: async (view, request) => {
    const read = readJson(body, request.body, 'rollback');
    if (!read.ok) return read.fault;
    const conditions = conditionsOf(view, request);
    if (!conditions.ok) return conditions.fault;
    const { version } = read.value;
    const { ifMatch, dryRun } = conditions.value;
    const outcome = await view.configuration.rollback(version, { origin: `rollback to ${version}`, ifMatch, dryRun });
    if (outcome.kind === 'no-such-version') return jsonAnswer(404, { error: noSuchVersion(view.configuration, version) });
    return answerOf(view, outcome);
  },
});
