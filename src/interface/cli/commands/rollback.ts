// `evenkeel rollback VERSION [FILE]`: has the running program go back to a version that was in force before.
import { askAdmin, declareAsking } from '../admin-client.ts';
import { tellChange } from '../change-report.ts';
import type { Command } from '../command.ts';

export const rollback: Command = {
  name: 'rollback',
  summary:
    'Have the running program go back to a version of its history. It is held in the place of the document until that is read anew; the file is not ' +
    'touched. The exit code is 0 when the version is in force, else 1.',
  declare: (commander) => {
    commander.argument('<VERSION>', 'its number, as `evenkeel history` tells it');
    declareAsking(commander);
  },
  run: async (words, tools) => {
    const [asked = '', file] = words.positional;
    if (!/^[1-9]\d{0,11}$/.test(asked)) {
      tools.err(`evenkeel: ${JSON.stringify(asked)} is no version; "evenkeel history" tells their numbers`);
      return 1;
    }
    const body = { version: Number(asked) };
    const answer = await askAdmin({ method: 'POST', path: '/api/v1/rollback', body }, words, tools, file);
    if (answer === undefined) return 1;
    const same = `nothing is different from version ${asked}`;
    const code = tellChange(answer, { changed: `version ${asked} is in force again`, same }, tools);
    if (code === 0)
      tools.out('  The file was not touched: it is read again when you say so (evenkeel reload), or when it changes under run --watch.');
    return code;
  },
};
