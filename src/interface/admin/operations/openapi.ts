// The description of all operations, for programs: clients are made from it, and editors complete by it.
import * as z from 'zod';
import type { Answer } from '../operation.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';

export const openapi = defineOperation({
  method: 'GET',
  path: '/api/v1/openapi.json',
  summary: 'The description of all these operations, as OpenAPI 3.1.',
  answers: { 200: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }).meta({ title: 'OpenAPI' }) },
  answer: async ({ version }): Promise<Answer> => {
    // It is made from the list in which this operation stands, and seldom asked for.
    const [{ openApiDocument }, operations] = await Promise.all([import('../openapi.ts'), import('../operations.ts')]);
    return jsonAnswer(200, openApiDocument(operations, version));
  },
});
