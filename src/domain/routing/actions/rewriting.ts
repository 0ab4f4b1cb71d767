// The target that goes on: a path made of the one that came, and the query that came with it.
import { linearPattern } from '../../../foundation/patterns/linear-pattern.ts';
import { targetCharacters } from '../../http/characters.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { Rewrite } from '../route-rules.ts';
import type { TemplateFacts } from './template.ts';
import { queryOf, templateOf } from './template.ts';

/** The path that goes on; with a query of its own where the rule gives it one. */
export type Rewriter = (facts: TemplateFacts) => string;

export function compileRewrite(rewrite: Rewrite): Rewriter {
  if ('path' in rewrite) {
    const template = templateOf(rewrite.path.endsWith('*') ? `${rewrite.path.slice(0, -1)}{path:*}` : rewrite.path);
    return (facts) => template(facts);
  }
  const expression = linearPattern(rewrite.match);
  if (!expression.ok) throw new Error(`The regular expression ${JSON.stringify(rewrite.match)} ${expression.fault}.`);
  const { value } = expression;
  const [toPath = '', ...toQuery] = rewrite.to.split('?');
  const replacement = replacementOf(toPath);
  const query = toQuery.length === 0 ? undefined : replacementOf(`?${toQuery.join('?')}`);
  return ({ request: { path } }) => {
    const found = value.find(path);
    if (found === undefined) return path;
    const { start, groups } = found;
    const rest = path.slice(start + (groups[0] ?? '').length);
    return `${path.slice(0, start)}${replacement(groups)}${rest}${query?.(groups) ?? ''}`;
  };
}

function replacementOf(to: string): (groups: readonly (string | undefined)[]) => string {
  const pieces = to.split(/(\$\$|\$\d)/);
  return (groups) =>
    pieces.map((piece) => (piece === '$$' ? '$' : /^\$\d$/.test(piece) ? (groups[Number(piece[1])] ?? '') : piece)).join('');
}

/** The request with this path in place of its own. A query in the new path comes before that of the request. */
export function withPath(request: RequestHead, rewritten: string): RequestHead {
  // The star of OPTIONS is no path.
  if (request.path === '*') return request;
  const made = safeTarget(rewritten.startsWith('/') ? rewritten : `/${rewritten}`);
  const mark = made.indexOf('?');
  const path = mark < 0 ? made : made.slice(0, mark);
  const query = [mark < 0 ? '' : made.slice(mark + 1), queryOf(request.target)].filter((part) => part !== '').join('&');
  return { ...request, path, target: query === '' ? path : `${path}?${query}` };
}

/** The same of an address, which may have a fragment. */
export const safeLocation = (text: string): string => text.split('#').map(safeTarget).join('#');

/** What no target may hold is written as the escape that stands for it. */
export function safeTarget(text: string): string {
  let safe = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isSafe = code < 256 && targetCharacters[code] === 1;
    safe += isSafe ? text[at] : `%${(code & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return safe;
}
