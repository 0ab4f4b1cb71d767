// The target that goes on: a path made of the one that came, and the query that came with it. And where a redirect leads.
import { linearPattern } from '../../../foundation/patterns/linear-pattern.ts';
import { targetCharacters } from '../../http/characters.ts';
import { dotsOf } from '../../http/paths/path-rules.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { Rewrite } from '../route-rules.ts';
import type { Template, TemplateFacts } from './template.ts';
import { queryOf, templateOf } from './template.ts';

/** The path that goes on; with a query of its own where the rule gives it one. */
export type Rewriter = (facts: TemplateFacts) => string;

export function compileRewrite(rewrite: Rewrite): Rewriter {
  if ('path' in rewrite) {
    const template = templateOf(rewrite.path.endsWith('*') ? `${rewrite.path.slice(0, -1)}{path:*}` : rewrite.path);
    return (facts) => merged(template(facts), facts.request.path);
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
    // A slash that follows is not merged with one that `to` ends in: nginx sends both, and `check` warns of it.
    return `${merged(`${path.slice(0, start)}${replacement(groups)}`, path)}${rest}${query?.(groups) ?? ''}`;
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
  const path = withoutDots(mark < 0 ? made : made.slice(0, mark), request.path);
  const query = [mark < 0 ? '' : made.slice(mark + 1), queryOf(request.target)].filter((part) => part !== '').join('&');
  return { ...request, path, target: query === '' ? path : `${path}?${query}` };
}

/** Slashes that came together become one, where the path that came had no two: a value that a client leaves empty makes no host of what follows. */
function merged(made: string, came: string): string {
  if (!made.includes('//') || came.includes('//')) return made;
  const mark = made.indexOf('?');
  const path = mark < 0 ? made : made.slice(0, mark);
  return `${path.replace(/\/{2,}/g, '/')}${made.slice(path.length)}`;
}

/**
 * Without segments that some would resolve: where `^/img` gives way to `/`, `/img../secret` would become `/../secret` and leave the folder.
 * Where the path that came had such, the listener lets them pass, and they stay.
 */
function withoutDots(made: string, came: string): string {
  const segments = made.split('/');
  if (!segments.some(isDots) || came.split('/').some(isDots)) return made;
  const last = segments.length - 1;
  return segments
    .map((segment, index) => (index === last && isDots(segment) ? '' : segment))
    .filter((segment) => !isDots(segment))
    .join('/');
}

const isDots = (segment: string): boolean => dotsOf(segment) !== undefined;

/** Where clients are sent. What a request says makes no host of a path: to browsers `//evil.example` is one. */
export function compileLocation(to: string): Template {
  const template = templateOf(to);
  const location: Template = (facts) => safeLocation(template(facts));
  return to.startsWith('//') ? location : (facts) => location(facts).replace(/^\/{2,}/, '/');
}

/** As `safeTarget`, of an address, which may have a fragment. */
const safeLocation = (text: string): string => text.split('#').map(safeTarget).join('#');

/** What no target may hold is written as the escape that stands for it. */
function safeTarget(text: string): string {
  let safe = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isSafe = code < 256 && targetCharacters[code] === 1;
    safe += isSafe ? text[at] : `%${(code & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return safe;
}
