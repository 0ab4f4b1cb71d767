// Which paths a route takes: one path, one with places in it, everything below one, or those that a regular expression matches. Paths are
// compared as they are written, letter by letter.
import { expressionOf, isExpression } from './conditions/expressions.ts';

export interface PathPattern {
  /**
   * `exact`: `/api` takes `/api` and nothing else, not `/api/` either.
   * `below`: `/api/*` takes `/api`, `/api/` and everything below, not `/apis`; `/*` takes every path.
   */
  readonly kind: 'exact' | 'below';
  /**
   * What stands between the slashes: `['api', 'v1']` for `/api/v1` and `/api/v1/*`, `['']` for `/`. A place such as `{id}` takes any one
   * segment that is not empty.
   */
  readonly segments: readonly (string | Place)[];
}

export interface Place {
  readonly name: string;
}

/** Takes what the settings allow but expressions: a path that starts with a slash, with a star after its last slash or none. */
export function parsePathPattern(text: string): PathPattern {
  const segments = text.slice(1).split('/').map(segmentOf);
  if (segments.at(-1) !== '*') return { kind: 'exact', segments };
  return { kind: 'below', segments: segments.slice(0, -1) };
}

const segmentOf = (text: string): string | Place => (text.startsWith('{') ? { name: text.slice(1, -1) } : text);

export type Captures = ReadonlyMap<string, string>;

/** Whether a path fits a pattern or an expression. */
export function pathTest(text: string): (path: string) => boolean {
  if (isExpression(text)) {
    const expression = expressionOf(text);
    return (path) => expression.test(path);
  }
  const read = captureReader(text);
  return (path) => read(path) !== undefined;
}

/**
 * What stood in the places of the pattern, by their names; `*` for what the star took, without the slash before it. Of an expression the
 * groups, by number and name. undefined where the path does not fit.
 */
export function captureReader(text: string): (path: string) => Captures | undefined {
  if (isExpression(text)) return expressionCaptures(text);
  const { kind, segments } = parsePathPattern(text);
  return (path) => {
    if (!path.startsWith('/')) return undefined;
    const parts = path.slice(1).split('/');
    if (kind === 'exact' ? parts.length !== segments.length : parts.length < segments.length) return undefined;
    const captures = new Map<string, string>();
    const fits = segments.every((segment, index) => {
      const part = parts[index] ?? '';
      if (typeof segment === 'string') return segment === part;
      captures.set(segment.name, part);
      return part !== '';
    });
    if (kind === 'below') captures.set('*', parts.slice(segments.length).join('/'));
    return fits ? captures : undefined;
  };
}

function expressionCaptures(text: string): (path: string) => Captures | undefined {
  const expression = expressionOf(text);
  return (path) => {
    const found = expression.find(path);
    if (found === undefined) return undefined;
    return new Map(expression.groups.flatMap((name, group) => namedCaptures(name, group, found.groups[group] ?? '')));
  };
}

const namedCaptures = (name: string, group: number, text: string): readonly (readonly [string, string])[] =>
  name === ''
    ? [[`${group}`, text]]
    : [
        [`${group}`, text],
        [name, text],
      ];
