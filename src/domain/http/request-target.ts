// Hot path. The forms of a request target (RFC 9112 section 3.2), brought to the form in which it goes on.

export interface Target {
  /** Origin form, or `*`. */
  readonly target: string;
  /** Without its query. */
  readonly path: string;
  /** Host and port of an absolute form, not yet judged; else ''. */
  readonly authority: string;
  /** Where the authority begins in the text. */
  readonly authorityStart: number;
}

/**
 * Undefined when the form is none that the method may have. `CONNECT host:port` is let pass with the path '', whatever it asks for: the
 * dispatcher refuses it.
 */
export function readTarget(method: string, text: string): Target | undefined {
  if (method === 'CONNECT') return { target: text, path: '', authority: '', authorityStart: 0 };
  if (text.startsWith('/')) return { target: text, path: pathOf(text), authority: '', authorityStart: 0 };
  if (text === '*') return method === 'OPTIONS' ? { target: '*', path: '*', authority: '', authorityStart: 0 } : undefined;
  return readAbsolute(method, text);
}

function readAbsolute(method: string, text: string): Target | undefined {
  const parts = /^(https?:\/\/)([^/?]+)(.*)$/i.exec(text);
  if (parts === null) return undefined;
  const [, scheme = '', authority = '', rest = ''] = parts;
  const authorityStart = scheme.length;
  // RFC 9112 section 3.2.4: OPTIONS for a host without a path asks about the server as a whole.
  if (rest === '' && method === 'OPTIONS') return { target: '*', path: '*', authority, authorityStart };
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return { target, path: pathOf(target), authority, authorityStart };
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
