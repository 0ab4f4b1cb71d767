// `evenkeel plan [FILE]`: what the document would do if it were applied, as the running program sees it. Changes nothing.
import { styleText } from 'node:util';
import type * as z from 'zod';
import type { planSchema } from '../../admin/schemas/plan.ts';
import { askAdmin, declareAsking } from '../admin-client.ts';
import { tellError } from '../change-report.ts';
import type { Command, Tools } from '../command.ts';
import type { Mark, PlanLine } from '../plan-text.ts';
import { lineText, planLines, planSummary } from '../plan-text.ts';
import { versionOf } from '../version-option.ts';

/** With `--exit-code`, as other programs that plan have it. */
const differs = 2;

export const plan: Command = {
  name: 'plan',
  summary:
    'Tell what the document would change in the running program, over its admin server, and change nothing. The exit code is 1 when the document has mistakes, else 0.',
  declare: (commander) => {
    declareAsking(commander);
    commander
      .option('--to <VERSION>', 'plan to go back to a version of the history, instead of the document')
      .option('--json', 'print the plan as JSON')
      .option('--exit-code', 'end with 2 when there is something to do');
  },
  run: async (words, tools) => {
    const { json, to, exitCode: isTold } = words.options;
    const version = versionOf(to, tools);
    if (version === 'none') return 1;
    const answer = await askAdmin({ method: 'POST', path: '/api/v1/plan', body: version }, words, tools, words.positional[0]);
    if (answer === undefined || tellError(answer, tools)) return 1;
    // The program's own answers have this form.
    const found = answer.body as z.output<typeof planSchema>;
    if (json === true) tools.out(JSON.stringify(found, undefined, 2));
    else print(found, tools);
    return isTold === true && !found.isNone ? differs : 0;
  },
};

const colours: Readonly<Record<Mark, 'green' | 'red' | 'yellow' | undefined>> = { '+': 'green', '-': 'red', '~': 'yellow', ' ': undefined };

function print(found: z.output<typeof planSchema>, { out, err, terminal }: Tools): void {
  for (const warning of found.warnings) err(`warning: ${warning}`);
  const lines = planLines(found);
  if (lines.length > 0) {
    out(`What would change of version ${found.version}, which is in force:`);
    out('');
    for (const line of lines) out(terminal?.colour === true ? coloured(line) : lineText(line));
    out('');
  }
  for (const text of planSummary(found)) out(text);
}

function coloured(line: PlanLine): string {
  const colour = colours[line.mark];
  return colour === undefined ? lineText(line) : styleText(colour, lineText(line), { validateStream: false });
}
