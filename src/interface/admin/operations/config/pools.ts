// Pools of the document, one by one.
import { putAnswers, resource } from '../../configuring/resource.ts';
import { writtenPool } from '../../schemas/written.ts';

const pools = resource({
  path: '/api/v1/config/pools/{pool}',
  what: 'pool',
  schema: writtenPool,
  steps: ({ pool }) => ['pools', pool],
  answers: putAnswers.outer,
  notes: {
    put: 'What is the same keeps its connections, sessions and health.',
    remove: 'Requests that it has end in peace. A route that still leads to it is a mistake, and then nothing is changed.',
  },
});
export const readPoolConfig = pools.read;
export const putPoolConfig = pools.put;
export const removePoolConfig = pools.remove;
