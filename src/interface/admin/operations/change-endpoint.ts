// Weight and state of an endpoint, changed while it serves. All mistakes of a body are told at once, and then nothing is changed.
import { explain } from '../../../control-plane/configuration/explain.ts';
import type { Issue } from '../../../control-plane/configuration/issue.ts';
import { issueOf, issueText } from '../../../control-plane/configuration/issue.ts';
import { readText } from '../../../control-plane/configuration/reading/text-source.ts';
import type { EndpointChange } from '../../../control-plane/supervising/endpoint-change.ts';
import { endpointChange } from '../../../control-plane/supervising/endpoint-change.ts';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import { findEndpoint } from '../named-endpoint.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { endpointStatus } from '../pool-status.ts';

export const changeEndpoint = defineOperation({
  method: 'PATCH',
  path: '/api/v1/pools/{pool}/endpoints/{endpoint}',
  summary:
    'Changes the endpoint at once, until it is changed again or the program ends: `{"weight": 3}`, 0 for nothing new, `null` for the weight that ' +
    'the document gives; `{"state": "draining"}` for no new clients, `"down"` for nothing at all, `"up"`. Answers with the endpoint as it is then.',
  answer: (view, { parameters, body }) => {
    const found = findEndpoint(view, parameters);
    if (!found.ok) return found.fault;
    const change = readChange(body);
    if (!change.ok) {
      return jsonAnswer(400, { error: 'The body is no change of an endpoint. Nothing was changed.', issues: change.fault.map(issueText) });
    }
    view.supervisor.endpoints.change(found.value.place, change.value);
    return jsonAnswer(200, endpointStatus(found.value.figures()));
  },
});

function readChange(body: string): Result<EndpointChange, readonly Issue[]> {
  // The reader of documents would speak of listeners and pools. An empty object is told what may stand in it.
  const read = readText({ file: 'body', text: body.trim() === '' ? '{}' : body, format: 'json' });
  if (!read.ok) return read;
  const { source, issues } = read.value;
  const parsed = endpointChange.safeParse(source.value);
  if (parsed.success && issues.length === 0) return success(parsed.data);
  const findings = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, source.value));
  return fault([...issues, ...findings.map((finding) => issueOf(source, finding))]);
}
