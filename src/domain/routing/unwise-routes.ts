// What in good routes is hardly meant so: paths that no request has by the time routes look at it, and rewrites that make two slashes.
import { linearPattern } from '../../foundation/patterns/linear-pattern.ts';
import { parseFaults } from '../http/parse-fault.ts';
import type { PathRules } from '../http/paths/path-rules.ts';
import { readPath } from '../http/paths/path-rules.ts';
import type { Conditions } from './conditions/conditions.ts';
import { listed } from './conditions/conditions.ts';
import { isExpression } from './conditions/expressions.ts';
import type { RouteRules } from './route-rules.ts';

export interface UnwiseRoute {
  /** From the route. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** `rules` are absent where no route looks at paths. */
export function unwiseRoute(route: RouteRules, rules: PathRules | undefined): readonly UnwiseRoute[] {
  return [...(rules === undefined ? [] : pathsOfNoRequest(route, rules)), ...doubledSlash(route)];
}

function pathsOfNoRequest(conditions: Conditions, rules: PathRules): readonly UnwiseRoute[] {
  const { path, all = [], any = [], not } = conditions;
  const own = listed(path).flatMap((text, index): readonly UnwiseRoute[] => {
    const message = isExpression(text) ? undefined : whyOfNoRequest(text, rules);
    return message === undefined ? [] : [{ path: typeof path === 'string' ? ['path'] : ['path', index], message }];
  });
  const within = (inner: Conditions, key: readonly (string | number)[]): readonly UnwiseRoute[] =>
    pathsOfNoRequest(inner, rules).map((found) => ({ ...found, path: [...key, ...found.path] }));
  return [
    ...own,
    ...all.flatMap((inner, index) => within(inner, ['all', index])),
    ...any.flatMap((inner, index) => within(inner, ['any', index])),
    ...(not === undefined ? [] : within(not, ['not'])),
  ];
}

function whyOfNoRequest(pattern: string, rules: PathRules): string | undefined {
  // The braces of a place are no characters of a path.
  const path = pattern.replace(/\*$/, '').replaceAll(/[{}]/g, '');
  const read = readPath(path, rules);
  if (typeof read === 'string' || read.fault === undefined) {
    const settled = typeof read === 'string' ? read : read.path;
    return settled === path ? undefined : `takes nothing: what a request has there is written ${settled} by then`;
  }
  return `takes nothing: requests with such a path are refused. ${parseFaults[read.fault]}`;
}

function doubledSlash({ rewrite }: RouteRules): readonly UnwiseRoute[] {
  if (rewrite === undefined || 'path' in rewrite || !rewrite.to.split('?', 1)[0]?.endsWith('/')) return [];
  const expression = linearPattern(rewrite.match);
  if (!expression.ok || expression.value.prefix === '' || expression.value.prefix.endsWith('/')) return [];
  const sample = `${expression.value.prefix}/x`;
  const found = expression.value.find(sample);
  const rest = found === undefined ? '' : sample.slice(found.start + (found.groups[0] ?? '').length);
  if (!rest.startsWith('/')) return [];
  const message = `makes two slashes of the one behind ${expression.value.prefix}: let "match" take it as well, or leave it out of "to"`;
  return [{ path: ['rewrite', 'to'], message }];
}
