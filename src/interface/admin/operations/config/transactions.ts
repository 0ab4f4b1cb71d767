// Several changes of the document at once: all of them, or none.
import * as z from 'zod';
import type { Change } from '../../../../control-plane/changing/layer.ts';
import { oneOf, section } from '../../../../domain/settings/written.ts';
import { makeChange } from '../../configuring/change.ts';
import { conditionsOf } from '../../configuring/conditions.ts';
import { changeQuery, etagField, longestChange } from '../../configuring/resource.ts';
import { readJson } from '../../json-body.ts';
import { defineOperation } from '../../operation.ts';
import { changed } from '../../schemas/change.ts';
import { problem } from '../../schemas/problem.ts';
import { mostChanges } from '../../schemas/proposal.ts';

const change = section(
  {
    op: oneOf(['put', 'delete']),
    path: z.string({ error: 'expected a path such as "/pools/web" or "/pools/web/endpoints/10.0.0.1:8080"' }),
    value: z.unknown().optional(),
  },
  { expected: 'a change such as {"op": "put", "path": "/pools/web/endpoints/10.0.0.1:8080", "value": {"weight": 2}}' },
);

export const transactionBody = section(
  {
    changes: z
      .array(change, { error: 'expected a list of changes' })
      .min(1, { error: 'expected at least one change' })
      .max(mostChanges, {
        error: `expected ${mostChanges} changes at most; many endpoints are put with their pool, and much belongs into the file`,
      }),
  },
  { expected: 'an object such as {"changes": [{"op": "delete", "path": "/pools/old"}]}' },
);

export const changeConfig = defineOperation({
  method: 'POST',
  path: '/api/v1/config/transactions',
  summary:
    'Several changes of the document as one: in their order, all of them or none, checked as a whole. A path names a part: `/pools/web`, ' +
    '`/pools/web/endpoints/10.0.0.1:8080`, `/pools/web/retry`, `/listeners/web/routes`, `/overload`, `/shutdown`; a slash inside of a name is `~1`.',
  query: changeQuery,
  headers: { 'if-match': etagField },
  body: transactionBody,
  longestBody: longestChange,
  isTagged: true,
  answers: { 200: changed, 409: problem, 412: problem, 422: problem, 503: problem },
  answer: async (view, { body, query, header, isKnown }) => {
    const read = readJson(transactionBody, body, 'list of changes');
    if (!read.ok) return read.fault;
    const conditions = conditionsOf(view, { query, header });
    if (!conditions.ok) return conditions.fault;
    const changes = read.value.changes.map(({ op, path, value }): Change => (op === 'put' ? { op, path, value } : { op, path }));
    return makeChange(view, { changes, conditions: conditions.value, isKnown });
  },
});
