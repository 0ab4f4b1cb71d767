// What a document says of its admin server, and nothing else of it: whoever asks the program that serves by a document must find it also when the
// document has mistakes since.
import { dirname, resolve } from 'node:path';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { AdminSettings } from './admin-settings.ts';
import { adminSettings } from './admin-settings.ts';
import { readAdminTls } from './admin-tls.ts';
import { explain } from './explain.ts';
import type { Issue, Source } from './issue.ts';
import { issueOf, valueAt } from './issue.ts';
import { readModule } from './module-source.ts';
import { isProgram } from './read.ts';
import { mergeParts } from './reading/merge.ts';
import { filledSource, readNamed, readParts } from './reading/parts.ts';

/** Undefined where it has none. */
export async function readAdmin(file: string, folder: string): Promise<Result<AdminSettings | undefined, readonly Issue[]>> {
  const path = resolve(folder, file);
  const found = isProgram(path) ? await programIn(file, path) : await textIn(file, path);
  if (!found.ok) return found;
  const source = found.value;
  const written = valueAt(source.value, ['admin']);
  if (written === undefined) return success(undefined);
  const parsed = adminSettings.safeParse(written);
  if (!parsed.success) {
    const findings = parsed.error.issues.flatMap((issue) =>
      explain({ ...issue, path: ['admin', ...issue.path] }, source.written ?? source.value),
    );
    return fault(findings.map((finding) => issueOf(source, finding)));
  }
  const { findings, pem } = await readAdminTls(source.value, (at) => source.folder?.(at) ?? dirname(path));
  if (findings.length > 0) return fault(findings.map((finding) => issueOf(source, finding)));
  return success({ ...parsed.data, ...(pem === undefined ? {} : { tls: pem }) });
}

async function programIn(file: string, path: string): Promise<Result<Source, readonly Issue[]>> {
  const run = await readModule(file, path);
  return run.ok ? success(await filledSource(run.value, () => dirname(path), [])) : run;
}

async function textIn(file: string, path: string): Promise<Result<Source, readonly Issue[]>> {
  const named = await readNamed(file, path);
  if (!named.ok) return named;
  const read = await readParts(named.value, dirname(path), path);
  return read.ok ? success(mergeParts(read.value.parts).source) : read;
}
