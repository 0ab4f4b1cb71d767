// From a file to a checked document with every default filled in, or to all of its mistakes at once.
import { dirname, extname, resolve } from 'node:path';
import type { PolicySettings } from '../../domain/balancing/policy-settings.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { readAdminTls, withAdminTls } from './admin-tls.ts';
import { readAuthorities, withAuthorities } from './authorities.ts';
import type { Document } from './document.ts';
import { documentSettings } from './document.ts';
import { explain } from './explain.ts';
import type { Issue, Path, Source } from './issue.ts';
import { fileIssue, issueOf, pathText, valueAt } from './issue.ts';
import { readModule } from './module-source.ts';
import { checkOwnPolicies } from './own-policies.ts';
import { mergeParts } from './reading/merge.ts';
import { filledSource, readNamed, readParts } from './reading/parts.ts';
import type { TextToRead } from './reading/text-source.ts';
import type { WrittenData } from './reading/written.ts';
import { sourceOf, writtenData } from './reading/written.ts';
import { checkReferences } from './references.ts';
import { remarksOn } from './remarks.ts';
import { withWatchedFiles } from './watched-files.ts';

const modules: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

export const isProgram = (path: string): boolean => modules.includes(extname(path));

/** Told of what is hardly meant so in a document that is good. */
export type OnRemark = (remark: Issue) => void;

/** A document, and what stood in its files. */
export interface ReadDocument {
  readonly document: Document;
  readonly written: WrittenData;
}

/**
 * The ending tells the format: TypeScript and JavaScript are run, `.json` is JSON, anything else is YAML. `folder` is where the way to `file`
 * begins. What it includes, and values that stand elsewhere, are read with it.
 */
export async function readDocument(file: string, folder = '.', onRemark?: OnRemark): Promise<Result<Document, readonly Issue[]>> {
  return documentOf(await readWritten(file, folder, onRemark));
}

const documentOf = (read: Result<ReadDocument, readonly Issue[]>): Result<Document, readonly Issue[]> =>
  read.ok ? success(read.value.document) : read;

/** The same with what was written. */
export async function readWritten(file: string, folder = '.', onRemark?: OnRemark): Promise<Result<ReadDocument, readonly Issue[]>> {
  const path = resolve(folder, file);
  const named = await readNamed(file, path);
  if (!named.ok) return named;
  return isProgram(path) ? readProgram(file, path, onRemark) : readAll(named.value, { folder: dirname(path), path, onRemark });
}

async function readProgram(file: string, path: string, onRemark?: OnRemark): Promise<Result<ReadDocument, readonly Issue[]>> {
  const run = await readModule(file, path);
  if (!run.ok) return run;
  const folder = dirname(path);
  const known: Issue[] = [];
  const source = await filledSource(run.value, () => folder, known);
  if (valueAt(source.value, ['include']) !== undefined) {
    const message = 'a document in TypeScript imports what it needs; "include" is for YAML and JSON';
    known.push(issueOf(source, { path: ['include'], message }));
  }
  return checkSource(source, { known, folder, onRemark });
}

/** The same for a text at hand. `folder` is where the ways to other files begin. */
export async function parseDocument(text: TextToRead, folder = '.', onRemark?: OnRemark): Promise<Result<Document, readonly Issue[]>> {
  return documentOf(await readAll(text, { folder, onRemark }));
}

interface ReadOptions {
  readonly folder: string;
  readonly path?: string;
  readonly onRemark?: OnRemark | undefined;
}

async function readAll(text: TextToRead, { folder, path, onRemark }: ReadOptions): Promise<Result<ReadDocument, readonly Issue[]>> {
  const read = await readParts(text, folder, path);
  if (!read.ok) return fault([...read.fault].sort(inOrderOfText));
  const { parts, issues, remarks } = read.value;
  const merged = mergeParts(parts);
  return checkSource(merged.source, { known: [...issues, ...merged.issues], remarks, folder, onRemark });
}

async function checkSource(source: Source, options: CheckOptions): Promise<Result<ReadDocument, readonly Issue[]>> {
  const checked = await checkDocument(source, options);
  return checked.ok ? success({ document: checked.value, written: writtenData(source, resolve(options.folder ?? '.')) }) : checked;
}

/** What was written once, with values from elsewhere as they are now. `file` is what its mistakes are told of. */
export async function checkWritten(data: WrittenData, file = data.file, onRemark?: OnRemark): Promise<Result<Document, readonly Issue[]>> {
  const known: Issue[] = [];
  const { folder } = data;
  const written = sourceOf(data, file);
  const source = await filledSource(written, (path) => written.folder?.(path) ?? folder, known);
  return checkDocument(source, { known, folder, onRemark });
}

export interface CheckOptions {
  /** Issues that were already found in the text. */
  readonly known?: readonly Issue[];
  /** What was found to be unwise in the text. */
  readonly remarks?: readonly Issue[];
  /** Where ways to files begin, unless the source knows better. */
  readonly folder?: string;
  readonly onRemark?: OnRemark | undefined;
}

/** The same for data. */
export async function checkDocument(
  source: Source,
  { known = [], remarks = [], folder = '.', onRemark }: CheckOptions = {},
): Promise<Result<Document, readonly Issue[]>> {
  const parsed = parsedDocument(source.value);
  if (parsed === undefined) return fault([fileIssue(source.file, 'more is wrong than can be told. Is this the right file?')]);
  const inShape = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, source.written ?? source.value));
  // A value that is wrong in itself is told of once.
  const told = new Set(inShape.map(({ path }) => pathText(path)));
  const folderOf = (path: Path): string => source.folder?.(path) ?? folder;
  const own = await checkOwnPolicies(source.value, folderOf);
  const files = await readAuthorities(source.value, folderOf);
  const tls = await readAdminTls(source.value, folderOf);
  const between = [...checkReferences(source.value), ...files.findings, ...tls.findings].filter(({ path }) => !told.has(pathText(path)));
  const findings = [...inShape, ...between, ...own.findings];

  // What stands in the place of a value that is missing says nothing new.
  const missing = new Set(known.flatMap(({ file, path }) => (path === '' ? [] : [`${file} ${path}`])));
  const found = findings.map((finding) => issueOf(source, finding)).filter(({ file, path }) => !missing.has(`${file} ${path}`));
  const issues = [...known, ...found];
  if (!parsed.success || issues.length > 0) return fault(issues.sort(inOrderOfText));
  if (onRemark !== undefined) for (const remark of [...remarks, ...remarksOn(parsed.data, source)].sort(inOrderOfText)) onRemark(remark);
  const document = withAdminTls(withAuthorities(withPolicies(parsed.data, own.settings), files.authorities), tls.pem);
  return success(withWatchedFiles(document, folderOf));
}

/** Undefined where mistakes, or levels, are too many for the call stack: hundreds of thousands. */
function parsedDocument(value: unknown): ReturnType<typeof documentSettings.safeParse> | undefined {
  try {
    return documentSettings.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What was checked against the user's policies takes the place of what was written. */
function withPolicies(document: Document, settings: ReadonlyMap<string, PolicySettings>): Document {
  const pools = Object.entries(document.pools).map(([name, pool]) => [name, { ...pool, balance: settings.get(name) ?? pool.balance }]);
  return { ...document, pools: Object.fromEntries(pools) };
}

/** Issues without a place keep their order; the sort is stable. Of several files, one comes after the other by name. */
const inOrderOfText = (one: Issue, other: Issue): number =>
  compare(one.file, other.file) || (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
