// Endpoints of a pool of the document, one by one.
import { putAnswers, resource } from '../../configuring/resource.ts';
import { writtenEndpoint } from '../../schemas/written.ts';

const endpoints = resource({
  path: '/api/v1/config/pools/{pool}/endpoints/{endpoint}',
  what: 'endpoint',
  schema: writtenEndpoint,
  steps: ({ pool, endpoint }) => ['pools', pool, 'endpoints', endpoint],
  answers: putAnswers.inner,
  notes: {
    put: '`{endpoint}` is its address; `{}` takes all defaults. It serves once the answer is there, and its probe has passed where it has one.',
    remove: 'Nothing new is sent to it; requests that it has end in peace.',
  },
});
export const readEndpointConfig = endpoints.read;
export const putEndpointConfig = endpoints.put;
export const removeEndpointConfig = endpoints.remove;
