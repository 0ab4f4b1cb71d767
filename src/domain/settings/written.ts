// How settings are described: single values as people write them, sections of keys, and words for what is allowed.
// No complaint stops the others: a document's mistakes are found all at once.
import * as z from 'zod';

/** What is wrong with a value, ready to be put before "got …": `expected a duration such as 2s`. */
export interface Complaint {
  readonly message: string;
  /** The words that would have been right, where they can be listed: the nearest one is offered to the reader. */
  readonly choices?: readonly string[];
}

export type Reading<Value> = { readonly value: Value } | Complaint;

/** What the reference and the JSON Schema say about a value: its JSON type, and how it looks. */
export interface Appearance {
  /** A name for the kind of value in the reference page: `duration`, `address`. */
  readonly kind: string;
  readonly type: 'string' | 'number' | 'boolean' | readonly ['string', 'number'];
  readonly examples: readonly (string | number)[];
  /** From where to where, for a reader: `1ms to 24d, or "none"`. */
  readonly range?: string;
  readonly enum?: readonly (string | number | boolean)[];
}

/** A value that `read` makes out of what was written. `Input` is what a typed document may write. */
export function written<Value, Input>(appearance: Appearance, read: (input: unknown) => Reading<Value>): z.ZodType<Value, Input> {
  return z
    .custom<Input>()
    .transform((input, context): Value => {
      const reading = read(input);
      if ('value' in reading) return reading.value;
      const params = reading.choices === undefined ? {} : { choices: reading.choices };
      // `continue` keeps zod from skipping the checks of the section around this value.
      context.issues.push({ code: 'custom', message: reading.message, params, input, continue: true });
      return z.NEVER;
    })
    .meta({ ...appearance });
}

export interface SectionOptions {
  /** The end of "expected …" where something else than a section was written. */
  readonly expected: string;
  /** Keys of the contract that are not built yet, each with what it will do. */
  readonly later?: Readonly<Record<string, string>>;
  /** Keys of which a section has one, for editors; the section's own check tells it to everybody. */
  readonly exactlyOne?: readonly string[];
  /** Keys of which a section has at least one, in the same way. */
  readonly oneOrMore?: readonly string[];
}

/** What descriptions say of themselves, for the reference and the JSON Schema. */
export interface Meta extends Partial<Appearance>, Pick<SectionOptions, 'later' | 'exactlyOne' | 'oneOrMore'> {
  /** What may be written in place of a section: the name of one of its keys, whose value it is, or words about it. */
  readonly short?: string;
}

// zod leaves open what descriptions say of themselves.
export const metaOf = (schema: z.ZodType): Meta => (z.globalRegistry.get(schema) ?? {}) as Meta;

/** What stands in an issue's `params` for a key that a section does not have. */
export interface UnknownKey {
  readonly unknownKeyAmong: readonly string[];
  readonly later: Readonly<Record<string, string>>;
}

/** A group of keys. Any other key is refused in its own place, and one that is still to be built with a message that says so. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, options: SectionOptions): z.ZodObject<Shape, z.core.$strip> {
  const params: UnknownKey = { unknownKeyAmong: Object.keys(shape), later: options.later ?? {} };
  const unknownKey = z.custom<never>(() => false, { params: { ...params }, abort: false });
  const { exactlyOne, oneOrMore } = options;
  const described = z
    .object(withReadyDefaults(shape), { error: `expected ${options.expected}` })
    .catchall(unknownKey)
    .meta({
      later: params.later,
      ...(exactlyOne === undefined ? {} : { exactlyOne }),
      ...(oneOrMore === undefined ? {} : { oneOrMore }),
    });
  // A catchall adds an index signature to the type. No other key ever passes, so the plain object's type is the true one.
  return described as unknown as z.ZodObject<Shape, z.core.$strip>;
}

/**
 * What comes out for a key that is left out is the same each time, and most keys of most pools are left out: it is made once, and shared by all.
 * Twice as fast for a thousand pools.
 */
function withReadyDefaults<Shape extends z.ZodRawShape>(shape: Shape): Shape {
  for (const schema of Object.values(shape)) {
    if (!(schema instanceof z.ZodPrefault)) continue;
    const { run } = schema._zod;
    let ready: { readonly value: unknown } | undefined;
    schema._zod.run = (payload, context) => {
      if (payload.value !== undefined) return run(payload, context);
      if (ready === undefined) {
        const made = run({ value: undefined, issues: [] }, context);
        // Nothing here waits, and defaults are good.
        if (made instanceof Promise || made.issues.length > 0) return run(payload, context);
        ready = { value: made.value };
      }
      payload.value = ready.value;
      return payload;
    };
  }
  return shape;
}

/** `true` or `false`. */
export const flag = (): z.ZodType<boolean, boolean> =>
  written<boolean, boolean>({ kind: 'flag', type: 'boolean', examples: ['true'] }, (input) =>
    typeof input === 'boolean' ? { value: input } : { message: 'expected true or false' },
  );

/** One of a few words. `later` holds words that are not built yet, each with what it will do. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  later: Readonly<Record<string, string>> = {},
): z.ZodType<Word, Word> {
  const [first = ''] = words;
  const allowed = words.map((word) => `"${word}"`).join(', ');
  return written<Word, Word>({ kind: 'word', type: 'string', examples: [first], enum: words }, (input) => {
    const word = words.find((candidate) => candidate === input);
    if (word !== undefined) return { value: word };
    const planned = typeof input === 'string' && Object.hasOwn(later, input) ? later[input] : undefined;
    if (planned !== undefined) return { message: `${planned} is not built yet in this version; allowed is ${allowed}` };
    return { message: words.length === 1 ? `expected ${allowed}` : `expected one of ${allowed}`, choices: words };
  });
}
