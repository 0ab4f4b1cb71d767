// A configuration of nginx in the place of a document: recognised, translated in memory, reported on, checked and served.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Issue } from '../../control-plane/configuration/issue.ts';
import type { OnRemark, ReadDocument } from '../../control-plane/configuration/read.ts';
import type { FilesRead } from '../../control-plane/configuration/reading/files-read.ts';
import { dataOf } from '../../control-plane/configuration/reading/written.ts';
import type { Entry } from '../../control-plane/nginx/coverage/coverage.ts';
import type { Imported } from '../../control-plane/nginx/import-nginx.ts';
import { looksLikeNginx } from '../../control-plane/nginx/recognise.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
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

interface Serving {
  readonly isWatched: boolean;
  /** What is refused is not served by mistake: it takes a word to serve the rest. */
  readonly servesParts: boolean;
}

export async function serveNginx(file: string, { isWatched, servesParts }: Serving, tools: Tools): Promise<number | undefined> {
  const { importNginx } = await import('../../control-plane/nginx/import-nginx.ts');
  const { reportLines } = await import('../../control-plane/nginx/coverage/report.ts');
  const { withFilesRead } = await import('../../control-plane/configuration/reading/files-read.ts');
  let files: FilesRead = new Map();
  const importNow = async (): Promise<Imported> => {
    const imported = await withFilesRead(() => importNginx(file, tools.folder));
    files = imported.files;
    return imported.value;
  };
  const documentIn = (imported: Imported, onRemark?: OnRemark) =>
    translated(file, imported, { folder: tools.folder, servesParts, onRemark });

  const imported = await importNow();
  for (const line of reportLines(imported.entries, ['approximated', 'refused'])) tools.err(line);
  const read = documentIn(imported);
  if (!read.ok) {
    tools.err(imported.document === undefined ? `evenkeel: ${file} gives no document that could be served` : refusedText(file));
    return 1;
  }
  const readNow = async (onRemark: OnRemark) => documentIn(await importNow(), onRemark);
  return serve(read.value, tools, { watched: isWatched ? () => files : undefined, read: readNow });
}

/** For `check`: what is refused is a mistake, and what is approximated is a remark. */
export async function readNginxFile(file: string, folder: string, onRemark: OnRemark): Promise<Result<ReadDocument, readonly Issue[]>> {
  const { importNginx } = await import('../../control-plane/nginx/import-nginx.ts');
  return translated(file, await importNginx(file, folder), { folder, servesParts: false, onRemark });
}

interface Options {
  readonly folder: string;
  readonly servesParts: boolean;
  readonly onRemark: OnRemark | undefined;
}

function translated(
  file: string,
  { written, document, entries }: Imported,
  { folder, servesParts, onRemark }: Options,
): Result<ReadDocument, readonly Issue[]> {
  const told = (verdict: Entry['verdict']): readonly Issue[] => entries.filter((entry) => entry.verdict === verdict).map(issueOf);
  for (const remark of told('approximated')) onRemark?.(remark);
  const refused = told('refused');
  if (document === undefined) return fault([...refused, { ...unplaced, file, message: 'this gives no document that could be served' }]);
  if (refused.length > 0 && !servesParts) return fault(refused);
  for (const remark of refused) onRemark?.({ ...remark, message: `refused: ${remark.message}` });
  return success({ document, written: dataOf(file, written, folder) });
}

const unplaced = { line: undefined, column: undefined, path: '', value: undefined, nearest: undefined };

const issueOf = ({ place: { file, line }, directive = '', note }: Entry): Issue => ({
  ...unplaced,
  file,
  line,
  path: directive,
  message: note,
});

export const refusedText = (file: string): string =>
  `evenkeel: parts of ${file} are refused; \`evenkeel run --partial ${file}\` serves the rest, \`evenkeel import nginx ${file}\` prints the whole report and the document`;
