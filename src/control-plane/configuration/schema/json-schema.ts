// The JSON Schema of documents (draft 2020-12), for completion and for mistakes that are seen while they are written. Made from the descriptions
// that check documents, so nothing is said twice. What parts of a document say of each other, `evenkeel check` alone knows.
import * as z from 'zod';
import { policyFileEndings } from '../../../domain/balancing/own-policy.ts';
import { allPolicies, describeOptions } from '../../../domain/balancing/policy-settings.ts';
import type { Meta } from '../../../domain/settings/written.ts';
import { metaOf } from '../../../domain/settings/written.ts';
import { documentSettings } from '../document.ts';
import type { Json } from './value-schema.ts';
import { takesText, valueSchema } from './value-schema.ts';

const wholeTitle = 'An Evenkeel document';
const partTitle = 'A file that an Evenkeel document includes';

/** Of a whole document, or of a file that one includes, in which any key may be missing. */
export function documentSchema(kind: 'whole' | 'part' = 'whole'): Json {
  const { required, $schema, $defs, ...schema } = converted(documentSettings);
  const title = kind === 'whole' ? wholeTitle : partTitle;
  return {
    $schema,
    title,
    ...schema,
    // What one file lacks may stand in another.
    ...(kind === 'whole' ? { anyOf: [{ required }, { required: ['include'] }] } : {}),
    ...($defs === undefined ? {} : { $defs }),
  };
}

/** Of a part of a document, by its description. */
export function settingsSchema(schema: z.ZodType): Json {
  const { $schema: _, ...json } = converted(schema);
  return json;
}

function converted(schema: z.ZodType): Json {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    // What a description made by `written` takes is told by what it says of itself.
    unrepresentable: 'any',
    // zod gives the core of descriptions; all of ours are whole ones.
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema as unknown as z.ZodType, jsonSchema as Json),
  });
  return finished(made) as Json;
}

/** Changes the schema that zod made in place: zod reads what stands in it then. What depends on inner schemas is left for `finished`. */
function describe(schema: z.ZodType, json: Json): void {
  const meta = metaOf(schema);
  for (const key of ['kind', 'range', 'later', 'exactlyOne', 'oneOrMore', 'examples']) delete json[key];
  if (schema instanceof z.ZodObject && schema.def.catchall !== undefined) closeSection(json, meta);
  if (meta.kind === 'policy' && schema instanceof z.ZodPipe) return replace(json, policySchema());
  if (schema instanceof z.ZodPipe && meta.kind !== undefined && meta.type !== undefined) {
    return replace(json, { ...valueSchema(schema, meta), takes: takesText(meta) });
  }
  if (meta.short !== undefined) {
    json['short'] = meta.short;
    json['plain'] = plainForms.filter(({ example }) => schema.safeParse(example).success).map(({ example: _, ...form }) => form);
  }
}

function replace(json: Json, by: Json): void {
  const { description, default: fallback } = json;
  for (const key of Object.keys(json)) delete json[key];
  Object.assign(json, description === undefined ? {} : { description }, fallback === undefined ? {} : { default: fallback }, by);
}

function closeSection(json: Json, { exactlyOne, oneOrMore }: Meta): void {
  json['additionalProperties'] = false;
  // A list is there when something is in it.
  if (oneOrMore !== undefined) json['anyOf'] = oneOrMore.map((key) => ({ required: [key], not: { properties: { [key]: { const: [] } } } }));
  if (exactlyOne !== undefined) json['oneOf'] = exactlyOne.map((key) => ({ required: [key] }));
}

/** What stands in the place of a section and is the value of none of its keys. */
const plainForms: readonly Json[] = [
  { example: true, const: true },
  { example: 5, type: 'number' },
  { example: 'none', const: 'none' },
];

/** Turns what `describe` left into JSON Schema, once all of it stands. */
function finished(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(finished);
  if (!isJson(value)) return value;
  const { takes, short, plain, ...rest } = value;
  const json = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, isValue(key) ? inner : finished(inner)]));
  // What a value takes stands in no keyword, so it ends the sentence that an editor shows.
  const { description } = json;
  if (typeof takes === 'string' && typeof description === 'string') json['description'] = `${description} Takes ${takes}.`;
  return typeof short === 'string' && isJson(json['properties']) ? withShortForm(json, short, plain) : json;
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isValue = (key: string): boolean => key === 'default' || key === 'const' || key === 'enum';

/** The section, or what may stand in its place: the value of one of its keys, or a word. */
function withShortForm({ description, default: fallback, ...section }: Json, short: string, plain: unknown): Json {
  const ofKey = (section['properties'] as Json)[short];
  const forms: unknown[] = isJson(ofKey) ? [withoutWords(ofKey)] : Array.isArray(plain) ? plain : [];
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [...forms, section],
  };
}

const withoutWords = ({ description: _, default: __, ...schema }: Json): Json => schema;

/** A name, a file, or either of them with options; those of a file are known to the file alone. */
function policySchema(): Json {
  const endings = policyFileEndings.map((ending) => ending.slice(1)).join('|');
  const file = { type: 'string', pattern: `^\\.{0,2}/|\\.(?:${endings})$`, description: 'A file with a policy of your own.' };
  return {
    anyOf: [
      ...allPolicies.map(({ name, summary }) => ({ const: name, description: summary })),
      file,
      ...allPolicies.map((policy) => {
        const { $schema: _, ...options } = converted(describeOptions(policy));
        return { ...options, description: policy.summary };
      }),
      { type: 'object', required: ['policy'], properties: { policy: file } },
    ],
  };
}
