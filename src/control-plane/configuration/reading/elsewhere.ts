// Values that do not stand in the document: `${env:NAME}` from the environment, `${file:PATH}` from a file, for secrets above all. `$${` stands for
// the characters `${`. What came from elsewhere is never printed: people are shown what was written in its place.
import { resolve } from 'node:path';
import type { Finding, Path } from '../issue.ts';
import { nearestTo, pathText } from '../issue.ts';
import type { Hidden } from './hidden.ts';
import { textInFile } from './text-file.ts';

export interface Filled {
  /** The document as it is read on. */
  readonly value: unknown;
  readonly hidden: readonly Hidden[];
  readonly findings: readonly Finding[];
}

/** More than keys and pages of last resort have. */
const mostBytes = 256 * 1024;
/** A document in TypeScript might hold itself. */
const deepest = 64;

const marks = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** `folderOf` tells where ways to files begin. Leaves alone what it was given. */
export async function fillIn(value: unknown, folderOf: (path: Path) => string): Promise<Filled> {
  if (!hasMarks(value)) return { value, hidden: [], findings: [] };
  const asked = new Map<string, Asked>();
  collect(value, [], (name, path) => asked.set(keyOf(name, folderOf(path)), { name, folder: folderOf(path) }));
  const answers = new Map(
    await Promise.all([...asked].map(async ([key, { name, folder }]) => [key, await answerTo(name, folder)] as const)),
  );
  const filling: Filling = { answerTo: (name, path) => answers.get(keyOf(name, folderOf(path))), hidden: [], findings: [] };
  const filled = replaced(value, [], filling);
  return { value: filled, hidden: filling.hidden, findings: filling.findings };
}

interface Asked {
  readonly name: string;
  readonly folder: string;
}

/** No folder has this sign in its name. */
const keyOf = (name: string, folder: string): string => `${folder}\0${name}`;

/** Whether there is anything to do: in most documents there is not. */
function hasMarks(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.includes('${');
  if (typeof value !== 'object' || value === null || depth > deepest) return false;
  return Object.values(value).some((item) => hasMarks(item, depth + 1));
}

function collect(value: unknown, path: Path, ask: (name: string, path: Path) => void): void {
  if (typeof value === 'string') {
    for (const name of namesIn(value)) ask(name, path);
  } else if (Array.isArray(value) && path.length <= deepest) {
    for (const [index, item] of value.entries()) collect(item, [...path, index], ask);
  } else if (typeof value === 'object' && value !== null && path.length <= deepest) {
    for (const [key, item] of Object.entries(value)) collect(item, [...path, key], ask);
  }
}

const namesIn = (text: string): readonly string[] =>
  text.includes('${') ? [...text.matchAll(marks)].flatMap(([, name]) => (name === undefined ? [] : [name])) : [];

interface Filling {
  readonly answerTo: (name: string, path: Path) => Answer | undefined;
  readonly hidden: Hidden[];
  readonly findings: Finding[];
}

/** A copy as far as something differs, so that what was written stays. */
function replaced(value: unknown, path: Path, filling: Filling): unknown {
  if (typeof value === 'string') return value.includes('${') ? filledText(value, path, filling) : value;
  if (typeof value !== 'object' || value === null || path.length > deepest) return value;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => replaced(item, [...path, index], filling));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let differs = false;
  const entries = Object.entries(value).map(([key, item]) => {
    const filled: unknown = typeof item === 'string' || typeof item === 'object' ? replaced(item, [...path, key], filling) : item;
    differs ||= filled !== item;
    return [key, filled] as const;
  });
  return differs ? Object.fromEntries(entries) : value;
}

function filledText(text: string, path: Path, { answerTo: answered, hidden, findings }: Filling): string {
  return text.replace(marks, (mark: string, name: string | undefined, end: string | undefined) => {
    if (name === undefined) return '${';
    const answer: Answer =
      end === '' ? { fault: `"${mark.slice(0, 40)}" has no end; expected "}"` } : (answered(name, path) ?? noSuch(name));
    if ('text' in answer) {
      hidden.push({ path: pathText(path), text: answer.text, written: mark });
      return answer.text;
    }
    findings.push({ path, message: answer.fault, nearest: answer.nearest });
    return mark;
  });
}

type Answer = { readonly text: string } | { readonly fault: string; readonly nearest?: string | undefined };

const noSuch = (name: string): Answer => ({
  fault: `"\${${name.slice(0, 40)}}" stands for nothing; expected \${env:NAME} or \${file:PATH}, or "$\${" for the characters "\${"`,
});

async function answerTo(asked: string, folder: string): Promise<Answer> {
  const [, kind, name = ''] = /^(env|file):(.+)$/.exec(asked) ?? [];
  if (kind === undefined) return noSuch(asked);
  if (kind === 'file') return answerFromFile(name, folder);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { fault: `"${name}" cannot be the name of an environment variable` };
  const text = process.env[name];
  if (text !== undefined) return { text };
  // Names of the environment are nobody's secret, but nobody needs all of them.
  return { fault: `there is no environment variable ${name}; set it for the program that reads this document`, nearest: nearestName(name) };
}

const nearestName = (name: string): string | undefined => nearestTo(name, Object.keys(process.env));

/** Files of secrets end with a line end that is none of the secret's. */
async function answerFromFile(file: string, folder: string): Promise<Answer> {
  const read = await textInFile(resolve(folder, file), mostBytes, () => `the file has more than ${mostBytes / 1024} KiB`);
  if (read.ok) return { text: read.value.replace(/^\uFEFF/, '').replace(/\r?\n$/, '') };
  const begin = file.startsWith('/') ? '' : '; the way to it begins where this document is';
  return { fault: `${file}: ${read.fault}${read.fault === 'there is no such file' ? begin : ''}` };
}
