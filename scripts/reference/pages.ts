// Every generated page, one line each: where it stands, and how its text is made.
import { documentSchema } from '../../src/control-plane/configuration/schema/json-schema.ts';
import { configurationPage } from './configuration-page.ts';
import { compatDates, fileOf, frozenText } from './frozen-defaults.ts';
import { commandsPage, failuresPage, metricsPage, operationsPage, policiesPage } from './list-pages.ts';

export const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/commands.md': commandsPage,
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/document.schema.json': () => `${JSON.stringify(documentSchema(), undefined, 1)}\n`,
  'docs/reference/failures.md': failuresPage,
  'docs/reference/metrics.md': metricsPage,
  'docs/reference/operations.md': operationsPage,
  'docs/reference/policies.md': policiesPage,
  ...Object.fromEntries(compatDates.map((date) => [fileOf(date), () => frozenText(date)])),
};
