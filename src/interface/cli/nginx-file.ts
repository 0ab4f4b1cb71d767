// A configuration of nginx in the place of a document: recognised, translated in memory, reported on, served.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dataOf } from '../../control-plane/configuration/reading/written.ts';
import { looksLikeNginx } from '../../control-plane/nginx/recognise.ts';
import type { Tools } from './command.ts';
import { serve } from './serve.ts';

export async function isNginxFile(file: string, folder: string): Promise<boolean> {
  try {
    return looksLikeNginx(file, await readFile(resolve(folder, file), 'utf8'));
  } catch {
    // Whoever reads it as a document says what is wrong with it.
    return false;
  }
}

/** What is refused is not served by mistake: it takes a word to serve the rest. */
export async function serveNginx(file: string, servesParts: boolean, tools: Tools): Promise<number | undefined> {
  const { importNginx } = await import('../../control-plane/nginx/import-nginx.ts');
  const { countsOf, reportLines } = await import('../../control-plane/nginx/coverage/report.ts');
  const { written, document, entries } = await importNginx(file, tools.folder);
  for (const line of reportLines(entries, ['approximated', 'refused'])) tools.err(line);
  if (document === undefined) {
    tools.err(`evenkeel: ${file} gives no document that could be served`);
    return 1;
  }
  if (countsOf(entries).refused > 0 && !servesParts) {
    tools.err(
      `evenkeel: parts of ${file} are refused; \`evenkeel run --partial ${file}\` serves the rest, \`evenkeel import nginx ${file}\` prints the whole report and the document`,
    );
    return 1;
  }
  return serve({ document, written: dataOf(file, written, tools.folder) }, tools);
}
