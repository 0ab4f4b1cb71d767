// Secrets that somebody wrote into the document itself are not told to whoever asks for it: a placeholder stands in their place, and stands for the
// same secret when it comes back. Those that stand elsewhere are told as `${env:NAME}`.
import type { Section } from '../../../control-plane/configuration/reading/written.ts';
import { isSection } from '../../../control-plane/configuration/reading/written.ts';
import type { Steps } from './parts.ts';
import { partAt } from './parts.ts';

export const placeholder = '(a secret, not shown)';

const secretKeys: ReadonlySet<string> = new Set(['token', 'password', 'secret']);

/** A copy without secrets, as far as it holds some. */
export function withoutSecrets(value: unknown, inTokens = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, inTokens));
  if (isSection(value)) {
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      isSecret(key, inner) ? placeholder : withoutSecrets(inner, inTokens || key === 'tokens'),
    ]);
    return Object.fromEntries(entries) as unknown;
  }
  return inTokens && isPlain(value) ? placeholder : value;
}

/** The same of a value that stands at these steps. */
export function secretlessAt(steps: Steps, value: unknown): unknown {
  const key = steps.at(-1) ?? '';
  if (isSecret(key, value)) return placeholder;
  return withoutSecrets(value, steps.includes('tokens'));
}

const isSecret = (key: string, value: unknown): boolean => secretKeys.has(key) && isPlain(value);
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
  if (Array.isArray(value)) return value.map((item, index) => fill(item, Array.isArray(inForce) ? inForce[index] : undefined, missing));
  if (!isSection(value)) return value;
  const around = isSection(inForce) ? inForce : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fill(inner, Object.hasOwn(around, key) ? around[key] : undefined, missing)]),
  );
}
