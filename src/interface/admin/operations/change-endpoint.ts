// Weight and state of an endpoint, changed while it serves. All mistakes of a body are told at once, and then nothing is changed.
import { endpointChange } from '../../../control-plane/supervising/endpoint-change.ts';
import { readJson } from '../json-body.ts';
import { findEndpoint } from '../named-endpoint.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { endpointStatus } from '../pool-status.ts';
import { endpointSchema } from '../schemas/pool.ts';
import { problem } from '../schemas/problem.ts';

export const changeEndpoint = defineOperation({
  method: 'PATCH',
  path: '/api/v1/pools/{pool}/endpoints/{endpoint}',
  summary:
    'Changes the endpoint at once, until it is changed again or the program ends: `{"weight": 3}`, 0 for nothing new, `null` for the weight that ' +
    'the document gives; `{"state": "draining"}` for no new clients, `"maintenance"` or `"down"` for nothing at all, `"up"`. Answers with the endpoint as it is then.',
  body: endpointChange,
  answers: { 200: endpointSchema, 404: problem },
  answer: (view, { parameters, body }) => {
    const found = findEndpoint(view, parameters);
    if (!found.ok) return found.fault;
    const change = readJson(endpointChange, body, 'change of an endpoint');
    if (!change.ok) return change.fault;
    view.supervisor.endpoints.change(found.value.place, change.value);
    return jsonAnswer(200, endpointStatus(found.value.figures()));
  },
});
