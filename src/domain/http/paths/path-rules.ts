// Hot path. What is done with what two readers of a path could read differently, so that routes are found by the very path that goes on:
// needless escapes, encoded slashes, dot segments, double slashes (RFC 3986 sections 5.2.4 and 6.2.2).
import type { ParseFault } from '../parse-fault.ts';

export const escapeRules = ['normalize', 'keep'] as const;
export const slashRules = ['reject', 'keep', 'decode'] as const;
export const dotRules = ['reject', 'resolve', 'keep'] as const;
export const doubleRules = ['reject', 'merge', 'keep'] as const;

export interface PathRules {
  /** `normalize`: `%61` becomes `a`, `%2f` becomes `%2F`, and what is no escape, or stands for no character, is refused. */
  readonly escapes: (typeof escapeRules)[number];
  /** `%2F`, and `%5C`, which some take for one. `decode` makes it a slash. */
  readonly encodedSlash: (typeof slashRules)[number];
  /** `.` and `..`, also with escapes or with a parameter behind them. `resolve` goes up as a browser would. */
  readonly dotSegments: (typeof dotRules)[number];
  /** `merge` makes one of several. */
  readonly doubleSlash: (typeof doubleRules)[number];
}

/** Nobody can read them differently: what could be is refused. */
export const strictPaths: PathRules = { escapes: 'normalize', encodedSlash: 'reject', dotSegments: 'reject', doubleSlash: 'reject' };

export type PathReading = { readonly path: string; readonly fault: undefined } | { readonly fault: ParseFault };

/** The path that is compared with routes and goes on. A path about which there is nothing to say is given back as it is. */
export function readPath(path: string, rules: PathRules): string | PathReading {
  return isPlain(path) ? path : applyRules(path, rules);
}

const slash = 0x2f;
const dot = 0x2e;
const percent = 0x25;

/** No escape, no two slashes together, no dot behind a slash. */
function isPlain(path: string): boolean {
  let wasSlash = false;
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === percent || (wasSlash && (code === dot || code === slash))) return false;
    wasSlash = code === slash;
  }
  return true;
}

const refused = (fault: ParseFault): PathReading => ({ fault });

function applyRules(path: string, rules: PathRules): PathReading {
  let read = path;
  if (rules.escapes === 'normalize') {
    if (/%(?![0-9A-Fa-f]{2})/.test(read)) return refused('path-escape-invalid');
    read = read.replace(/%[0-9A-Fa-f]{2}/g, normalEscape);
    if (noCharacter.test(read)) return refused('path-escape-invalid');
  }
  if (rules.encodedSlash !== 'keep' && /%5c/i.test(read)) return refused('path-encoded-slash');
  if (rules.encodedSlash === 'reject' && /%2f/i.test(read)) return refused('path-encoded-slash');
  if (rules.encodedSlash === 'decode') read = read.replace(/%2f/gi, '/');
  if (rules.doubleSlash === 'reject' && read.includes('//')) return refused('path-double-slash');
  if (rules.doubleSlash === 'merge') read = read.replace(/\/{2,}/g, '/');
  return rules.dotSegments === 'keep' ? { path: read, fault: undefined } : withoutDots(read, rules.dotSegments);
}

/**
 * Where a program in C takes a path to end, and UTF-8 of more bytes than a character needs (RFC 3629 section 10), in which some find a dot or a
 * slash.
 */
const noCharacter = /%00|%C[01]%[89AB]|%E0%[89]|%F0%8/;

/** RFC 3986 section 6.2.2.2: letters, digits and `-._~` mean the same with an escape and without. */
function normalEscape(written: string): string {
  const character = String.fromCharCode(Number.parseInt(written.slice(1), 16));
  return /[A-Za-z0-9\-._~]/.test(character) ? character : written.toUpperCase();
}

function withoutDots(path: string, rule: 'reject' | 'resolve'): PathReading {
  const segments = path.split('/').slice(1);
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const dots = dotsOf(segment);
    if (dots === undefined) {
      kept.push(segment);
      continue;
    }
    // What only some take for a dot segment cannot be resolved for all; and above the root there is nothing.
    if (rule === 'reject' || dots === 'hidden' || (dots === '..' && kept.pop() === undefined)) return refused('path-dot-segment');
    if (index === segments.length - 1) kept.push('');
  }
  return { path: `/${kept.join('/')}`, fault: undefined };
}

/** Of a segment that some would resolve. `hidden`: a parameter or an encoded slash stands beside the dots. */
export function dotsOf(segment: string): '.' | '..' | 'hidden' | undefined {
  if (!segment.includes('.') && !segment.includes('%')) return undefined;
  const plain = segment.replace(/%2e/gi, '.');
  if (plain === '.' || plain === '..') return plain;
  const parts = plain.split(/%2f|%5c/i).map((part) => part.split(';', 1)[0]);
  return parts.some((part) => part === '.' || part === '..') ? 'hidden' : undefined;
}
