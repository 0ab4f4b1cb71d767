// Texts with values of the request in them: `https://{host}{uri}`. Whatever is put in comes from a head that was read, so it holds no end of line.
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { ExchangeFacts } from '../../balancing/affinity-key.ts';
import { cookieValue, fieldValue, queryValue } from '../../http/field-text.ts';
import { bareHost } from '../host-pattern.ts';
import type { Captures } from '../path-pattern.ts';

/** A request as templates see it. */
export interface TemplateFacts extends ExchangeFacts {
  /** Worked out when first asked for. */
  readonly captures: Captures;
  /** The same each time that it is asked for. */
  readonly requestId: string;
}

/** '' for what the request does not have. */
export type Template = (facts: TemplateFacts) => string;

const plainValues: Readonly<Record<string, Template>> = {
  host: ({ request }) => bareHost(request.host),
  path: ({ request }) => request.path,
  query: ({ request }) => queryOf(request.target),
  '?query': ({ request }) => {
    const query = queryOf(request.target);
    return query === '' ? '' : `?${query}`;
  },
  uri: ({ request }) => request.target,
  scheme: () => 'http',
  client: ({ client }) => client,
  method: ({ request }) => request.method,
  'request-id': ({ requestId }) => requestId,
};

const namedValues: Readonly<Record<string, (name: string) => Template>> = {
  header:
    (name) =>
    ({ request }) =>
      fieldValue(request.fields, name.toLowerCase()) ?? '',
  cookie:
    (name) =>
    ({ request }) =>
      cookieValue(request.fields, name) ?? '',
  query:
    (name) =>
    ({ request }) =>
      queryValue(request.target, name) ?? '',
  path:
    (name) =>
    ({ captures }) =>
      captures.get(name) ?? '',
};

const forms =
  '{host}, {path}, {query}, {?query}, {uri}, {scheme}, {client}, {method}, {request-id}, {header:NAME}, {cookie:NAME}, {query:NAME} or {path:NAME}';

/** Names that a template may ask for as `{path:NAME}`; undefined where they are not known. The fault begins with "expected". */
export function parseTemplate(text: string, places?: ReadonlySet<string>): Result<Template, string> {
  const pieces: (string | Template)[] = [];
  let start = 0;
  for (const match of text.matchAll(/\{\{|\{([^{}]*)\}|\{/g)) {
    pieces.push(text.slice(start, match.index));
    start = match.index + match[0].length;
    if (match[0] === '{{') pieces.push('{');
    else {
      const value = match[1] === undefined ? undefined : templateValue(match[1], places);
      if (value === undefined) return fault(unknownValue(match[0], places));
      pieces.push(value);
    }
  }
  pieces.push(text.slice(start));
  const joined = pieces.filter((piece) => piece !== '');
  const [only = ''] = joined;
  if (joined.length <= 1) return success(typeof only === 'string' ? () => only : only);
  return success((facts) => {
    let result = '';
    for (const piece of joined) result += typeof piece === 'string' ? piece : piece(facts);
    return result;
  });
}

/** Of a text that was checked with the document. */
export function templateOf(text: string): Template {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(`${JSON.stringify(text)} is no template: ${parsed.fault}`);
  return parsed.value;
}

function templateValue(written: string, places: ReadonlySet<string> | undefined): Template | undefined {
  if (Object.hasOwn(plainValues, written)) return plainValues[written];
  const [, kind = '', name = ''] = /^([a-z]+):([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128})$/.exec(written) ?? [];
  if (!Object.hasOwn(namedValues, kind)) return undefined;
  if (kind === 'path' && places !== undefined && !places.has(name)) return undefined;
  return namedValues[kind]?.(name);
}

function unknownValue(written: string, places: ReadonlySet<string> | undefined): string {
  if (written.startsWith('{path:') && places !== undefined) {
    const known = places.size === 0 ? 'no path of this route has any' : `the paths of this route have ${[...places].join(', ')}`;
    return `expected the name of a place in a path behind "path:" in ${written}; ${known}`;
  }
  return `expected ${forms} in place of ${written}; "{{" is a brace`;
}

export function queryOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark + 1);
}
