// Which methods may be repeated, by RFC 9110 section 9.2.

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const idempotent: ReadonlySet<string> = new Set([...safe, 'PUT', 'DELETE']);

/** A method whose request asks for nothing but an answer: sent twice at once, both answers are the same. */
export const isSafe = (method: string): boolean => safe.has(method);

/** A method whose request may be sent twice without harm. Unknown methods are taken to do harm. */
export const isIdempotent = (method: string): boolean => idempotent.has(method);
