// `evenkeel version`: which Evenkeel this is, and which Node.js runs it.
import type { Command } from '../command.ts';
import { ownVersion } from '../own-version.ts';

export const version: Command = {
  name: 'version',
  summary: 'Tell the version of Evenkeel and of the Node.js that runs it.',
  declare: () => undefined,
  run: async (_words, { out }) => {
    out(`evenkeel ${await ownVersion()} (Node.js ${process.versions.node})`);
    return 0;
  },
};
