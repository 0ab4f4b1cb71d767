// What a change would do, before it is made.
import * as z from 'zod';
import type { Document } from '../../../control-plane/configuration/document.ts';
import { issueText } from '../../../control-plane/configuration/issue.ts';
import { planOf } from '../../../control-plane/planning/plan.ts';
import { readPlanFigures } from '../../../control-plane/planning/plan-figures.ts';
import { allowedChanges } from '../configuring/allowed.ts';
import { answerOf } from '../configuring/change.ts';
import { readJson } from '../json-body.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import type { PlanAnswer } from '../schemas/plan.ts';
import { planSchema } from '../schemas/plan.ts';
import { problem } from '../schemas/problem.ts';
import { isOneProposal, oneProposal, proposalOf, proposed } from '../schemas/proposal.ts';

const body = z.strictObject(proposed).refine(isOneProposal, oneProposal);

export const plan = defineOperation({
  method: 'POST',
  path: '/api/v1/plan',
  summary:
    'Tells what a change would do, and changes nothing: parts, settings, endpoints and routes that come, go or differ; what would have to be ' +
    'finished by what goes; the share of keys and the sessions that would move. `{}` is the file as it is now.',
  body,
  isTagged: true,
  answers: { 200: planSchema, 404: problem, 409: problem, 422: problem },
  answer: async ({ configuration, supervisor, discovery }, request) => {
    const read = readJson(body, request.body, 'proposal of a change');
    if (!read.ok) return read.fault;
    const { version, changes = [] } = read.value;
    // What is told of a change must not be more than whoever asks could see without it.
    const allowed = allowedChanges({ configuration }, changes, request.isKnown);
    if (!allowed.ok) return allowed.fault;
    const preview = await configuration.preview(proposalOf({ version, changes: allowed.value }));
    if (preview.kind !== 'good') return answerOf({ configuration }, preview);
    // What is found stays where its source stays, and counts as what is named does.
    const filled = (document: Document): Document => discovery?.filled(document) ?? document;
    const found = planOf(filled(configuration.document), filled(preview.document), readPlanFigures(supervisor));
    const { version: inForce, etag } = configuration.state;
    const answer: PlanAnswer = { ...found, version: inForce, warnings: preview.remarks.map(issueText) };
    return jsonAnswer(200, answer, { ETag: `"${etag}"` });
  },
});
