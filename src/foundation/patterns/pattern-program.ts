// The tree of a regular expression as a program for a machine that follows all its ways at once (K. Thompson, "Regular Expression
// Search Algorithm", CACM 11(6), 1968; R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
import type { Result } from '../basics/result.ts';
import { fault, success } from '../basics/result.ts';
import type { CodeRanges, ParsedPattern, PatternTree } from './pattern-tree.ts';

export type Step =
  /** Takes one character, and goes on with the next step. */
  | { readonly kind: 'codes'; readonly ranges: CodeRanges }
  /** Goes both ways, and would rather go the first. */
  | { readonly kind: 'fork'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  /** Remembers the place in the text. */
  | { readonly kind: 'mark'; readonly slot: number }
  | { readonly kind: 'edge'; readonly atEnd: boolean }
  | { readonly kind: 'match' };

export interface Program {
  readonly steps: readonly Step[];
  readonly groups: readonly string[];
}

/** Work for each character is at most this. Counts are written out: `a{100}` has a hundred steps. */
const mostSteps = 2000;

export function compilePattern({ tree, groups }: ParsedPattern): Result<Program, string> {
  const steps: Step[] = [];
  const fits = write(tree, steps);
  if (!fits || steps.length >= mostSteps) return fault(`is too long: with its counts written out it has more than ${mostSteps} steps`);
  steps.push({ kind: 'match' });
  return success({ steps, groups });
}

/** False when it became too long. */
function write(tree: PatternTree, steps: Step[]): boolean {
  if (steps.length > mostSteps) return false;
  switch (tree.kind) {
    case 'empty':
      return true;
    case 'codes':
    case 'edge':
      steps.push(tree);
      return true;
    case 'sequence':
      return tree.parts.every((part) => write(part, steps));
    case 'choice':
      return writeChoice(tree.options, steps);
    case 'group':
      return writeGroup(tree.index, tree.body, steps);
    case 'repeat':
      return writeRepeat(tree, steps);
  }
}

function writeGroup(index: number, body: PatternTree, steps: Step[]): boolean {
  steps.push({ kind: 'mark', slot: 2 * index });
  const fits = write(body, steps);
  steps.push({ kind: 'mark', slot: 2 * index + 1 });
  return fits;
}

function writeChoice(options: readonly PatternTree[], steps: Step[]): boolean {
  const jumps: number[] = [];
  const fits = options.every((option, index) => {
    const isLast = index === options.length - 1;
    const fork = isLast ? -1 : steps.push({ kind: 'match' }) - 1;
    if (!write(option, steps)) return false;
    if (isLast) return true;
    jumps.push(steps.push({ kind: 'match' }) - 1);
    steps[fork] = { kind: 'fork', first: fork + 1, second: steps.length };
    return true;
  });
  for (const jump of jumps) steps[jump] = { kind: 'jump', to: steps.length };
  return fits;
}

function writeRepeat({ body, least, most, greedy }: PatternTree & { kind: 'repeat' }, steps: Step[]): boolean {
  for (let count = 0; count < least; count++) if (!write(body, steps)) return false;
  if (most === Number.POSITIVE_INFINITY) return writeLoop(body, greedy, steps);
  const forks: number[] = [];
  for (let count = least; count < most; count++) {
    forks.push(steps.push({ kind: 'match' }) - 1);
    if (!write(body, steps)) return false;
  }
  for (const fork of forks) steps[fork] = forkTo(fork + 1, steps.length, greedy);
  return true;
}

function writeLoop(body: PatternTree, greedy: boolean, steps: Step[]): boolean {
  const fork = steps.push({ kind: 'match' }) - 1;
  const fits = write(body, steps);
  steps.push({ kind: 'jump', to: fork });
  steps[fork] = forkTo(fork + 1, steps.length, greedy);
  return fits;
}

const forkTo = (into: number, past: number, greedy: boolean): Step =>
  greedy ? { kind: 'fork', first: into, second: past } : { kind: 'fork', first: past, second: into };
