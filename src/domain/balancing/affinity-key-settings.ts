// The description of what a pool is keyed on: `client`, `header:x-user`, or several of them as a list.
import { written } from '../settings/written.ts';
import { keyForms, parseKeySource } from './affinity-key.ts';

const mostSources = 8;

/** One source or a list of sources, read into a list of sources in canonical writing. */
export const keySources = written<readonly string[], string | readonly string[]>(
  { kind: 'key', type: 'string', examples: ['client', 'header:x-user', 'cookie:session'] },
  (input) => {
    const list: readonly unknown[] = Array.isArray(input) ? input : [input];
    if (list.length === 0 || list.length > mostSources)
      return { message: `expected a key (${keyForms}), or a list of up to ${mostSources}` };
    const sources: string[] = [];
    for (const item of list) {
      const source = typeof item === 'string' ? parseKeySource(item) : undefined;
      if (source === undefined) return { message: complaint(input, item) };
      sources.push(source.text);
    }
    return { value: sources };
  },
);

/** Of a list it is said which item is wrong. */
function complaint(input: unknown, item: unknown): string {
  if (!Array.isArray(input)) return `expected a key: ${keyForms}, or a list of these`;
  const shown = typeof item === 'string' ? JSON.stringify(item.slice(0, 60)) : `a ${typeof item}`;
  return `${shown} in the list is no key; a key is ${keyForms}`;
}
