// Locations and names of nginx in the patterns of Evenkeel's routes.

const special = /[.*+?^${}()|[\]\\]/g;
export const escaped = (text: string): string => text.replaceAll(special, '\\$&');

/** What a path of a document may hold as it is; anything else is percent-encoded there. */
const unsafe = /[^A-Za-z0-9\-._~!$&'()+,;=:@/]/gu;

const encoded = (path: string): string => path.replaceAll(unsafe, (char) => (char === "'" ? char : percent(char)));
const percent = (char: string): string =>
  [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Whether the path can be written without percent signs, so that it is compared letter by letter. */
export const isPlainPath = (path: string): boolean => encoded(path) === path;

/** `/cart` alone. */
export const exactPattern = (path: string): string => encoded(path);

/** Everything that begins with these letters; undefined for what every path begins with. */
export function prefixPattern(prefix: string): string | undefined {
  return prefix === '/' || prefix === '' ? undefined : `~^${escaped(encoded(prefix))}`;
}

/** A regular expression of nginx: PCRE, with the names of groups and the flag in front as others write them too. */
export function regexPattern(source: string, ignoresCase: boolean): string {
  const flagged = source.startsWith('(?i)');
  const text = (flagged ? source.slice(4) : source).replaceAll(/\(\?P<(\w+)>|\(\?'(\w+)'/g, (_, one, other) => `(?<${one ?? other}>`);
  return `${ignoresCase || flagged ? '~*' : '~'}${text}`;
}

/** The groups of a regular expression, each with a name: templates speak of groups by names alone. */
export function withNamedGroups(source: string): { readonly source: string; readonly captures: ReadonlyMap<string, string> } {
  const captures = new Map<string, string>();
  let text = '';
  let inClass = false;
  let groups = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? '';
    const named = char === '(' && !inClass ? /^\(\?P?[<'](\w+)[>']/.exec(source.slice(at)) : null;
    if (char === '\\') text += char + (source[++at] ?? '');
    else if (named !== null) {
      const name = named[1] ?? '';
      captures.set(String(++groups), name).set(name, name);
      text += `(?<${name}>`;
      at += named[0].length - 1;
    } else if (char === '(' && !inClass && source[at + 1] !== '?') {
      captures.set(String(++groups), `g${groups}`);
      text += `(?<g${groups}>`;
    } else {
      if (char === '[') inClass = true;
      if (char === ']') inClass = false;
      text += char;
    }
  }
  return { source: text, captures };
}
