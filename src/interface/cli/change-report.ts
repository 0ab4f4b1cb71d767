// What came of a change that the admin server was asked for, for people.
import type { AdminAnswer } from './admin-client.ts';
import type { Tools } from './command.ts';

interface Report {
  readonly changed?: boolean;
  readonly error?: string;
  readonly issues?: readonly string[];
  readonly pools?: Parts;
  readonly listeners?: Parts;
  readonly atStart?: readonly string[];
}

type Parts = Readonly<Record<'added' | 'changed' | 'removed', readonly string[]>>;

/** Gives back the exit code. */
export function tellChange(answer: AdminAnswer, words: { readonly changed: string; readonly same: string }, tools: Tools): number {
  if (tellError(answer, tools)) return 1;
  // The program's own answers have this form.
  const report = answer.body as Report;
  tools.out(`evenkeel: ${report.changed === true ? words.changed : words.same}.`);
  for (const [kind, parts] of Object.entries({ pools: report.pools, listeners: report.listeners }))
    for (const [what, names] of Object.entries(parts ?? {})) if (names.length > 0) tools.out(`  ${kind} ${what}: ${names.join(', ')}`);
  for (const key of report.atStart ?? []) tools.out(`  ${key}: comes in force at the next start`);
  return 0;
}

/** Whether something could not be done; then it is told. */
export function tellError({ status, body }: AdminAnswer, { err }: Tools): boolean {
  if (status < 400) return false;
  const { error = `the program answers ${status}`, issues = [] } = body as Report;
  err(`evenkeel: ${error}`);
  for (const issue of issues) err(issue);
  return true;
}
