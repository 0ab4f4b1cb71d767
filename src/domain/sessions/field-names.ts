// Names of fields and cookies in settings of sessions. A field that never gets as far as the sessions is refused, rather than never found.
import { known, knownField } from '../http/known-fields.ts';

/** RFC 9110 section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

export const isToken = (text: unknown): text is string => typeof text === 'string' && token.test(text);

/** Fields of this hop, and those by which balancers in front name the client, are taken out of a request before an endpoint is chosen. */
export function staysInRequests(field: string): boolean {
  const code = knownField(
    Uint8Array.from(field, (character) => character.charCodeAt(0)),
    0,
    field.length,
  );
  return code === known.no || code === known.host || code === known.contentLength || code === known.expect || code === known.notInTrailers;
}
