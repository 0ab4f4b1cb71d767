// Descriptions of settings as a reader meets them: sections with their keys, each with what it takes, its default and its meaning.
// Reads zod's descriptions from outside, through the classes that zod exports.
import * as z from 'zod';
import { metaOf } from '../../src/domain/settings/written.ts';

export interface Key {
  readonly name: string;
  readonly meaning: string;
  /** `duration`, `list of networks`, `section`. */
  readonly takes: string;
  readonly range: string | undefined;
  /** As it would be written; undefined when there is none. */
  readonly default: unknown;
  readonly isRequired: boolean;
}

export interface Section {
  /** Where it stands: `listeners[].timeouts`. */
  readonly path: string;
  readonly keys: readonly Key[];
  /** Keys that are refused because they are not built yet, with what they will do. */
  readonly later: Readonly<Record<string, string>>;
}

/** The sections of a description, outer ones first. */
export function sectionsOf(schema: z.ZodType, path = ''): readonly Section[] {
  const { core } = unwrapped(schema);
  if (core instanceof z.ZodArray) return sectionsOf(typeOf(core.element), `${path}[]`);
  if (core instanceof z.ZodRecord) return sectionsOf(typeOf(core.valueType), `${path}.NAME`);
  if (!(core instanceof z.ZodObject)) return [];

  const shape = Object.entries(core.shape).map(([name, value]) => [name, typeOf(value)] as const);
  const inner = shape.flatMap(([name, value]) => sectionsOf(value, path === '' ? name : `${path}.${name}`));
  const { later = {} } = metaOf(core);
  return [{ path, keys: shape.map(([name, value]) => keyOf(name, value)), later }, ...inner];
}

function keyOf(name: string, schema: z.ZodType): Key {
  const { core, isOptional, fallback } = unwrapped(schema);
  const meaning = schema.description ?? '';
  const { range } = metaOf(core);
  const takes = kindOf(schema);
  return { name, meaning, takes, range, default: fallback, isRequired: !isOptional };
}

function kindOf(schema: z.ZodType): string {
  const meta = metaOf(schema);
  if (meta.enum !== undefined) return meta.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (meta.kind !== undefined) return meta.kind;
  const { core } = unwrapped(schema);
  if (meta.short !== undefined) return `${meta.short}, or section`;
  if (core !== schema) return kindOf(core);
  if (core instanceof z.ZodArray) return `list (${kindOf(typeOf(core.element))})`;
  if (core instanceof z.ZodRecord) return 'sections by name';
  if (core instanceof z.ZodDiscriminatedUnion) return 'policy';
  return 'section';
}

interface Unwrapped {
  readonly core: z.ZodType;
  readonly isOptional: boolean;
  readonly fallback: unknown;
}

/** Takes off what only says how a value is left out, or what is made of it. A value that people write as one stays whole. */
function unwrapped(schema: z.ZodType): Unwrapped {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) {
    return { ...unwrapped(typeOf(schema.def.innerType)), isOptional: true, fallback: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    return { ...unwrapped(typeOf(schema.def.innerType)), isOptional: true };
  }
  const { kind } = metaOf(schema);
  if (schema instanceof z.ZodPipe && kind === undefined) {
    const inner = typeOf(schema.def.in);
    return unwrapped(inner instanceof z.ZodTransform ? typeOf(schema.def.out) : inner);
  }
  return { core: schema, isOptional: false, fallback: undefined };
}

/** zod types what is inside by its smaller core interface; everything here was made with the full one. */
const typeOf = (inner: z.core.$ZodType): z.ZodType => inner as z.ZodType;
