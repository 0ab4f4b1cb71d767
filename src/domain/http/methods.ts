// Which methods may be repeated, by RFC 9110 section 9.2.

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** A method whose request may be sent twice without harm. Unknown methods are taken to do harm. */
export const isIdempotent = (method: string): boolean => idempotent.has(method);
