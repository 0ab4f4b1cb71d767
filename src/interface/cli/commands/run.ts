// `evenkeel run [FILE]`: serves what a document says, until it is told to stop.
import type { Command } from '../command.ts';
import { findDocument, noDocument } from '../find-document.ts';

export const run: Command = {
  name: 'run',
  summary: 'Serve what a document says. SIGTERM finishes what is begun and leaves; a second one leaves at once.',
  declare: (commander) => {
    commander.argument('[FILE]', 'the document, in YAML, JSON or TypeScript (default: evenkeel.yaml, else evenkeel.config.ts)');
  },
  run: async ({ positional }, tools) => {
    const file = positional[0] ?? findDocument(tools.folder);
    if (file === undefined) {
      tools.err(noDocument);
      return 1;
    }
    const { readDocument } = await import('../../../control-plane/configuration/read.ts');
    const { printIssues, printWarning } = await import('../issue-list.ts');
    const read = await readDocument(file, tools.folder, (warning) => printWarning(warning, tools));
    if (read.ok) {
      const { serve } = await import('../serve.ts');
      return serve(read.value, tools);
    }
    printIssues(file, read.fault, tools);
    return 1;
  },
};
