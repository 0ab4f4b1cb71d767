// Several changes of the document at once: all of them, or none.
import * as z from 'zod';
import { stepsOf } from '../../../../control-plane/configuration/reading/pointer.ts';
import { oneOf, section } from '../../../../domain/settings/written.ts';
import type { PartChange } from '../../configuring/change.ts';
import { makeChange } from '../../configuring/change.ts';
import { conditionsOf } from '../../configuring/conditions.ts';
import { changeQuery, etagField, longestChange } from '../../configuring/resource.ts';
import { readJson } from '../../json-body.ts';
import { defineOperation, jsonAnswer } from '../../operation.ts';
import { changed } from '../../schemas/change.ts';
import { problem } from '../../schemas/problem.ts';

const change = section(
  {
    op: oneOf(['put', 'delete']),
    path: z.string({ error: 'expected a path such as "/pools/web" or "/pools/web/endpoints/10.0.0.1:8080"' }),
    value: z.unknown().optional(),
  },
  { expected: 'a change such as {"op": "put", "path": "/pools/web/endpoints/10.0.0.1:8080", "value": {"weight": 2}}' },
);

export const transactionBody = section(
  { changes: z.array(change, { error: 'expected a list of changes' }).min(1, { error: 'expected at least one change' }) },
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
  answers: { 200: changed, 409: problem, 412: problem, 422: problem, 503: problem },
  answer: async (view, { body, query, header, isKnown }) => {
    const read = readJson(transactionBody, body, 'list of changes');
    if (!read.ok) return read.fault;
    const changes: PartChange[] = [];
    const issues: string[] = [];
    for (const [index, { op, path, value }] of read.value.changes.entries()) {
      const steps = stepsOf(path) ?? [];
      if (!changeable.has(steps[0] ?? '')) issues.push(`changes[${index}].path: ${wrongPath(path)}`);
      else if (op === 'put' && value === undefined)
        issues.push(`changes[${index}].value: missing; expected what stands at ${path} from then on`);
      else changes.push(op === 'put' ? { op, steps, value } : { op, steps });
    }
    if (issues.length > 0) return jsonAnswer(400, { error: 'The body is no list of changes. Nothing was changed.', issues });
    const conditions = conditionsOf(view, { query, header });
    return conditions.ok ? makeChange(view, { changes, conditions: conditions.value, isKnown }) : conditions.fault;
  },
});

/** The rest is read when the program starts, and says who may ask here. */
const changeable: ReadonlySet<string> = new Set(['pools', 'listeners', 'overload', 'shutdown']);
const wrongPath = (path: string): string =>
  `expected a path that begins with /pools/, /listeners/, /overload or /shutdown, got ${JSON.stringify(path)}; what else the document says is read at the start and stands in its file`;
