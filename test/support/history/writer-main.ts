// A process that keeps one version after the other in a folder, as fast as it can, and says the number of each once it is kept; until it is killed.
import { openFolder } from '../../../src/control-plane/changing/history/folder-history.ts';
import { versionOf } from './versions.ts';

const opened = await openFolder({ folder: process.argv[2] ?? '', keep: 8, log: console });
if (opened.kind !== 'open') throw new Error(opened.reason);
const { history } = opened;
for (;;) {
  const number = history.next;
  // Long enough for a kill to come while it is written.
  await history.add(versionOf(number, 2000 + (number % 7) * 3000));
  process.stdout.write(`kept ${number}\n`);
}
