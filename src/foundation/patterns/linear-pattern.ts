// A regular expression whose time grows with the length of the text and no faster, whatever the expression and whoever wrote the text.
// It finds what JavaScript's own finds; decisions/0017 tells why that is not used.
import type { Result } from '../basics/result.ts';
import { success } from '../basics/result.ts';
import type { Found } from './pattern-captures.ts';
import { CaptureMachine } from './pattern-captures.ts';
import { parsePattern } from './pattern-parser.ts';
import type { Program } from './pattern-program.ts';
import { compilePattern } from './pattern-program.ts';
import { StateMachine } from './pattern-states.ts';
import type { PatternTree } from './pattern-tree.ts';

export class LinearPattern {
  /** Names of the groups by their number; '' for one without. */
  readonly groups: readonly string[];
  /** Whatever matches begins with this; '' when nothing is known. */
  readonly prefix: string;
  readonly #program: Program;
  readonly #states: StateMachine;
  #captures: CaptureMachine | undefined = undefined;

  constructor(program: Program, prefix: string) {
    this.#program = program;
    this.#states = new StateMachine(program);
    this.groups = program.groups;
    this.prefix = prefix;
  }

  /** Whether it matches somewhere in the text. */
  test(text: string): boolean {
    return this.#states.test(text);
  }

  /** The first match and its groups; undefined when there is none. */
  find(text: string): Found | undefined {
    if (!this.#states.test(text)) return undefined;
    this.#captures ??= new CaptureMachine(this.#program);
    return this.#captures.find(text);
  }
}

/**
 * `(?i)` in front ignores case as well, as in PCRE. The fault ends a sentence that begins with the expression: "looks ahead or behind,
 * which cannot be answered in linear time".
 */
export function linearPattern(text: string, ignoreCase = false): Result<LinearPattern, string> {
  const isMarked = text.startsWith('(?i)');
  const parsed = parsePattern(isMarked ? text.slice(4) : text, ignoreCase || isMarked);
  if (!parsed.ok) return parsed;
  const program = compilePattern(parsed.value);
  return program.ok ? success(new LinearPattern(program.value, prefixOf(parsed.value.tree))) : program;
}

/** The text behind a leading `^`, as far as it is the same for all matches. */
function prefixOf(tree: PatternTree): string {
  const [edge, ...parts] = tree.kind === 'sequence' ? tree.parts : [];
  if (edge?.kind !== 'edge' || edge.atEnd) return '';
  let prefix = '';
  for (const part of parts) {
    const [only, ...others] = part.kind === 'codes' ? part.ranges : [];
    if (only === undefined || others.length > 0 || only[0] !== only[1]) return prefix;
    prefix += String.fromCharCode(only[0]);
  }
  return prefix;
}
