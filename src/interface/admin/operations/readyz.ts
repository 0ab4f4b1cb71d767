// Ready for traffic. A balancer or cluster manager in front asks this one, and sends nothing more once it fails.
import { defineOperation, textAnswer } from '../operation.ts';

export const readyz = defineOperation({
  method: 'GET',
  path: '/readyz',
  summary: 'Answers 200 when clients are served, 503 while starting, draining or without a worker that listens.',
  answer: ({ supervisor: { state } }) => textAnswer(state === 'ready' ? 200 : 503, state),
});
