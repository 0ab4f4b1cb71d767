// The files of an nginx configuration on disk. Names are as the configuration writes them; ways begin at the folder of its main file.
import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { fault, success } from '../../foundation/basics/result.ts';
import { identityNow, notePatternRead, noteReadFile } from '../configuration/reading/files-read.ts';
import type { Files } from './language/include.ts';

/** Far above any configuration that people write. */
const mostBytes = 16 * 1024 * 1024;

export function filesFrom(folder: string): Files {
  const pathOf = (file: string): string => (isAbsolute(file) ? file : join(folder, file));
  return {
    read: (file) => {
      try {
        const path = pathOf(file);
        noteReadFile(path, identityNow(path));
        const { size } = statSync(path);
        if (size > mostBytes) return fault(`the file has ${size} bytes, more than the ${mostBytes} that are read`);
        return success(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
      } catch (error) {
        return fault(reasonOf(error));
      }
    },
    // As glob(3) has it: a star does not stand for the dot that hides a file.
    matching: (pattern) => {
      notePatternRead(pattern, folder, () => matching(pattern, folder));
      return matching(pattern, folder);
    },
  };
}

const matching = (pattern: string, folder: string): readonly string[] =>
  globSync(pattern, { cwd: folder })
    .filter((name) => basename(pattern).startsWith('.') || !basename(name).startsWith('.'))
    .sort();

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  if (code === 'EACCES') return 'the file may not be read; give this user the right to read it';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'the file is not UTF-8 text';
  return error instanceof Error ? error.message : String(error);
}
