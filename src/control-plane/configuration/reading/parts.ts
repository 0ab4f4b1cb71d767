// The files of a document: the one that was named and those that it includes, each read once, in the order in which they are named.
import { glob } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { Finding, Issue, Path, Source } from '../issue.ts';
import { fileIssue, issueOf, shown, valueAt } from '../issue.ts';
import { fillIn } from './elsewhere.ts';
import { notePattern } from './files-read.ts';
import { textInFile } from './text-file.ts';
import type { TextToRead } from './text-source.ts';
import { largestText, readText, tooLarge } from './text-source.ts';

/** One file of a document. */
export interface Part {
  readonly source: Source;
  /** Where ways to files begin that are named in it. */
  readonly folder: string;
}

export interface Parts {
  /** The one that was named comes first. */
  readonly parts: readonly Part[];
  /** Mistakes that leave the rest readable, and what is no mistake. */
  readonly issues: readonly Issue[];
  readonly remarks: readonly Issue[];
}

const programs: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
/** More than anybody keeps in order by hand. */
const mostFiles = 1000;

export const formatOf = (file: string): 'yaml' | 'json' => (extname(file) === '.json' ? 'json' : 'yaml');

/** `path` is undefined for a text that stands in no file. */
export async function readParts(first: TextToRead, folder: string, path?: string): Promise<Result<Parts, readonly Issue[]>> {
  const gathering: Gathering = { parts: [], issues: [], broken: [], remarks: [], files: new Map() };
  if (path !== undefined) gathering.files.set(path, first.file);
  await gather(first, folder, path === undefined ? [] : [{ path, file: first.file }], gathering);
  const { parts, issues, broken, remarks } = gathering;
  // With a part missing, every name that stands in it would be called missing as well.
  return broken.length > 0 ? fault([...broken, ...issues]) : success({ parts, issues, remarks });
}

interface Gathering {
  readonly parts: Part[];
  readonly issues: Issue[];
  /** Mistakes that leave a part out. */
  readonly broken: Issue[];
  readonly remarks: Issue[];
  /** By path, what was read and the name it is told by. */
  readonly files: Map<string, string>;
}

interface Step {
  readonly path: string;
  readonly file: string;
}

/** `way` leads from the file that was named to the one that is read, for includes that go in a circle. */
async function gather(text: TextToRead, folder: string, way: readonly Step[], gathering: Gathering): Promise<void> {
  const read = readText(text);
  if (!read.ok) {
    gathering.broken.push(...read.fault);
    return;
  }
  const part = { source: await filledSource(read.value.source, () => folder, gathering.issues), folder };
  gathering.issues.push(...read.value.issues);
  gathering.parts.push(part);
  for (const include of includesIn(part.source, gathering.broken)) await gatherIncluded(include, part, way, gathering);
}

/** The source with what stands elsewhere. */
export async function filledSource(source: Source, folderOf: (path: Path) => string, issues: Issue[]): Promise<Source> {
  const { value, hidden, findings } = await fillIn(source.value, folderOf);
  issues.push(...findings.map((finding) => issueOf(source, finding)));
  return value === source.value ? source : { ...source, value, written: source.value, hidden };
}

interface Include {
  readonly finding: (message: string) => Finding;
  readonly pattern: string;
}

function includesIn(source: Source, broken: Issue[]): readonly Include[] {
  const written = valueAt(source.value, ['include']);
  if (written === undefined) return [];
  const list: readonly unknown[] = Array.isArray(written) ? written : [written];
  return list.flatMap((pattern, index): readonly Include[] => {
    const finding = (message: string): Finding => ({ path: Array.isArray(written) ? ['include', index] : ['include'], message });
    if (typeof pattern === 'string' && pattern !== '') return [{ finding, pattern }];
    broken.push(issueOf(source, finding(`expected files such as [pools/*.yaml], got ${shown(pattern)}`)));
    return [];
  });
}

async function gatherIncluded({ finding, pattern }: Include, part: Part, way: readonly Step[], gathering: Gathering): Promise<void> {
  const complain = (message: string): void => void gathering.broken.push(issueOf(part.source, finding(message)));
  const isPattern = /[*?[{]/.test(pattern);
  if (isPattern) await notePattern(pattern, part.folder);
  const found = isPattern ? (await Array.fromAsync(glob(pattern, { cwd: part.folder }))).sort() : [pattern];
  if (found.length === 0) gathering.remarks.push(issueOf(part.source, finding(`no file is like ${pattern}: nothing is included`)));
  for (const name of found) {
    const path = resolve(part.folder, name);
    const file = isAbsolute(name) ? name : join(dirname(part.source.file), name);
    const circle = way.findIndex((step) => step.path === path);
    if (circle !== -1) {
      complain(`the includes go in a circle: ${[...way.slice(circle).map((step) => step.file), file].join(' → ')}`);
    } else if (gathering.files.has(path)) {
      complain(`${file} is included already; each file is read once`);
    } else if (programs.includes(extname(path))) {
      complain(`${basename(file)} is a program; expected files in YAML or JSON. A document in TypeScript imports what it needs`);
    } else if (gathering.files.size >= mostFiles) {
      complain(`expected ${mostFiles} files at most`);
      return;
    } else {
      gathering.files.set(path, file);
      const text = await textInFile(path, largestText, tooLarge);
      if (text.ok) await gather({ file, text: text.value, format: formatOf(path) }, dirname(path), [...way, { path, file }], gathering);
      else complain(isPattern ? `${file}: ${text.fault}` : `${pattern}: ${text.fault}${beginning(pattern, text.fault)}`);
    }
  }
}

const beginning = (pattern: string, reason: string): string =>
  isAbsolute(pattern) || reason !== 'there is no such file' ? '' : '; the way to it begins where this document is';

/** For what is read from a file that was named by hand. */
export async function readNamed(file: string, path: string): Promise<Result<TextToRead, readonly Issue[]>> {
  const text = await textInFile(path, largestText, tooLarge);
  return text.ok ? success({ file, text: text.value, format: formatOf(path) }) : fault([fileIssue(file, text.fault)]);
}
