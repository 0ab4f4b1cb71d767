// Which paths a route takes: one path, or everything below one. Paths are compared as they are written, letter by letter.

export interface PathPattern {
  /**
   * `exact`: `/api` takes `/api` and nothing else, not `/api/` either.
   * `below`: `/api/*` takes `/api`, `/api/` and everything below, not `/apis`; `/*` takes every path.
   */
  readonly kind: 'exact' | 'below';
  /** What stands between the slashes: `['api', 'v1']` for `/api/v1` and `/api/v1/*`, `['']` for `/`. */
  readonly segments: readonly string[];
}

/** Takes what the settings allow: a path that starts with a slash, with a star after its last slash or none. */
export function parsePathPattern(text: string): PathPattern {
  const segments = text.slice(1).split('/');
  if (segments.at(-1) !== '*') return { kind: 'exact', segments };
  return { kind: 'below', segments: segments.slice(0, -1) };
}
