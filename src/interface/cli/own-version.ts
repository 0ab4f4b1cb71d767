// Evenkeel's own version, as its package says.
import { readFile } from 'node:fs/promises';

export async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  // The project's own file, whose version is a text.
  return (JSON.parse(text) as { readonly version: string }).version;
}
