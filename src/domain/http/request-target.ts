// Hot path. The forms of a request target (RFC 9112 section 3.2), brought to the form in which it goes on.

export interface Target {
  /** Origin form, or `*`. */
  readonly target: string;
  /** Without its query. */
  readonly path: string;
  /** Host and port of an absolute form, else ''. */
  readonly authority: string;
}

/** Undefined when the form is none that the method may have. `CONNECT host:port` is let pass with the path '': the dispatcher refuses it. */
export function readTarget(method: string, text: string): Target | undefined {
  if (method === 'CONNECT') return { target: text, path: '', authority: text };
  if (text.startsWith('/')) return { target: text, path: pathOf(text), authority: '' };
  if (text === '*') return method === 'OPTIONS' ? { target: '*', path: '*', authority: '' } : undefined;
  return readAbsolute(method, text);
}

function readAbsolute(method: string, text: string): Target | undefined {
  const parts = /^https?:\/\/([A-Za-z0-9\-._~%!$&'()*+,;=]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?)([/?].*)?$/i.exec(text);
  const authority = parts?.[1];
  if (authority === undefined) return undefined;
  const rest = parts?.[2] ?? '';
  // RFC 9112 section 3.2.4: OPTIONS for a host without a path asks about the server as a whole.
  if (rest === '') return method === 'OPTIONS' ? { target: '*', path: '*', authority } : { target: '/', path: '/', authority };
  const target = rest.startsWith('?') ? `/${rest}` : rest;
  return { target, path: pathOf(target), authority };
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
