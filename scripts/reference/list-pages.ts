// Pages about lists: policies, failures, metrics, admin operations and commands, each from the list itself.
import * as z from 'zod';
import type { Options } from '../../src/domain/balancing/options.ts';
import { allPolicies, optionShape } from '../../src/domain/balancing/policy-settings.ts';
import { catalogue } from '../../src/domain/exceptions/catalogue.ts';
import { metricsList } from '../../src/interface/admin/metrics-list.ts';
import * as operations from '../../src/interface/admin/operations.ts';
import { allCommands, describeProgram } from '../../src/interface/cli/command-line.ts';
import { sectionsOf } from './settings-tree.ts';
import { code, generatedFrom, table } from './tables.ts';

export function policiesPage(): string {
  const parts = allPolicies.map(
    ({ name, summary, choose, cost, source, options }) =>
      `## ${code(name)}\n\n${summary}\n\n*Choose it for:* ${choose}\n\n${optionsText(options)}\n\n*Cost:* ${cost} *Source:* ${source}\n`,
  );
  return `# Balancing policies

${generatedFrom('`src/domain/balancing/policies.ts`')}

A pool chooses one with \`balance: NAME\`, or with options \`balance: { policy: NAME, … }\`. The name of a file
in place of NAME stands for the policy in it: [policies of your own](../own-policies.md).
Which one for what, with pictures: [choosing a policy](../choosing-a-policy.md).

${parts.join('\n')}`;
}

function optionsText(options: Options): string {
  const [section] = sectionsOf(z.object(optionShape(options)));
  if (section === undefined || section.keys.length === 0) return 'It has no options.';
  return table(
    ['Option', 'Takes', 'Default', 'Meaning'],
    section.keys.map((key) => [code(key.name), key.takes, key.default === undefined ? '' : code(JSON.stringify(key.default)), key.meaning]),
  );
}

export function failuresPage(): string {
  const rows = Object.entries(catalogue).map(([kind, verdict]) => [
    code(kind),
    String(verdict.status),
    verdict.origin,
    verdict.retry,
    verdict.blamesEndpoint ? 'yes' : 'no',
    verdict.meaning,
  ]);
  return `# Failures

${generatedFrom('`src/domain/exceptions/catalogue.ts`')}

Everything that can go wrong with an exchange. The kind stands in the answer that the client gets, as long as no byte of another answer has left.
*Tried again* says when another attempt is made: \`always\`, since the endpoint cannot have acted on the request; \`if-idempotent\`, when the method
allows it; or \`never\`.

${table(['Kind', 'Status', 'Caused by', 'Tried again', 'Blames the endpoint', 'Meaning'], rows)}
`;
}

export function metricsPage(): string {
  return `# Metrics

${generatedFrom('`src/interface/admin/metrics-list.ts`')}

Served in the Prometheus text format at \`/metrics\` on \`admin.bind\`.

${table(
  ['Metric', 'Type', 'Meaning'],
  metricsList.map(({ name, type, help }) => [code(name), type, help]),
)}
`;
}

export function operationsPage(): string {
  return `# Admin operations

${generatedFrom('`src/interface/admin/operations.ts`')}

Served on \`admin.bind\`.

${table(
  ['Request', 'Answer'],
  Object.values(operations).map(({ method, path, summary }) => [code(`${method} ${path}`), summary]),
)}
`;
}

export function commandsPage(): string {
  const silent = { out: () => undefined, err: () => undefined };
  const program = describeProgram(silent, async () => undefined);
  const parts = allCommands.map(({ name, summary }) => {
    const command = program.commands.find((candidate) => candidate.name() === name);
    const rows = [
      ...(command?.registeredArguments ?? []).map((argument) => [code(argument.name()), argument.description, '']),
      ...(command?.options ?? []).map(({ flags, description, defaultValue }) => [
        code(flags),
        description,
        defaultValue === undefined ? '' : code(String(defaultValue)),
      ]),
    ];
    const words = rows.length === 0 ? '' : `\n${table(['Word', 'Meaning', 'Default'], rows)}\n`;
    return `## ${code(`evenkeel ${name}`)}\n\n${summary}\n${words}`;
  });
  return `# Commands

${generatedFrom('`src/interface/cli/commands.ts`')}

In a checkout the program is \`bin/evenkeel\`.

${parts.join('\n')}`;
}
