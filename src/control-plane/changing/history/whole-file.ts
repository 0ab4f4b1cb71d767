// A file that is there as a whole or not at all, whatever happens while it is written: the text goes to another file beside it, which takes its name
// when all of it is on the disk.
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What is left over when the program was killed in between ends so. */
export const unfinished = '.unfinished';

/** Resolves when it would outlive a loss of power. Nobody else may read it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}${unfinished}`;
  try {
    await writeThrough(beside, text);
    await rename(beside, path);
    await settle(dirname(path));
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeThrough(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
}

/** The name itself is on the disk, too. */
async function settle(folder: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
