// The document, read anew and brought in force: everywhere, or nowhere and then all mistakes are told.
import { section } from '../../../domain/settings/written.ts';
import { answerOf } from '../configuring/change.ts';
import { readJson } from '../json-body.ts';
import { defineOperation } from '../operation.ts';
import { changed } from '../schemas/change.ts';
import { problem } from '../schemas/problem.ts';

const body = section({}, { expected: '{}' });

export const reload = defineOperation({
  method: 'POST',
  path: '/api/v1/reload',
  summary:
    'Reads the document anew and brings it in force, as SIGHUP does. The body is `{}`. Answers when all workers serve by it, with what is ' +
    'different; 422 with all mistakes of a document that has some, and 409 where a good one cannot come in force: then nothing has changed.',
  body,
  isTagged: true,
  answers: { 200: changed, 409: problem, 422: problem },
  answer: async ({ configuration }, request) => {
    const read = readJson(body, request.body, 'request to reload');
    return read.ok ? answerOf({ configuration }, await configuration.reload('reload')) : read.fault;
  },
});
