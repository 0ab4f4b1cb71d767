// Names of fields and cookies in settings of sessions. A field that never gets as far as the sessions is refused, rather than never found.
import { known, knownField } from '../http/known-fields.ts';

/** RFC 9110 section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

export const isToken = (text: unknown): text is string => typeof text === 'string' && token.test(text);

/** Fields of this hop, and those by which balancers in front name the client, are taken out of a request before an endpoint is chosen. */
export function staysInRequests(field: string): boolean {
  const code = codeOf(field);
  return code === known.no || code === known.host || code === known.contentLength || code === known.expect || code === known.notInTrailers;
}

/** Nothing is done with it and nothing follows from it: it may be written anew. */
export const isUnknown = (field: string): boolean => codeOf(field) === known.no;

const codeOf = (field: string): number =>
  knownField(
    Uint8Array.from(field, (character) => character.charCodeAt(0)),
    0,
    field.length,
  );
