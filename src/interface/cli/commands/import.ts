// `evenkeel import nginx FILE`: the configuration that people have, as a document of Evenkeel, and what became of each of its directives.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from '../command.ts';

/** What happened, as an exit code. */
const codes = { whole: 0, refused: 1, nothing: 2 };

export const importCommand: Command = {
  name: 'import',
  summary:
    'Translate a configuration of nginx into a document, and report on every directive. The exit code is 0 when nothing was refused, 1 when something was, 2 when there is no document.',
  declare: (commander) => {
    commander
      .argument('<FORMAT>', 'what the configuration was written for: nginx')
      .argument('<FILE>', 'its main file, such as /etc/nginx/nginx.conf, or a part of it with its servers and upstreams')
      .option('-o, --output <FILE>', 'write the document to this file instead of printing it')
      .option(
        '--report <FILE>',
        'write the report to this file, as JSON when its name ends in .json, instead of printing it to standard error',
      );
  },
  run: async ({ positional: [format = '', file = ''], options: { output, report } }, tools) => {
    if (format !== 'nginx') {
      tools.err(`evenkeel import: ${JSON.stringify(format)} is not known; there is: evenkeel import nginx FILE`);
      return codes.nothing;
    }
    const { importNginx } = await import('../../../control-plane/nginx/import-nginx.ts');
    const { documentText } = await import('../../../control-plane/nginx/document-text.ts');
    const { countsOf, reportJson, reportLines } = await import('../../../control-plane/nginx/coverage/report.ts');
    const { written, document, entries, originOf } = await importNginx(file, tools.folder);

    const lines = reportLines(entries);
    try {
      const text = documentText(written, `Translated from ${file} by \`evenkeel import nginx\`.`, originOf);
      if (document !== undefined && typeof output === 'string') await writeFile(resolve(tools.folder, output), text);
      else if (document !== undefined) tools.out(text.trimEnd());
      if (typeof report !== 'string') for (const line of lines) tools.err(line);
      else
        await writeFile(
          resolve(tools.folder, report),
          report.endsWith('.json') ? `${reportJson(file, entries)}\n` : `${lines.join('\n')}\n`,
        );
    } catch (error) {
      tools.err(`evenkeel import: ${error instanceof Error ? error.message : String(error)}`);
      return codes.nothing;
    }
    if (document === undefined) {
      tools.err(`evenkeel import: ${file} gives no document that could be served`);
      return codes.nothing;
    }
    return countsOf(entries).refused > 0 ? codes.refused : codes.whole;
  },
};
