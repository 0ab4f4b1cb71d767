// Locations and names of nginx in the patterns of Evenkeel's routes.
import { linearPattern } from '../../../foundation/patterns/linear-pattern.ts';
import { withoutLookahead } from './lookahead.ts';

const special = /[.*+?^${}()|[\]\\]/g;
export const escaped = (text: string): string => text.replaceAll(special, '\\$&');

/** What a path of a document may hold as it is; anything else is percent-encoded there. */
const unsafe = /[^A-Za-z0-9\-._~!$&'()+,;=:@/]/gu;

const encoded = (path: string): string => path.replaceAll(unsafe, (char) => (char === "'" ? char : percent(char)));
const percent = (char: string): string =>
  [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** `/cart` alone. */
export const exactPattern = (path: string): string => encoded(path);

/** Everything that begins with these letters; undefined for what every path begins with. */
export function prefixPattern(prefix: string): string | undefined {
  return prefix === '/' || prefix === '' ? undefined : `~^${escaped(encoded(prefix))}`;
}

/** A regular expression of nginx: PCRE, with the flag in front and the names of groups as others write them too. */
export function regexPattern(source: string, ignoresCase: boolean): string {
  const flagged = source.startsWith('(?i)');
  const text = (flagged ? source.slice(4) : source).replaceAll(/\(\?'(\w+)'/g, '(?<$1>');
  return `${ignoresCase || flagged ? '~*' : '~'}${withoutLookahead(text)}`;
}

/** Why Evenkeel does not compare with this pattern; undefined when it does. */
export function faultOf(pattern: string): string | undefined {
  const ignoresCase = pattern.startsWith('~*');
  const read = linearPattern(pattern.slice(ignoresCase ? 2 : 1), ignoresCase);
  return read.ok ? undefined : `an expression that can be answered in linear time is wanted; this one ${read.fault}`;
}

/** The groups of a regular expression, by number and by name, as variables and templates call them. */
export function groupsOf(source: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  let inClass = false;
  let count = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    if (char !== '(' || inClass) continue;
    const name = /^\(\?P?[<'](\w+)[>']/.exec(source.slice(at))?.[1];
    if (name === undefined && source[at + 1] === '?') continue;
    groups.set(`${++count}`, `${count}`);
    if (name !== undefined) groups.set(name, name);
  }
  return groups;
}
