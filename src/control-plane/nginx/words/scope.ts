// Where a directive holds: in its block and in the blocks within, unless one of them says something else.
import type { Directive } from '../language/directive.ts';

export interface Scope {
  readonly directives: readonly Directive[];
  /** The block around; undefined for `http`. */
  readonly outer: Scope | undefined;
}

export const within = (outer: Scope | undefined, directive: Pick<Directive, 'block'>): Scope => ({
  directives: directive.block ?? [],
  outer,
});

/** Those of the innermost block that has any: nginx takes such lists whole or not at all. */
export function allInForce(scope: Scope, name: string): readonly Directive[] {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = named(at.directives, name);
    if (found.length > 0) return found;
  }
  return [];
}

export const inForce = (scope: Scope, name: string): Directive | undefined => allInForce(scope, name).at(-1);

export const named = (directives: readonly Directive[], name: string): readonly Directive[] =>
  directives.filter((directive) => directive.name === name);

/** All of a name in a block and in the blocks around it, the outermost first. */
export function everyInForce(scope: Scope, name: string): readonly Directive[] {
  const outer = scope.outer === undefined ? [] : everyInForce(scope.outer, name);
  return [...outer, ...named(scope.directives, name)];
}
