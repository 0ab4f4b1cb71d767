// One pool by itself.
import { findPool } from '../named-endpoint.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { poolStatus } from '../pool-status.ts';
import { poolSchema } from '../schemas/pool.ts';
import { problem } from '../schemas/problem.ts';

export const pool = defineOperation({
  method: 'GET',
  path: '/api/v1/pools/{pool}',
  summary: 'One pool, as it stands in the status.',
  answers: { 200: poolSchema, 404: problem },
  answer: (view, { parameters }) => {
    const found = findPool(view, parameters.pool);
    return found.ok ? jsonAnswer(200, poolStatus(found.value)) : found.fault;
  },
});
