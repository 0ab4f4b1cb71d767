// Mistakes in a document, for people: one line each, then how many there are.
import { styleText } from 'node:util';
import type { Issue } from '../../control-plane/configuration/issue.ts';
import { issueText } from '../../control-plane/configuration/issue.ts';
import type { Tools } from './command.ts';

export function printIssues(file: string, issues: readonly Issue[], { err, colour }: Pick<Tools, 'err' | 'colour'>): void {
  for (const issue of issues) err(colour ? coloured(issueText(issue), issue) : issueText(issue));
  err(`evenkeel: ${issues.length === 1 ? 'one mistake' : `${issues.length} mistakes`} in ${file}`);
}

/** What is hardly meant so in a good document: a line each. */
export function printWarning(warning: Issue, { err }: Pick<Tools, 'err'>): void {
  err(`warning: ${issueText(warning)}`);
}

/** The path stands out: it is what the eye looks for in a long list. */
function coloured(text: string, { path }: Issue): string {
  const at = path === '' ? -1 : text.indexOf(`: ${path}: `);
  if (at === -1) return text;
  const end = at + 2 + path.length;
  return `${text.slice(0, at + 2)}${styleText('bold', path, { validateStream: false })}${text.slice(end)}`;
}
