// What the API put over the file, taken away again.
import * as z from 'zod';
import { answerOf } from '../../configuring/change.ts';
import { conditionsOf } from '../../configuring/conditions.ts';
import { changeQuery, etagField } from '../../configuring/resource.ts';
import { defineOperation } from '../../operation.ts';
import { changed } from '../../schemas/change.ts';
import { problem } from '../../schemas/problem.ts';

export const forgetLayer = defineOperation({
  method: 'DELETE',
  path: '/api/v1/config/layer',
  summary:
    'Takes away what the API put over the file: all of it, or with `?path=/pools/web` that at the path and below it. What the file says is in force ' +
    'then, as it was read last.',
  query: { path: z.string(), dryRun: changeQuery.dryRun },
  headers: { 'if-match': etagField },
  isTagged: true,
  answers: { 200: changed, 409: problem, 412: problem, 422: problem, 503: problem },
  answer: async (view, { query, header }) => {
    const conditions = conditionsOf(view, { query, header });
    if (!conditions.ok) return conditions.fault;
    const { ifMatch, dryRun } = conditions.value;
    return answerOf(view, await view.configuration.forget(query.get('path') ?? undefined, { origin: 'API', ifMatch, dryRun }));
  },
});
