// What zod found wrong, told in our words: what is allowed, what was found instead, and the name that was probably meant.
import type * as z from 'zod';
import type { UnknownOption } from '../../domain/balancing/policy-settings.ts';
import type { UnknownKey } from '../../domain/settings/written.ts';
import type { Finding, Path } from './issue.ts';
import { nearestTo, shown, valueAt } from './issue.ts';

export function explain(issue: z.core.$ZodIssue, document: unknown): readonly Finding[] {
  // Symbols cannot be written in a document.
  const path = issue.path as Path;
  switch (issue.code) {
    case 'invalid_key': {
      const [reason] = issue.issues;
      return [{ path, message: withValue(reason?.message ?? issue.message, path.at(-1)), onKey: true }];
    }
    case 'invalid_union':
      return [explainUnion(issue, path, document)];
    case 'custom':
      return [explainOwn(issue, path, document)];
    default:
      return [{ path, message: described(issue.message, path, document) }];
  }
}

/** What our descriptions put into `params`, whose type zod leaves open. */
interface OwnParams {
  readonly bare?: boolean;
  /** What stands there is not to be shown to anybody. */
  readonly isSecret?: boolean;
  readonly choices?: readonly string[];
}

/** Issues that our own descriptions of settings raise. */
function explainOwn(issue: z.core.$ZodIssueCustom, path: Path, document: unknown): Finding {
  const params: OwnParams = issue.params ?? {};
  if (isUnknownKey(params)) return explainUnknownKey(String(path.at(-1)), path, params);
  if (isUnknownOption(params)) return explainUnknownOption(String(path.at(-1)), path, { ...params, allowed: issue.message });
  const { bare = false, isSecret = false } = params;
  if (bare || isSecret) return { path, message: issue.message, isSecret };

  const choices = params.choices ?? [];
  return { path, message: described(issue.message, path, document), nearest: nearestTo(valueAt(document, path), choices) };
}

function explainUnknownKey(key: string, path: Path, { unknownKeyAmong: keys, later }: UnknownKey): Finding {
  const planned = Object.hasOwn(later, key) ? later[key] : undefined;
  if (planned !== undefined) {
    return { path, onKey: true, message: `"${key}" (${planned}) is not built yet in this version; take it out` };
  }
  return { path, onKey: true, message: `unknown key "${key}"; allowed are ${keys.join(', ')}`, nearest: nearestTo(key, keys) };
}

function explainUnknownOption(key: string, path: Path, { unknownOptionAmong, allowed }: UnknownOption & { allowed: string }): Finding {
  return { path, onKey: true, message: `unknown option "${key}": ${allowed}`, nearest: nearestTo(key, unknownOptionAmong) };
}

/** A union told apart by a word: which words there are. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, document: unknown): Finding {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  const written = valueAt(document, path) ?? valueAt(document, path.slice(0, -1));
  if (options.length === 0 || typeof written !== 'string') return { path, message: described(issue.message, path, document) };
  return { path, message: withValue(`expected one of ${options.join(', ')}`, written), nearest: nearestTo(written, options) };
}

/** Complaints begin with "expected"; what was found instead is added here, where the whole document is known. */
function described(message: string, path: Path, document: unknown): string {
  const around = valueAt(document, path.slice(0, -1));
  const isMissing = path.length > 0 && typeof around === 'object' && around !== null && !Object.hasOwn(around, path.at(-1) ?? '');
  if (isMissing) return `missing; ${message}`;
  // In a short form, the value stands where the section would.
  return withValue(message, typeof around === 'object' && around !== null ? valueAt(document, path) : (around ?? document));
}

const withValue = (message: string, value: unknown): string =>
  message.startsWith('expected') ? `${message}, got ${shown(value)}` : message;

const isUnknownOption = (params: object): params is UnknownOption => 'unknownOptionAmong' in params;
const isUnknownKey = (params: object): params is UnknownKey => 'unknownKeyAmong' in params;
