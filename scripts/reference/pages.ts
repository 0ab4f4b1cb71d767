// Every generated page, one line each: where it stands, and how its text is made.
import { configurationPage } from './configuration-page.ts';
import { commandsPage, failuresPage, metricsPage, operationsPage, policiesPage } from './list-pages.ts';

export const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/commands.md': commandsPage,
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/failures.md': failuresPage,
  'docs/reference/metrics.md': metricsPage,
  'docs/reference/operations.md': operationsPage,
  'docs/reference/policies.md': policiesPage,
};
