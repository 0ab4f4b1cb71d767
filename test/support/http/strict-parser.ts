// A second reader of HTTP/1.1, written from RFC 9110 and RFC 9112 alone, to hold the first one to: expressions over the whole text instead of
// loops over bytes. It is slow, and refuses whatever the grammar does not have.

export interface StrictField {
  readonly name: string;
  readonly value: string;
  /** The line as it stands, CRLF included. */
  readonly line: string;
}

export interface StrictMessage {
  /** Method, target and version, or version, status and reason. */
  readonly startLine: readonly [string, string, string];
  readonly fields: readonly StrictField[];
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  readonly body: string;
  readonly trailers: readonly StrictField[];
  /** What follows the message. */
  readonly rest: string;
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const blanks = '[ \\t]*';
// field-content of RFC 9110 section 5.5: visible characters and obs-text, with blanks between them.
const value = '(?:[\\x21-\\x7e\\x80-\\xff](?:[\\x20\\x09\\x21-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?)?';
const fieldLine = `(${token}):${blanks}(${value})${blanks}\\r\\n`;
const quoted = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const extension = `(?:${blanks};${blanks}${token}(?:${blanks}=${blanks}(?:${token}|${quoted}))?)*`;

// RFC 9112 section 3. Characters of the target: RFC 3986, and those that browsers send though it has them not.
const requestLine = new RegExp(`^(?:\\r\\n)?(${token}) ([!$-;=?-\\[\\]-~]+) (HTTP/1\\.[01])\\r\\n`);
// RFC 9112 section 4, where the space before an empty reason may be missing.
const statusLine = /^(HTTP\/1\.[01]) ([1-9]\d\d)(?: ([\t -~\x80-\xff]*))?\r\n/;
// RFC 3986 section 3.2, without user and with a port that has digits when it has a colon.
const group = '[0-9A-Fa-f]{1,4}';
const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const pair = `(?:${group}:${group}|${octet}(?:\\.${octet}){3})`;
const versionSix = [
  `(?:${group}:){6}${pair}`,
  `::(?:${group}:){5}${pair}`,
  `(?:${group})?::(?:${group}:){4}${pair}`,
  `(?:(?:${group}:){0,1}${group})?::(?:${group}:){3}${pair}`,
  `(?:(?:${group}:){0,2}${group})?::(?:${group}:){2}${pair}`,
  `(?:(?:${group}:){0,3}${group})?::${group}:${pair}`,
  `(?:(?:${group}:){0,4}${group})?::${pair}`,
  `(?:(?:${group}:){0,5}${group})?::${group}`,
  `(?:(?:${group}:){0,6}${group})?::`,
].join('|');
const name = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+";
const authority = `(?:\\[(?:${versionSix})\\]|${name})(?::\\d+)?`;
const isAuthority = (text: string): boolean => new RegExp(`^${authority}$`).test(text);

/** Reads one request from the start of the text; undefined when it is refused or not whole. */
export function readStrictRequest(text: string): StrictMessage | undefined {
  const line = requestLine.exec(text);
  if (line === null) return undefined;
  const [all, method = '', target = '', version = ''] = line;
  const section = readFields(text, all.length);
  if (section === undefined || !isTarget(method, target)) return undefined;
  const hosts = valuesOf(section.fields, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && version === 'HTTP/1.1') || !hosts.every(isAuthority)) return undefined;
  const framing = framingOf(section.fields, version);
  if (framing === undefined) return undefined;
  const body = readBody(text, section.end, framing);
  return body && { startLine: [method, target, version], fields: section.fields, ...body };
}

