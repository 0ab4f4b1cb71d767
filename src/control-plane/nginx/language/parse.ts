// From words to directives with their blocks. What nginx itself would not start with is a mistake here too, with its place.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { Directive, Place } from './directive.ts';
import type { Misreading, Token } from './tokens.ts';
import { tokensOf } from './tokens.ts';

export interface Mistake {
  readonly place: Place;
  readonly message: string;
}

/** Deeper than anybody nests; keeps the stack of whoever walks the tree small. */
const mostDepth = 32;

interface OpenBlock {
  readonly directives: Directive[];
  /** What the block belongs to; undefined for the file as a whole. */
  readonly owner: { readonly words: readonly Token[] } | undefined;
}

export function parseNginx(file: string, text: string): Result<readonly Directive[], Mistake> {
  const tokens = tokensOf(text);
  if (!tokens.ok) return mistaken(file, tokens.fault);
  const read = directivesOf(file, tokens.value);
  return 'message' in read ? mistaken(file, read) : success(read.directives);
}

const mistaken = (file: string, { line, message }: Misreading): Result<never, Mistake> => fault({ place: { file, line }, message });

function directivesOf(file: string, tokens: readonly Token[]): { readonly directives: readonly Directive[] } | Misreading {
  const open: OpenBlock[] = [{ directives: [], owner: undefined }];
  let words: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    const problem = complaint(token, words, open.length);
    if (problem !== undefined) return { line: token.line, message: problem };
    if (token.kind === ';') itemAt(open, open.length - 1).directives.push(directiveOf(file, words, undefined));
    else if (token.kind === '{') open.push({ directives: [], owner: { words } });
    else close(file, open);
    words = [];
  }
  return unfinished(words, open) ?? { directives: itemAt(open, 0).directives };
}

function complaint({ kind }: Token, words: readonly Token[], depth: number): string | undefined {
  const [first] = words;
  if (kind === '}') {
    if (first !== undefined) return `"${first.text}" is not ended by ";" before this "}"`;
    return depth === 1 ? 'there is no block that this "}" could close' : undefined;
  }
  if (first === undefined) return `there is no directive before this "${kind}"`;
  return kind === '{' && depth > mostDepth ? `blocks are nested deeper than ${mostDepth}` : undefined;
}

function close(file: string, open: OpenBlock[]): void {
  const { directives, owner } = itemAt(open, open.length - 1);
  open.pop();
  itemAt(open, open.length - 1).directives.push(directiveOf(file, owner?.words ?? [], directives));
}

function unfinished(words: readonly Token[], open: readonly OpenBlock[]): Misreading | undefined {
  const [first] = words;
  if (first !== undefined) return { line: first.line, message: `"${first.text}" is not ended by ";" before the file ends` };
  const owner = open.at(-1)?.owner?.words[0];
  return owner === undefined ? undefined : { line: owner.line, message: `the block of "${owner.text}" is never closed by "}"` };
}

function directiveOf(file: string, words: readonly Token[], block: readonly Directive[] | undefined): Directive {
  const [name, ...args] = words;
  return { name: name?.text ?? '', args: args.map(({ text }) => text), place: { file, line: name?.line ?? 1 }, block };
}
