// The document, read anew and brought in force: everywhere, or nowhere and then all mistakes are told.
import type { ReloadOutcome } from '../../../control-plane/changing/outcomes.ts';
import { issueText } from '../../../control-plane/configuration/issue.ts';
import { section } from '../../../domain/settings/written.ts';
import { readJson } from '../json-body.ts';
import type { Answer } from '../operation.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { reloaded } from '../schemas/change.ts';
import { problem } from '../schemas/problem.ts';

const body = section({}, { expected: '{}' });

export const reload = defineOperation({
  method: 'POST',
  path: '/api/v1/reload',
  summary:
    'Reads the document anew and brings it in force, as SIGHUP does. The body is `{}`. Answers when all workers serve by it, with what is ' +
    'different; 422 with all mistakes of a document that has some, and 409 where a good one cannot come in force: then nothing has changed.',
  body,
  answers: { 200: reloaded, 409: problem, 422: problem },
  answer: async ({ configuration }, request) => {
    const read = readJson(body, request.body, 'request to reload');
    return read.ok ? answerOf(await configuration.reload('reload')) : read.fault;
  },
});

function answerOf(outcome: ReloadOutcome): Answer {
  switch (outcome.kind) {
    case 'changed': {
      const { listeners, pools, atStart } = outcome.difference;
      return jsonAnswer(200, { changed: true, listeners, pools, atStart });
    }
    case 'unchanged':
      return jsonAnswer(200, { changed: false });
    case 'refused':
      return jsonAnswer(422, { error: 'The document has mistakes. Nothing was changed.', issues: outcome.issues.map(issueText) });
    case 'failed':
      return jsonAnswer(409, { error: `The document cannot come in force, and nothing was changed: ${outcome.reason}` });
  }
}
