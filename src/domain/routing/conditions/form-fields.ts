// The fields of a form in both of its types: `application/x-www-form-urlencoded` (WHATWG URL section 5.1) and `multipart/form-data`
// (RFC 7578). What is no such form has no fields. Time is linear in the text, whoever wrote it.
import { formText } from './field-values.ts';

/** All values by name, in order. */
export type FormFields = ReadonlyMap<string, readonly string[]>;

const noFields: FormFields = new Map();

export function formFields(contentType: string, text: string): FormFields {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return encodedFields(text);
  const boundary = type === 'multipart/form-data' ? boundaryOf(contentType) : undefined;
  return boundary === undefined ? noFields : multipartFields(text, boundary);
}

function add(fields: Map<string, string[]>, name: string, value: string): void {
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [value]);
  else values.push(value);
}

function encodedFields(text: string): FormFields {
  const fields = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    add(fields, formText(name), equals < 0 ? '' : formText(pair.slice(equals + 1)));
  }
  return fields;
}

/** RFC 2046 section 5.1.1: 70 characters at most. */
function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /;[ \t]*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70})(?=[\s;]|$))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** None of a text that does not come to its last boundary: another reader may find other parts in it. */
function multipartFields(text: string, boundary: string): FormFields {
  const fields = new Map<string, string[]>();
  // Before the first boundary no line need end.
  const lines = `\r\n${text}`;
  const delimiter = `\r\n--${boundary}`;
  let at = lines.indexOf(delimiter);
  while (at >= 0) {
    const behind = at + delimiter.length;
    if (lines.startsWith('--', behind)) return fields;
    const start = lines.indexOf('\r\n', behind);
    // The line of a boundary holds nothing else but blanks.
    if (start < 0 || lines.slice(behind, start).trim() !== '') return noFields;
    at = lines.indexOf(delimiter, start);
    if (at >= 0) addPart(fields, lines.slice(start + 2, at));
  }
  return noFields;
}

/** Heads of parts are short: a longer one is none that a browser has written. */
const mostHead = 4096;

function addPart(fields: Map<string, string[]>, part: string): void {
  const end = part.slice(0, mostHead).indexOf('\r\n\r\n');
  const disposition = /^content-disposition:[ \t]*form-data[ \t]*(;.*)$/im.exec(part.slice(0, Math.max(0, end)))?.[1];
  if (disposition === undefined) return;
  const parameters = parametersOf(disposition);
  const name = parameters.get('name');
  // A file is no field, whatever is in it.
  if (name === undefined || parameters.has('filename') || parameters.has('filename*')) return;
  add(fields, name, part.slice(end + 4));
}

/** RFC 7578 section 4.2: browsers write a quotation mark as `%22`, others put a backslash before it. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const all = text.matchAll(/;[ \t]*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))/g);
  return new Map(
    [...all].map(([, name = '', quoted, plain = '']) => [
      name.toLowerCase(),
      (quoted ?? plain).replace(/\\(["\\])/g, '$1').replace(/%22|%0D|%0A/gi, (written) => decodeURIComponent(written)),
    ]),
  );
}
