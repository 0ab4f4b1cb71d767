// A change that is made, and watched when asked to: it goes back by itself when errors or latency are clearly worse than before.
import * as z from 'zod';
import { differenceOf } from '../../../control-plane/changing/difference.ts';
import { duration } from '../../../domain/settings/measures.ts';
import { allowedChanges } from '../configuring/allowed.ts';
import { answerOf } from '../configuring/change.ts';
import { conditionsOf } from '../configuring/conditions.ts';
import { changeQuery, etagField } from '../configuring/resource.ts';
import { readJson } from '../json-body.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { changed } from '../schemas/change.ts';
import { guardSchema } from '../schemas/guard.ts';
import { problem } from '../schemas/problem.ts';
import { isOneProposal, makeProposed, oneProposal, proposalOf, proposed } from '../schemas/proposal.ts';

const body = z
  .strictObject({
    ...proposed,
    guard: duration({ least: '1s', most: '1d' }).optional().describe('How long the change is watched. Not at all when absent.'),
  })
  .refine(isOneProposal, oneProposal);

export const apply = defineOperation({
  method: 'POST',
  path: '/api/v1/apply',
  summary:
    'Brings the file in force, or changes, or a version. With `{"guard": "60s"}` it answers 202 at once, measures what is in force, makes the ' +
    'change and watches it for that time; when it is clearly worse than before it goes back by itself. `GET` tells how it is going.',
  query: { persist: changeQuery.persist },
  headers: { 'if-match': etagField },
  body,
  isTagged: true,
  answers: { 200: changed, 202: guardSchema, 404: problem, 409: problem, 412: problem, 422: problem, 503: problem },
  answer: async (view, request) => {
    const read = readJson(body, request.body, 'change to be made');
    if (!read.ok) return read.fault;
    const { guard, version, changes = [] } = read.value;
    const { configuration } = view;
    const conditions = conditionsOf(view, request);
    if (!conditions.ok) return conditions.fault;
    const { ifMatch, persist } = conditions.value;
    if (persist && changes.length === 0)
      return jsonAnswer(400, {
        error: '"persist" goes with "changes": a file and a version outlive the program anyway. Nothing was changed.',
      });
    const allowed = allowedChanges(view, changes, request.isKnown);
    if (!allowed.ok) return allowed.fault;
    const proposal = proposalOf({ version, changes: allowed.value });
    const preview = await configuration.preview(proposal);
    if (preview.kind !== 'good') return answerOf(view, preview);
    const make = () => makeProposed(configuration, proposal, { origin: 'apply', ifMatch, persist });
    const isSame = differenceOf(configuration.document, preview.document).isNone;
    if (guard === undefined || isSame) return answerOf(view, await make());
    // Asked here, after which nothing waits: two who ask at once must not both begin.
    if (view.guard.isOn)
      return jsonAnswer(409, { error: 'Another change is under guard: GET /api/v1/apply tells how it is going. Nothing was changed.' });
    view.guard.begin({ guard, make });
    return jsonAnswer(202, view.guard.report);
  },
});

export const guard = defineOperation({
  method: 'GET',
  path: '/api/v1/apply',
  summary: 'The change that is under guard, or the last one that was: how it is going, and what came of it.',
  answers: { 200: guardSchema },
  answer: ({ guard: { report } }) => jsonAnswer(200, report),
});
