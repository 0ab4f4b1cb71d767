// `evenkeel run [FILE]`: serves what a document says, or a configuration of nginx, until it is told to stop.
import { resolve } from 'node:path';
import type { Command, Tools } from '../command.ts';
import { findDocument, noDocument } from '../find-document.ts';

export const run: Command = {
  name: 'run',
  summary:
    'Serve what a document says, or a configuration of nginx. SIGTERM finishes what is begun and leaves; a second one leaves at once.',
  declare: (commander) => {
    commander
      .argument(
        '[FILE]',
        'the document, in YAML, JSON or TypeScript (default: evenkeel.yaml, else evenkeel.config.ts), or a configuration of nginx such as nginx.conf',
      )
      .option('--watch', 'read the document anew whenever its file changes')
      .option('--partial', 'serve a configuration of nginx also where parts of it are refused: those are not served');
  },
  run: async ({ positional, options: { partial, watch } }, tools) => {
    const file = positional[0] ?? findDocument(tools.folder);
    if (file === undefined) {
      tools.err(noDocument);
      return 1;
    }
    const { isNginxFile } = await import('../nginx-file.ts');
    if (await isNginxFile(file, tools.folder)) {
      const { serveNginx } = await import('../nginx-file.ts');
      return serveNginx(file, partial === true, tools);
    }
    return serveDocument(file, tools, watch === true);
  },
};

async function serveDocument(file: string, tools: Tools, isWatched: boolean): Promise<number | undefined> {
  const { readDocument } = await import('../../../control-plane/configuration/read.ts');
  const { printIssues, printWarning } = await import('../issue-list.ts');
  const read = await readDocument(file, tools.folder, (warning) => printWarning(warning, tools));
  if (read.ok) {
    const { serve } = await import('../serve.ts');
    const watched = isWatched ? resolve(tools.folder, file) : undefined;
    return serve(read.value, tools, { file, watched, read: (onRemark) => readDocument(file, tools.folder, onRemark) });
  }
  printIssues(file, read.fault, tools);
  return 1;
}
