// A text from a file, up to a size: what is longer, what never ends and what is no text is refused with the reason.
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import { noteFile } from './files-read.ts';

/** Reads pipes and devices as well, as far as they go. The fault says what is wrong with "the file". */
export async function textInFile(path: string, mostBytes: number, tooLarge: (size: string) => string): Promise<Result<string, string>> {
  await noteFile(path);
  try {
    await using handle = await open(path);
    const about = await handle.stat();
    if (about.isDirectory()) return fault('this is a folder, not a file');
    if (about.size > mostBytes) return fault(tooLarge(`${Math.ceil(about.size / 1024 ** 2)} MiB`));
    const bytes = await bytesIn(handle, mostBytes);
    if (bytes === undefined) return fault(tooLarge(`more than ${Math.floor(mostBytes / 1024)} KiB`));
    return success(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    return fault(unreadable(error));
  }
}

/** Undefined when there are more. */
async function bytesIn(handle: FileHandle, mostBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read({ buffer: new Uint8Array(256 * 1024) });
    if (bytesRead === 0) return Buffer.concat(parts);
    size += bytesRead;
    if (size > mostBytes) return undefined;
    parts.push(buffer.subarray(0, bytesRead));
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  if (code === 'EACCES') return 'the file may not be read; give this user the right to read it';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'the file is not UTF-8 text';
  return `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