/** Reads one answer to a request of this method from a text that ends where its connection ended. */
export function readStrictResponse(text: string, method: string): StrictMessage | undefined {
  const line = statusLine.exec(text);
  if (line === null) return undefined;
  const [all, version = '', status = '', reason = ''] = line;
  const section = readFields(text, all.length);
  const framing = section && framingOf(section.fields, version);
  if (section === undefined || framing === undefined) return undefined;
  const startLine = [version, status, reason] as const;
  // RFC 9112 section 6.3, item 1.
  const hasNoBody = method === 'HEAD' || /^(?:1\d\d|204|304)$/.test(status);
  const ofAnswer = hasNoBody ? ({ kind: 'none' } as const) : framing.kind === 'none' ? ({ kind: 'close' } as const) : framing;
  const body = readBody(text, section.end, ofAnswer);
  return body && { startLine, fields: section.fields, ...body };
}

/** RFC 9112 section 3.2. */
function isTarget(method: string, target: string): boolean {
  if (method === 'CONNECT') return isAuthority(target);
  if (target === '*') return method === 'OPTIONS';
  return target.startsWith('/') || new RegExp(`^https?://${authority}(?:[/?].*)?$`, 'i').test(target);
}

/** The field lines from `start` to the empty line. */
function readFields(text: string, start: number): { fields: StrictField[]; end: number } | undefined {
  const section = new RegExp(`((?:${fieldLine})*)\\r\\n`, 'y');
  section.lastIndex = start;
  const lines = section.exec(text)?.[1];
  if (lines === undefined) return undefined;
  const fields = [...lines.matchAll(new RegExp(fieldLine, 'g'))].map(([line, name = '', value = '']) => ({ name, value, line }));
  return { fields, end: section.lastIndex };
}

export const valuesOf = (fields: readonly StrictField[], name: string): string[] =>
  fields.filter((field) => field.name.toLowerCase() === name).map((field) => field.value);

type Framing = { readonly kind: 'none' | 'chunked' | 'close' } | { readonly kind: 'length'; readonly length: number };

/** RFC 9112 section 6.3, where everything that it lets a recipient refuse is refused. */
function framingOf(fields: readonly StrictField[], version: string): Framing | undefined {
  const lengths = valuesOf(fields, 'content-length');
  const encodings = valuesOf(fields, 'transfer-encoding');
  if (encodings.length > 0) {
    const isPlain = encodings.join(',').toLowerCase() === 'chunked' && lengths.length === 0 && version === 'HTTP/1.1';
    return isPlain ? { kind: 'chunked' } : undefined;
  }
  const [length] = lengths;
  if (length === undefined) return { kind: 'none' };
  return lengths.length === 1 && /^\d{1,16}$/.test(length) ? { kind: 'length', length: Number(length) } : undefined;
}

type Body = Pick<StrictMessage, 'framing' | 'body' | 'trailers' | 'rest'>;

function readBody(text: string, start: number, framing: Framing): Body | undefined {
  switch (framing.kind) {
    case 'none':
      return { framing: 'none', body: '', trailers: [], rest: text.slice(start) };
    case 'close':
      return { framing: 'close', body: text.slice(start), trailers: [], rest: '' };
    case 'length': {
      const end = start + framing.length;
      return end > text.length ? undefined : { framing: 'length', body: text.slice(start, end), trailers: [], rest: text.slice(end) };
    }
    case 'chunked':
      return readChunks(text, start);
  }
}

/** RFC 9112 section 7.1. */
function readChunks(text: string, start: number): Body | undefined {
  const sizeLine = new RegExp(`([0-9A-Fa-f]+)${extension}\\r\\n`, 'y');
  let body = '';
  sizeLine.lastIndex = start;
  for (;;) {
    const size = Number.parseInt(sizeLine.exec(text)?.[1] ?? '', 16);
    if (Number.isNaN(size)) return undefined;
    const at = sizeLine.lastIndex;
    if (size === 0) {
      const trailers = readFields(text, at);
      return trailers && { framing: 'chunked', body, trailers: trailers.fields, rest: text.slice(trailers.end) };
    }
    if (text.slice(at + size, at + size + 2) !== '\r\n') return undefined;
    body += text.slice(at, at + size);
    sizeLine.lastIndex = at + size + 2;
  }
}
