// One endpoint by itself: `inFlight` tells when one that is draining has finished.
import { findEndpoint } from '../named-endpoint.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { endpointStatus } from '../pool-status.ts';
import { endpointSchema } from '../schemas/pool.ts';
import { problem } from '../schemas/problem.ts';

export const endpoint = defineOperation({
  method: 'GET',
  path: '/api/v1/pools/{pool}/endpoints/{endpoint}',
  summary: 'One endpoint, as it stands in the status. `{endpoint}` is its address; slashes in that of a socket file are written `%2F`.',
  answers: { 200: endpointSchema, 404: problem },
  answer: (view, { parameters }) => {
    const found = findEndpoint(view, parameters);
    return found.ok ? jsonAnswer(200, endpointStatus(found.value.figures())) : found.fault;
  },
});
