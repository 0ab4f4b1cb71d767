// A version as the text of a file: what is shown of it on the first line, so that a list needs no more than that, all the rest on the second.
// The first line says how long the second is and what its checksum is, so that what is cut off or damaged is told from what is whole.
import { crc32 } from 'node:zlib';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import { isSection } from '../../configuration/reading/written.ts';
import type { Version, VersionHead } from './history.ts';
import { headOf } from './history.ts';

/** Raised when a file means something else than before. */
const format = 1;

interface FirstLine {
  readonly format: number;
  readonly head: VersionHead;
  readonly rest: { readonly bytes: number; readonly crc32: number };
}

export function versionText(version: Version): string {
  const { difference, written, layer, fileMark } = version;
  const rest = `${JSON.stringify({ difference, written, layer, fileMark })}\n`;
  const first: FirstLine = { format, head: headOf(version), rest: { bytes: Buffer.byteLength(rest), crc32: crc32(rest) } };
  return `${JSON.stringify(first)}\n${rest}`;
}

/** `start` is as much of the file as a first line can have, `size` that of the whole file. The fault says what is wrong with the file. */
export function readHead(start: Buffer, size: number): Result<VersionHead, string> {
  const first = firstLine(start);
  if (!first.ok) return first;
  const { head, rest, length } = first.value;
  return size === length + rest.bytes ? success(head) : fault('it is cut off, or something was added to it');
}

export function readVersion(bytes: Buffer): Result<Version, string> {
  const first = firstLine(bytes);
  if (!first.ok) return first;
  const rest = bytes.subarray(first.value.length);
  if (rest.length !== first.value.rest.bytes || crc32(rest) !== first.value.rest.crc32)
    return fault('it is damaged, or was changed by hand');
  // Its checksum says that it is as it was written.
  return success({ ...first.value.head, ...(JSON.parse(String(rest)) as Omit<Version, keyof VersionHead>) });
}

/** No name in it is longer than a document allows, and words name few. */
export const longestHead = 64 * 1024;

function firstLine(bytes: Buffer): Result<FirstLine & { readonly length: number }, string> {
  const end = bytes.subarray(0, longestHead).indexOf('\n');
  if (end === -1) return fault(bytes.length === 0 ? 'it is empty' : 'it is no version');
  try {
    const value = JSON.parse(String(bytes.subarray(0, end))) as unknown;
    if (!isSection(value) || !isSection(value['head']) || !isSection(value['rest'])) return fault('it is no version');
    if (value['format'] !== format) return fault(`it was written by another version of Evenkeel (format ${String(value['format'])})`);
    // What has these parts was written above.
    return success({ ...(value as unknown as FirstLine), length: end + 1 });
  } catch {
    return fault('it is no version');
  }
}
