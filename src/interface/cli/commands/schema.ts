// `evenkeel schema`: prints the JSON Schema of documents, for editors and for programs that write documents.
import type { Command } from '../command.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'Print the JSON Schema of documents, by which editors complete and check them.',
  declare: (commander) => {
    commander.option('--part', 'of a file that a document includes, in which keys may be missing');
  },
  run: async ({ options: { part } }, { out }) => {
    const { documentSchema } = await import('../../../control-plane/configuration/schema/json-schema.ts');
    out(JSON.stringify(documentSchema(part === true ? 'part' : 'whole'), undefined, 2));
    return 0;
  },
};
