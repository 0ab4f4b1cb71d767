// Lists of endpoints as files and servers write them: JSON, YAML, or an address on each line. Either a list of what a document writes under
// `endpoints`, or a section with such a list by that name.
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { issueText } from '../configuration/issue.ts';
import { readText } from '../configuration/reading/text-source.ts';

const forms = 'a list such as ["10.0.0.1:8080"] or { "endpoints": ["10.0.0.1:8080"] }';

export function entriesInJson(text: string): Result<readonly unknown[], string> {
  try {
    return listIn(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    return fault(`this is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The ending tells JSON and YAML; any other file has an address on each line, and `#` begins a comment. */
export function entriesInFile(path: string, text: string): Result<readonly unknown[], string> {
  if (path.endsWith('.json')) return entriesInJson(text);
  if (!/\.ya?ml$/.test(path)) return success(entriesInLines(text));
  // Nothing but comments is an empty list, as in the other formats.
  if (text.replace(/^\s*#.*$/gm, '').trim() === '') return success([]);
  const read = readText({ file: 'line', text, format: 'yaml' });
  if (!read.ok) return fault(read.fault.map((issue) => issueText(issue)).join('; '));
  return listIn(read.value.source.value);
}

function entriesInLines(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

function listIn(value: unknown): Result<readonly unknown[], string> {
  if (Array.isArray(value)) return success(value);
  const inner = typeof value === 'object' && value !== null && 'endpoints' in value ? value.endpoints : undefined;
  return Array.isArray(inner) ? success(inner) : fault(`expected ${forms}`);
}
