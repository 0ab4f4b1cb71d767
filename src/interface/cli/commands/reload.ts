// `evenkeel reload [FILE]`: has the program that serves by a document read it anew, and tells what came of it.
import { askAdmin, declareAsking } from '../admin-client.ts';
import { tellChange } from '../change-report.ts';
import type { Command } from '../command.ts';

export const reload: Command = {
  name: 'reload',
  summary:
    'Have the running program read its document anew, over its admin server. The exit code is 0 when the document is in force, else 1.',
  declare: declareAsking,
  run: async (words, tools) => {
    const answer = await askAdmin({ method: 'POST', path: '/api/v1/reload' }, words, tools, words.positional[0]);
    if (answer === undefined) return 1;
    return tellChange(answer, { changed: 'the document is in force', same: 'the document says what is in force already' }, tools);
  },
};
