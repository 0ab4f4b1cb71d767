// Hot path. Finds a field, a cookie or a query parameter in the text of a head, without taking the whole of it apart.
// Only what a document asks for is looked up: a pool that is keyed on nothing pays nothing. Text is one character for each byte.

const colon = 58;
const lineFeed = 10;
const space = 32;
const tab = 9;

/**
 * The value of a field of `lines` (`Name: value` and CRLF each), without blanks around it; undefined when there is none. `name` in small
 * letters. Of several lines with this name the first that begins at `from` or behind it.
 */
export function fieldValue(lines: string, name: string, from = 0): string | undefined {
  const start = fieldStart(lines, name, from);
  return start < 0 ? undefined : valueAt(lines, start + name.length + 1);
}

/** Where the line of a field begins, or -1. `from` is the beginning of a line. */
export function fieldStart(lines: string, name: string, from: number): number {
  let start = from;
  while (start < lines.length) {
    if (isNameAt(lines, name, start)) return start;
    start = lines.indexOf('\n', start) + 1;
    if (start === 0) return -1;
  }
  return -1;
}

/** `lines` without those of a field. `name` in small letters. */
export function withoutField(lines: string, name: string): string {
  let rest = lines;
  for (let start = fieldStart(rest, name, 0); start >= 0; start = fieldStart(rest, name, start)) {
    const end = rest.indexOf('\n', start) + 1;
    rest = rest.slice(0, start) + (end === 0 ? '' : rest.slice(end));
  }
  return rest;
}

/** RFC 6265 section 5.4: `a=1; b=2`, in one line or several. The first cookie of this name, without quotes around it. Names are told apart by case. */
export function cookieValue(lines: string, name: string): string | undefined {
  let line = fieldStart(lines, 'cookie', 0);
  while (line >= 0) {
    const end = endOfLine(lines, line);
    const found = pairValue(lines, line + 'cookie:'.length, end, name);
    if (found !== undefined) return found;
    line = fieldStart(lines, 'cookie', end + 2);
  }
  return undefined;
}

/** The value that an answer gives to a cookie: of `Set-Cookie: name=value; …`. The last one counts, as it does for browsers (RFC 6265 section 5.3). */
export function setCookieValue(lines: string, name: string): string | undefined {
  let found: string | undefined;
  let line = fieldStart(lines, 'set-cookie', 0);
  while (line >= 0) {
    const end = endOfLine(lines, line);
    const semicolon = lines.indexOf(';', line);
    found = pairValue(lines, line + 'set-cookie:'.length, semicolon < 0 ? end : Math.min(semicolon, end), name) ?? found;
    line = fieldStart(lines, 'set-cookie', end + 2);
  }
  return found;
}

/** The value of a query parameter as it was written, not decoded; undefined when there is none, '' for one without a value. */
export function queryValue(target: string, name: string): string | undefined {
  let start = target.indexOf('?') + 1;
  while (start > 0) {
    const ampersand = target.indexOf('&', start);
    const end = ampersand < 0 ? target.length : ampersand;
    if (target.startsWith(name, start)) {
      const behind = start + name.length;
      if (behind === end) return '';
      if (target.charCodeAt(behind) === 61) return target.slice(behind + 1, end);
    }
    start = ampersand + 1;
  }
  return undefined;
}

function isNameAt(lines: string, name: string, start: number): boolean {
  if (lines.charCodeAt(start + name.length) !== colon) return false;
  for (let index = 0; index < name.length; index++) {
    const code = lines.charCodeAt(start + index);
    const small = code >= 65 && code <= 90 ? code + 32 : code;
    if (small !== name.charCodeAt(index)) return false;
  }
  return true;
}

function valueAt(lines: string, from: number): string {
  let start = from;
  let end = endOfLine(lines, from);
  while (start < end && isBlank(lines.charCodeAt(start))) start++;
  while (end > start && isBlank(lines.charCodeAt(end - 1))) end--;
  return lines.slice(start, end);
}

/** Where the CRLF of a line stands. */
function endOfLine(lines: string, from: number): number {
  const feed = lines.indexOf('\n', from);
  if (feed < 0) return lines.length;
  return feed > 0 && lines.charCodeAt(feed) === lineFeed && lines.charCodeAt(feed - 1) === 13 ? feed - 1 : feed;
}

/** Of `a=1; b=2`, between two places. */
function pairValue(lines: string, from: number, end: number, name: string): string | undefined {
  let start = from;
  while (start < end) {
    while (start < end && isBlank(lines.charCodeAt(start))) start++;
    const semicolon = lines.indexOf(';', start);
    let last = semicolon < 0 || semicolon > end ? end : semicolon;
    const next = last + 1;
    const equals = start + name.length;
    if (equals < last && lines.charCodeAt(equals) === 61 && lines.startsWith(name, start)) {
      let first = equals + 1;
      while (first < last && isBlank(lines.charCodeAt(first))) first++;
      while (last > first && isBlank(lines.charCodeAt(last - 1))) last--;
      const isQuoted = last - first >= 2 && lines.charCodeAt(first) === 34 && lines.charCodeAt(last - 1) === 34;
      return isQuoted ? lines.slice(first + 1, last - 1) : lines.slice(first, last);
    }
    start = next;
  }
  return undefined;
}

const isBlank = (code: number): boolean => code === space || code === tab;
