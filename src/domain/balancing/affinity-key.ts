// Hot path. What an exchange is keyed on, read from its head: the client's address, its host, path, whole target, or one value of it.
import { itemAt } from '../../foundation/basics/item-at.ts';
import { cookieValue, fieldValue, queryValue } from '../http/field-text.ts';
import type { RequestHead } from '../http/request-head.ts';

/** What is known of an exchange when an endpoint is chosen for it. */
export interface ExchangeFacts {
  readonly request: RequestHead;
  /** The address of whom the request comes from, as far as balancers in front are believed; 'unknown' on a Unix socket. */
  readonly client: string;
  /** The address at the other end of the connection, whatever it says of others; 'unknown' on a Unix socket. */
  readonly peer: string;
}

export interface KeySource {
  /** Canonical writing: `header:x-user`. */
  readonly text: string;
  /** '' or undefined when the exchange has none. */
  readonly read: (facts: ExchangeFacts) => string | undefined;
}

export const keyForms = 'client, host, path, uri, query:NAME, header:NAME or cookie:NAME';

const plainSources: Readonly<Record<string, KeySource['read']>> = {
  client: ({ client }) => (client === 'unknown' ? undefined : client),
  host: ({ request }) => hostKey(request.host),
  path: ({ request }) => request.path,
  uri: ({ request }) => request.target,
};

const namedSources: Readonly<Record<string, (name: string) => KeySource['read']>> = {
  query:
    (name) =>
    ({ request }) =>
      queryValue(request.target, name),
  header:
    (name) =>
    ({ request }) =>
      name === 'host' ? request.host : fieldValue(request.fields, name),
  cookie:
    (name) =>
    ({ request }) =>
      cookieValue(request.fields, name),
};

/** RFC 9110 section 5.6.2, which is what names of fields and cookies are made of; parameters of a query may have more, percent-encoded. */
const tokenForm = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const parameterForm = /^[\w!$'()*+,\-./:;?@~%[\]]{1,128}$/;

/** undefined for what names no source. */
export function parseKeySource(text: string): KeySource | undefined {
  if (Object.hasOwn(plainSources, text)) return { text, read: itemOf(plainSources, text) };
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  if (colon < 0 || !Object.hasOwn(namedSources, kind)) return undefined;
  const written = text.slice(colon + 1);
  // Names of fields are the same in any letters; those of cookies and parameters are not.
  const name = kind === 'header' ? written.toLowerCase() : written;
  if (!(kind === 'query' ? parameterForm : tokenForm).test(name)) return undefined;
  return { text: `${kind}:${name}`, read: itemOf(namedSources, kind)(name) };
}

/**
 * A reader of the key that sources make together: their values in order, set apart by a byte that none of them can hold. undefined when the
 * exchange has none of them or all are empty. Throws for a text that is no source: documents are checked before.
 */
export function keyReader(sources: readonly string[]): (facts: ExchangeFacts) => string | undefined {
  const reads = sources.map((text) => {
    const source = parseKeySource(text);
    if (source === undefined) throw new Error(`No source of a key is written ${JSON.stringify(text)}.`);
    return source.read;
  });
  const [only] = reads;
  if (only !== undefined && reads.length === 1) return (facts) => only(facts) || undefined;
  return (facts) => joined(reads, facts);
}

function joined(reads: readonly KeySource['read'][], facts: ExchangeFacts): string | undefined {
  let key = '';
  let isPresent = false;
  for (let index = 0; index < reads.length; index++) {
    const value = itemAt(reads, index)(facts) ?? '';
    if (value !== '') isPresent = true;
    key = index === 0 ? value : `${key}\0${value}`;
  }
  return isPresent ? key : undefined;
}

/** The same host in any letters and with the default port or without is the same key. */
function hostKey(host: string): string {
  const small = host.toLowerCase();
  return small.endsWith(':80') ? small.slice(0, -3) : small;
}

function itemOf<Item>(items: Readonly<Record<string, Item>>, name: string): Item {
  const item = items[name];
  if (item === undefined) throw new Error(`${name} is not there.`);
  return item;
}
