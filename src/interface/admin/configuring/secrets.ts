// Secrets that somebody wrote into the document itself are not told to whoever asks for it: a placeholder stands in their place, and stands for the
// same secret when it comes back. Those that stand elsewhere are told as `${env:NAME}`.
import type { Section } from '../../../control-plane/configuration/reading/written.ts';
import { isSection } from '../../../control-plane/configuration/reading/written.ts';
import type { Steps } from './parts.ts';
import { partAt } from './parts.ts';

export const placeholder = '(a secret, not shown)';

const secretKeys: ReadonlySet<string> = new Set(['token', 'password', 'secret']);
/** Sections whose `headers` are sent to sources of endpoints and by probes: tokens, most of the time. */
const asking: ReadonlySet<string> = new Set(['discover', 'health']);

/** What a value stands in. In `secrets` every text is one; the keys of `pools` are names, whatever they say. */
type Within = 'document' | 'admin' | 'pools' | 'part' | 'asking' | 'secrets';

function withinNext(within: Within, key: string): Within {
  if (within === 'document') return key === 'admin' || key === 'pools' ? key : 'part';
  if (within === 'pools') return 'part';
  if ((within === 'admin' && key === 'tokens') || (within === 'asking' && key === 'headers')) return 'secrets';
  return within === 'part' && asking.has(key) ? 'asking' : within;
}

/** A copy of a document without secrets, as far as it holds some. */
export const withoutSecrets = (document: unknown): unknown => copyOf(document, 'document');

/** The same of a value that stands at these steps. */
export const secretlessAt = (steps: Steps, value: unknown): unknown =>
  secretless(steps.at(-1) ?? '', value) ?? copyOf(value, steps.reduce(withinNext, 'document'));

function copyOf(value: unknown, within: Within): unknown {
  if (Array.isArray(value)) return value.map((item) => copyOf(item, within));
  if (isSection(value)) {
    const entries = Object.entries(value).map(([key, inner]) => [key, secretless(key, inner) ?? copyOf(inner, withinNext(within, key))]);
    return Object.fromEntries(entries) as unknown;
  }
  return within === 'secrets' && isPlain(value) ? placeholder : value;
}

/** What is shown in the place of a value by this key; undefined where it is no secret. */
function secretless(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  if (secretKeys.has(key) && isPlain(value)) return placeholder;
  return key === 'http' ? withoutQuery(value) : undefined;
}

/** A URL of a source of endpoints. What stands behind the "?" may be a token. */
function withoutQuery(url: string): string | undefined {
  const at = url.indexOf('?') + 1;
  return /^https?:/i.test(url) && at > 0 && isPlain(url.slice(at)) ? `${url.slice(0, at)}${placeholder}` : undefined;
}

const isPlain = (value: unknown): boolean => typeof value === 'string' && !value.includes('${');

/** With the secrets that stand in force where the placeholder does. Undefined where nothing stands there. */
export function withSecrets(value: unknown, written: Section, steps: Steps): { readonly value: unknown } | undefined {
  const missing: Steps[] = [];
  const filled = fill(value, partAt(written, steps), missing);
  return missing.length === 0 ? { value: filled } : undefined;
}

function fill(value: unknown, inForce: unknown, missing: Steps[]): unknown {
  if (value === placeholder) {
    if (typeof inForce !== 'string') missing.push([]);
    return inForce;
  }
  if (typeof value === 'string' && value.endsWith(`?${placeholder}`)) {
    const isThat = typeof inForce === 'string' && withoutQuery(inForce) === value;
    if (!isThat) missing.push([]);
    return inForce;
  }
  if (Array.isArray(value)) return value.map((item, index) => fill(item, Array.isArray(inForce) ? inForce[index] : undefined, missing));
  if (!isSection(value)) return value;
  const around = isSection(inForce) ? inForce : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fill(inner, Object.hasOwn(around, key) ? around[key] : undefined, missing)]),
  );
}
