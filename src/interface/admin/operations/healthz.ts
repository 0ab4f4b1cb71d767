// Alive: the main thread answers. Whoever restarts hung programs asks this one.

import { defineOperation, textAnswer } from '../operation.ts';
import { plainText } from '../schemas/problem.ts';

export const healthz = defineOperation({
  method: 'GET',
  path: '/healthz',
  summary: 'Answers 200 while the program is alive.',
  isOpen: true,
  answers: { 200: plainText(['alive']) },
  answer: () => textAnswer(200, 'alive'),
});
