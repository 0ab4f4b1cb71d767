// `evenkeel run [FILE]`: serves what a document says, or a configuration of nginx, until it is told to stop.
import type { OnRemark } from '../../../control-plane/configuration/read.ts';
import type { FilesRead } from '../../../control-plane/configuration/reading/files-read.ts';
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
      .option('--watch', 'read the document anew whenever its file changes, or another one that it names')
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
      return serveNginx(file, { isWatched: watch === true, servesParts: partial === true }, tools);
    }
    return serveDocument(file, tools, watch === true);
  },
};

async function serveDocument(file: string, tools: Tools, isWatched: boolean): Promise<number | undefined> {
  const { readWritten } = await import('../../../control-plane/configuration/read.ts');
  const { printIssues, printWarning } = await import('../issue-list.ts');
  const { withFilesRead } = await import('../../../control-plane/configuration/reading/files-read.ts');
  let files: FilesRead = new Map();
  const readNow = async (onRemark: OnRemark) => {
    const read = await withFilesRead(() => readWritten(file, tools.folder, onRemark));
    files = read.files;
    return read.value;
  };
  const read = await readNow((warning) => printWarning(warning, tools));
  if (read.ok) {
    const { serve } = await import('../serve.ts');
    return serve(read.value, tools, { watched: isWatched ? () => files : undefined, read: readNow });
  }
  printIssues(file, read.fault, tools);
  return 1;
}
