// Everything that is counted, for Prometheus. Made when asked for: nobody pays for figures that nobody reads.
import { readFigures } from '../figures.ts';
import { metricsPage } from '../metrics-page.ts';
import { defineOperation } from '../operation.ts';
import { plainText } from '../schemas/problem.ts';

export const metrics = defineOperation({
  method: 'GET',
  path: '/metrics',
  summary: 'All figures in the Prometheus text format.',
  answers: { 200: plainText(['evenkeel_ready 1']) },
  answer: async (view) => ({ status: 200, ...(await metricsPage(readFigures(view))) }),
});
