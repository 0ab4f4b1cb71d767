// `evenkeel check [FILE]`: tells every mistake in a document, with its place, and what is hardly meant so. Of a configuration of nginx it tells
// what is refused and what is approximated. Starts nothing.
import type { Document } from '../../../control-plane/configuration/document.ts';
import type { Issue } from '../../../control-plane/configuration/issue.ts';
import type { Command } from '../command.ts';
import { findDocument, noDocument } from '../find-document.ts';

export const check: Command = {
  name: 'check',
  summary: 'Tell every mistake in a document, and warn of what is unwise. The exit code is 0 when there is no mistake, else 1.',
  declare: (commander) => {
    commander
      .argument(
        '[FILE]',
        'the document, in YAML, JSON or TypeScript (default: evenkeel.yaml, else evenkeel.config.ts), or a configuration of nginx',
      )
      .option('--json', 'print one JSON object: { file, ok, issues, warnings }');
  },
  run: async ({ positional, options: { json } }, tools) => {
    const file = positional[0] ?? findDocument(tools.folder);
    if (file === undefined) {
      tools.err(noDocument);
      return 1;
    }
    const { readWritten } = await import('../../../control-plane/configuration/read.ts');
    const { isNginxFile, readNginxFile, refusedText } = await import('../nginx-file.ts');
    const warnings: Issue[] = [];
    const warn = (warning: Issue): void => void warnings.push(warning);
    const isNginx = await isNginxFile(file, tools.folder);
    const read = isNginx ? await readNginxFile(file, tools.folder, warn) : await readWritten(file, tools.folder, warn);
    const code = read.ok ? 0 : 1;
    if (json === true) {
      tools.out(JSON.stringify({ file, ok: read.ok, issues: read.ok ? [] : read.fault, warnings }, undefined, 2));
      return code;
    }
    const { printIssues, printWarning } = await import('../issue-list.ts');
    for (const warning of warnings) printWarning(warning, tools);
    if (read.ok) tools.out(`${file}: good: ${contents(read.value.document)}`);
    else printIssues(file, read.fault, tools);
    if (!read.ok && isNginx) tools.err(refusedText(file));
    return code;
  },
};

function contents({ listeners, pools }: Document): string {
  const endpoints = Object.values(pools).reduce((sum, pool) => sum + pool.endpoints.length, 0);
  return [counted(listeners.length, 'listener'), counted(Object.keys(pools).length, 'pool'), counted(endpoints, 'endpoint')].join(', ');
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
