// The JSON Schema of a single value that people write: its type, its range, the forms that it has. What a description takes besides its usual
// form (a list, a number for a text) is found by asking it, so that the schema never refuses what a check takes.
import type * as z from 'zod';
import type { Meta } from '../../../domain/settings/written.ts';

export type Json = Record<string, unknown>;

/** A value from the environment or a file stands for any text. */
const fromElsewhere = '\\$\\{(?:env|file):';

const number = '\\d{1,15}(?:\\.\\d{1,9})?';
const patterns: Readonly<Record<string, string>> = {
  duration: `${number} ?(?:ms|s|m|h|d)`,
  size: `${number} ?(?:B|KiB|MiB|GiB|KB|MB|GB)`,
  address: 'unix:/.+|.*:\\d{1,5}',
  // A beginning alone: an editor that knew it all would say less of what is wrong than `check` does. Routes take expressions behind a tilde.
  host: '[A-Za-z0-9*._~[:-][^\\s/]*|~.*',
  path: '[/~].*',
  method: '[A-Z-]+',
  network: '[0-9A-Fa-f:.]+(?:/\\d{1,3})?',
  'JSON pointer': '(?:/.*)?',
};

export function valueSchema(schema: z.ZodType, meta: Meta): Json {
  const takes = (value: unknown): boolean => schema.safeParse(value).success;
  const words = takesAnyText(meta) ? [] : wordsIn(meta).filter(takes);
  const plain = [...plainForms(meta), ...words.map((word) => ({ const: word }))];
  const forms = meta.type === 'string' ? [...plain, ...formsBesideText(meta, takes)] : plain;
  const lists = (meta.examples ?? []).some((example) => takes([example])) ? [{ type: 'array', items: oneOf(forms), minItems: 1 }] : [];
  return oneOf([...forms, ...lists]);
}

const oneOf = (forms: readonly Json[]): Json => (forms.length === 1 ? { ...forms[0] } : { anyOf: forms });

function plainForms(meta: Meta): readonly Json[] {
  const { enum: words, type, kind = '' } = meta;
  if (words !== undefined) return [{ enum: words }];
  if (type === 'boolean') return [{ type }];
  if (type === 'string') return [textOf(kind)];
  const isWhole = kind.startsWith('whole number') || kind === 'status';
  const numbers = { type: isWhole ? 'integer' : 'number', ...rangeOf(meta) };
  // Of two types, one is for words alone, or for any text.
  const hasText = type !== 'number' && wordsIn(meta).length === 0;
  return hasText ? [numbers, { type: 'string' }] : [numbers];
}

function textOf(kind: string): Json {
  const pattern = Object.hasOwn(patterns, kind) ? patterns[kind] : undefined;
  return pattern === undefined ? { type: 'string' } : { type: 'string', pattern: `^(?:${pattern})$|${fromElsewhere}` };
}

const takesAnyText = ({ type, kind = '' }: Meta): boolean => type === 'string' && !Object.hasOwn(patterns, kind);

/** 0 needs no unit; a value of a header may be a number. */
function formsBesideText({ kind = '' }: Meta, takes: (value: unknown) => boolean): readonly Json[] {
  const hasUnit = kind === 'duration' || kind === 'size';
  return [
    ...(hasUnit && takes(0) ? [{ const: 0 }] : []),
    ...(!hasUnit && takes(2) ? [{ type: 'number' }] : []),
    ...(takes(true) ? [{ type: 'boolean' }] : []),
  ];
}

/** Words in quotes: `1ms to 24d, or "none"`, `whole number or "auto"`. */
const wordsIn = ({ kind = '', range = '' }: Meta): readonly string[] =>
  [...`${kind} ${range}`.matchAll(/"(\w+)"/g)].map(([, word = '']) => word);

function rangeOf({ range = '' }: Meta): Json {
  const [, least, most] = /^([\d.]+) to ([\d.]+)(?:,|$)/.exec(range) ?? [];
  return least === undefined || most === undefined ? {} : { minimum: Number(least), maximum: Number(most) };
}

/** For people: `a duration, 1ms to 24d, such as 250ms, 2s`. */
export function takesText({ kind = '', range, examples = [], enum: words }: Meta): string | undefined {
  if (words !== undefined || kind === 'flag') return undefined;
  const article = /^[aeiou]/.test(kind) ? 'an' : 'a';
  const such = examples.length === 0 ? '' : `, such as ${examples.join(' or ')}`;
  return `${article} ${kind}${range === undefined ? '' : `, ${range}`}${such}`;
}
