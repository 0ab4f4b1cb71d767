// Hot path. All values that a request has for a name: a header in several lines, a parameter or a cookie given twice. A condition that looked at the
// first alone would be passed by whoever sends two.
import { cookieValue, fieldStart, fieldValue } from '../../http/field-text.ts';
import type { RequestHead } from '../../http/request-head.ts';

/** None, one, or several. */
export type FieldValues = string | readonly string[] | undefined;

export type FieldKind = 'header' | 'query' | 'cookie';

export const fieldReaders: Readonly<Record<FieldKind, (request: RequestHead, name: string) => FieldValues>> = {
  header: ({ fields }, name) => headerValues(fields, name),
  query: ({ target }, name) => queryValues(target, name),
  cookie: ({ fields }, name) => cookieValues(fields, name),
};

/** One more: a list is added to in place, since clients may send thousands. */
function withValue(found: string | string[] | undefined, value: string): string | string[] {
  if (found === undefined) return value;
  if (typeof found === 'string') return [found, value];
  found.push(value);
  return found;
}

function headerValues(lines: string, name: string): FieldValues {
  const first = fieldStart(lines, name, 0);
  if (first < 0) return undefined;
  const value = fieldValue(lines, name, first) ?? '';
  let line = fieldStart(lines, name, behind(lines, first));
  if (line < 0) return value;
  const values = [value];
  for (; line >= 0; line = fieldStart(lines, name, behind(lines, line))) values.push(fieldValue(lines, name, line) ?? '');
  return values;
}

/** `a=1; a=2`, or in lines of their own: endpoints differ in which of them they take. */
function cookieValues(lines: string, name: string): FieldValues {
  const first = cookieValue(lines, name);
  if (first === undefined) return undefined;
  let found: string | string[] | undefined;
  for (let line = fieldStart(lines, 'cookie', 0); line >= 0; line = fieldStart(lines, 'cookie', behind(lines, line))) {
    for (const pair of (fieldValue(lines, 'cookie', line) ?? '').split(';')) {
      const value = cookieValue(`cookie:${pair}`, name);
      if (value !== undefined) found = withValue(found, value);
    }
  }
  return found ?? first;
}

/** The beginning of the next line. */
function behind(lines: string, line: number): number {
  const feed = lines.indexOf('\n', line);
  return feed < 0 ? lines.length : feed + 1;
}

/** Decoded, names and values: `?user=a%20b` and `?%75ser=a+b` are the same to who reads forms. */
export function queryValues(target: string, name: string): FieldValues {
  let start = target.indexOf('?') + 1;
  if (start === 0) return undefined;
  let found: string | string[] | undefined;
  while (start > 0) {
    const ampersand = target.indexOf('&', start);
    const end = ampersand < 0 ? target.length : ampersand;
    const value = pairValue(target.slice(start, end), name);
    if (value !== undefined) found = withValue(found, value);
    start = ampersand + 1;
  }
  return found;
}

function pairValue(pair: string, name: string): string | undefined {
  const equals = pair.indexOf('=');
  const written = equals < 0 ? pair : pair.slice(0, equals);
  if (written !== name && formText(written) !== name) return undefined;
  return equals < 0 ? '' : formText(pair.slice(equals + 1));
}

/** What `application/x-www-form-urlencoded` means. What cannot be decoded is left as it was written. */
export function formText(written: string): string {
  if (!written.includes('%') && !written.includes('+')) return written;
  const spaced = written.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
