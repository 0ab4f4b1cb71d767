// From a file to a checked document with every default filled in, or to all of its mistakes at once.
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import type { PolicySettings } from '../../domain/balancing/policy-settings.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { readAuthorities, withAuthorities } from './authorities.ts';
import type { Document } from './document.ts';
import { documentSettings } from './document.ts';
import { explain } from './explain.ts';
import type { Issue, Source } from './issue.ts';
import { fileIssue, issueOf, pathText } from './issue.ts';
import { readModule } from './module-source.ts';
import { checkOwnPolicies } from './own-policies.ts';
import type { TextToRead } from './reading/text-source.ts';
import { readText } from './reading/text-source.ts';
import { checkReferences } from './references.ts';
import { remarksOn } from './remarks.ts';

const modules: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

/** Told of what is hardly meant so in a document that is good. */
export type OnRemark = (remark: Issue) => void;

/** The ending tells the format: TypeScript and JavaScript are run, `.json` is JSON, anything else is YAML. `folder` is where the way to `file` begins. */
export async function readDocument(file: string, folder = '.', onRemark?: OnRemark): Promise<Result<Document, readonly Issue[]>> {
  const path = resolve(folder, file);
  const text = await textOf(file, path);
  if (!text.ok) return text;

  const ending = extname(path);
  const folderOfFile = dirname(path);
  if (!modules.includes(ending))
    return parseDocument({ file, text: text.value, format: ending === '.json' ? 'json' : 'yaml' }, folderOfFile, onRemark);
  const source = await readModule(file, path);
  return source.ok ? checkDocument(source.value, { folder: folderOfFile, onRemark }) : source;
}

/** The same for a text at hand. `folder` is where the ways to policies of the user's own begin. */
export async function parseDocument(text: TextToRead, folder = '.', onRemark?: OnRemark): Promise<Result<Document, readonly Issue[]>> {
  const read = readText(text);
  if (!read.ok) return read;
  const { source, issues } = read.value;
  return checkDocument(source, { known: issues, folder, onRemark });
}

export interface CheckOptions {
  /** Issues that were already found in the text. */
  readonly known?: readonly Issue[];
  readonly folder?: string;
  readonly onRemark?: OnRemark | undefined;
}

/** The same for data. */
export async function checkDocument(
  source: Source,
  { known = [], folder = '.', onRemark }: CheckOptions = {},
): Promise<Result<Document, readonly Issue[]>> {
  const parsed = documentSettings.safeParse(source.value);
  const inShape = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, source.value));
  // A value that is wrong in itself is told of once.
  const told = new Set(inShape.map(({ path }) => pathText(path)));
  const own = await checkOwnPolicies(source.value, folder);
  const files = await readAuthorities(source.value, folder);
  const between = [...checkReferences(source.value), ...files.findings].filter(({ path }) => !told.has(pathText(path)));
  const findings = [...inShape, ...between, ...own.findings];

  const issues = [...known, ...findings.map((finding) => issueOf(source, finding))];
  if (!parsed.success || issues.length > 0) return fault(issues.sort(inOrderOfText));
  if (onRemark !== undefined) for (const remark of [...remarksOn(parsed.data, source)].sort(inOrderOfText)) onRemark(remark);
  return success(withAuthorities(withPolicies(parsed.data, own.settings), files.authorities));
}

/** What was checked against the user's policies takes the place of what was written. */
function withPolicies(document: Document, settings: ReadonlyMap<string, PolicySettings>): Document {
  const pools = Object.entries(document.pools).map(([name, pool]) => [name, { ...pool, balance: settings.get(name) ?? pool.balance }]);
  return { ...document, pools: Object.fromEntries(pools) };
}

async function textOf(file: string, path: string): Promise<Result<string, readonly Issue[]>> {
  try {
    return success(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
  } catch (error) {
    return fault([fileIssue(file, unreadable(error))]);
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  if (code === 'EACCES') return 'the file may not be read; give this user the right to read it';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'the file is not UTF-8 text';
  return `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** Issues without a place keep their order; the sort is stable. */
const inOrderOfText = (one: Issue, other: Issue): number => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
