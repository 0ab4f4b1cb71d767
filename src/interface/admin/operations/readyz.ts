// Ready for traffic. A balancer or cluster manager in front asks this one, and sends nothing more once it fails.

import { defineOperation, textAnswer } from '../operation.ts';
import { plainText } from '../schemas/problem.ts';

export const readyz = defineOperation({
  method: 'GET',
  path: '/readyz',
  summary: 'Answers 200 when clients are served, 503 while starting, draining or without a worker that listens.',
  isOpen: true,
  answers: { 200: plainText(['ready']), 503: plainText(['starting', 'draining', 'stopped']) },
  answer: ({ supervisor: { state } }) => textAnswer(state === 'ready' ? 200 : 503, state),
});
