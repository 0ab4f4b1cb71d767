// What may be written for the conditions of a route.
import * as z from 'zod';
import { isToken } from '../../sessions/field-names.ts';
import { network, size } from '../../settings/measures.ts';
import { section, written } from '../../settings/written.ts';
import type { BodyCondition, Conditions, FieldRule, OneOrMore } from './conditions.ts';
import { isExpression, readExpression } from './expressions.ts';

/** What is wrong with one text, after "expected"; undefined when nothing is. */
type Judge = (text: string) => string | undefined;

export const expressionFault: Judge = (text) => {
  const read = readExpression(text);
  return read.ok ? undefined : `a regular expression behind "~"; this one ${read.fault}`;
};

/** Of texts that may be expressions as well. */
const orExpression =
  (judge: Judge): Judge =>
  (text) =>
    isExpression(text) ? expressionFault(text) : judge(text);

/** One text or a list of them. `mend` makes the canonical form. */
function texts(appearance: { kind: string; examples: readonly string[] }, judge: Judge, mend: (text: string) => string = (text) => text) {
  return written<OneOrMore, OneOrMore>({ ...appearance, type: 'string' }, (input) => {
    const list: readonly unknown[] = Array.isArray(input) ? input : [input];
    const all = list.map((item) => (typeof item === 'string' && !isExpression(item) ? mend(item) : item));
    if (all.length === 0) return { message: `expected at least one ${appearance.kind}` };
    for (const item of all) {
      const fault = judge(typeof item === 'string' ? item : '');
      if (fault !== undefined) return { message: inList(input, item, `expected ${fault}`) };
    }
    // Every item was just seen to be a text.
    return { value: (Array.isArray(input) ? all : all[0]) as OneOrMore };
  });
}

const inList = (input: unknown, item: unknown, message: string): string =>
  Array.isArray(input) ? `${JSON.stringify(item)} in the list is none: ${message}` : message;

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const hostForm = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$|^\\[[0-9a-f:.]+\\]$`);

export const hostPattern = texts(
  { kind: 'host', examples: ['shop.example.com', '*.example.com', '~^shop\\d\\.'] },
  orExpression((host) =>
    hostForm.test(host) && host.length <= 253
      ? undefined
      : 'a host without a port such as shop.example.com, or *.example.com for every name below it',
  ),
  (host) => host.toLowerCase(),
);

/** RFC 3986 section 3.3: what a path may hold; the star is kept for the end, where it stands for anything, and a place is a whole segment. */
const segmentForm = String.raw`(?:[A-Za-z0-9\-._~!$&'()+,;=:@]|%[0-9A-Fa-f]{2})*|\{[A-Za-z_][A-Za-z0-9_-]{0,63}\}`;
const pathForm = new RegExp(`^(?:/(?:${segmentForm}))*/(?:${segmentForm}|\\*)$`);

const judgePath: Judge = (path) => {
  const places = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  if (new Set(places).size < places.length) return 'a path whose places have different names';
  if (pathForm.test(path)) return undefined;
  return 'a path such as /cart, /users/{id}, or /api/* for /api and everything below it ("*" only as the last character, after "/")';
};

export const pathPattern = texts({ kind: 'path', examples: ['/exact', '/api/*', '/users/{id}', '~\\.php$'] }, orExpression(judgePath));

const methodName = texts({ kind: 'method', examples: ['GET'] }, (method) =>
  /^[A-Z][A-Z-]{0,31}$/.test(method) ? undefined : 'a method in capitals such as GET, or a list such as [GET, HEAD]',
);

const networks = written<OneOrMore, OneOrMore>({ kind: 'network', type: 'string', examples: ['10.0.0.0/8'] }, (input) => {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) return { message: 'expected at least one network such as 10.0.0.0/8' };
  for (const item of list) {
    const read = network().safeParse(item);
    if (!read.success) return { message: inList(input, item, 'expected a network such as 10.0.0.0/8 or fd00::/8, or a single address') };
  }
  // Every item was just seen to be a network.
  return { value: input as OneOrMore };
});

type WrittenRule = boolean | number | string | readonly (string | number)[];

const ruleForms = 'a text, a regular expression behind "~", a list of these, true for any value, or false for none';

const fieldRule = written<FieldRule, WrittenRule>({ kind: 'value', type: 'string', examples: ['beta', '~^v[23]$', 'true'] }, (input) => {
  if (typeof input === 'boolean') return { value: input };
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) return { message: `expected ${ruleForms}` };
  const all: string[] = [];
  for (const item of list) {
    if (typeof item !== 'string' && typeof item !== 'number') return { message: `expected ${ruleForms}` };
    const text = String(item);
    const fault = isExpression(text) ? expressionFault(text) : undefined;
    if (fault !== undefined) return { message: inList(input, text, `expected ${fault}`) };
    all.push(text);
  }
  return { value: Array.isArray(input) ? all : (all[0] ?? '') };
});

const fieldName = written<string, string>({ kind: 'name', type: 'string', examples: ['x-tenant'] }, (input) =>
  isToken(input) ? { value: input } : { message: 'expected a name without spaces such as x-tenant' },
);

const parameterName = written<string, string>({ kind: 'name', type: 'string', examples: ['version'] }, (input) =>
  typeof input === 'string' && input !== '' ? { value: input } : { message: 'expected the name of a parameter' },
);

const smallNames = (rules: Record<string, FieldRule>): Record<string, FieldRule> =>
  Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name.toLowerCase(), rule]));

const rules = (names: z.ZodType<string, string>, example: string) =>
  z.record(names, fieldRule, { error: `expected a section of names and values such as ${example}` }).meta({ kind: 'values by name' });

const bodySection = section(
  {
    json: written<string, string>({ kind: 'JSON pointer', type: 'string', examples: ['/order/country'] }, (input) =>
      typeof input === 'string' && /^(?:\/(?:[^~/]|~[01])*)*$/.test(input)
        ? { value: input }
        : { message: 'expected a JSON pointer such as /order/country (RFC 6901)' },
    )
      .exactOptional()
      .describe('The value at this place of a body of JSON, as text. Either this or `form`.'),
    form: parameterName
      .exactOptional()
      .describe(
        'The field of this name in a form (`application/x-www-form-urlencoded` or `multipart/form-data`, whose files are no fields).',
      ),
    is: fieldRule.prefault(true).describe('What the value is to be: a text, `~REGEX`, a list of these, `true` for any, `false` for none.'),
    limit: size({ most: '16MiB' }).prefault('64KiB').describe('A longer body is not looked at, and fits no rule.'),
  },
  { expected: 'a section such as { json: /order/country, is: NZ } or { form: country, is: NZ }', exactlyOne: ['json', 'form'] },
);

const bodyCondition: z.ZodType<BodyCondition, z.input<typeof bodySection>> = bodySection.refine(
  ({ json, form }) => (json === undefined) !== (form === undefined),
  { error: 'expected either "json" or "form"', params: { bare: true } },
);

/** What may be written: names of headers in any letters, numbers as texts. */
export interface WrittenConditions {
  host?: OneOrMore;
  path?: OneOrMore;
  method?: OneOrMore;
  header?: Record<string, WrittenRule>;
  query?: Record<string, WrittenRule>;
  cookie?: Record<string, WrittenRule>;
  client?: OneOrMore;
  body?: z.input<typeof bodySection>;
  all?: WrittenConditions[];
  any?: WrittenConditions[];
  not?: WrittenConditions;
}

const nested: z.ZodType<Conditions, WrittenConditions> = z.lazy(() => conditionsSection).meta({ kind: 'conditions' });

const several = (what: string) =>
  z
    .array(nested, { error: `expected a list of conditions such as ${what}` })
    .min(1, { error: 'expected at least one section of conditions' })
    .exactOptional();

export const conditionShape = {
  host: hostPattern
    .exactOptional()
    .describe(
      'The host that was asked for: exact, `*.` and a domain for every name below it, `~REGEX`, or a list of these. Any host when absent.',
    ),
  path: pathPattern
    .exactOptional()
    .describe(
      'The path that was asked for, without its query: exact, `/api/*` for `/api` and everything below it, `/users/{id}` with any segment in a place, `~REGEX`, or a list of these. Any path when absent.',
    ),
  method: methodName.exactOptional().describe('The method, or a list of methods.'),
  header: rules(fieldName, '{ x-tenant: acme }')
    .transform(smallNames)
    .exactOptional()
    .describe('Headers by name: a text, `~REGEX`, a list of these, `true` for any value, `false` for none. All names must fit.'),
  query: rules(parameterName, '{ version: 2 }')
    .exactOptional()
    .describe('Parameters of the query by name, decoded. Values as with `header`.'),
  cookie: rules(fieldName, '{ beta: true }').exactOptional().describe('Cookies by name. Values as with `header`.'),
  client: networks
    .exactOptional()
    .describe('The address of the client, as far as balancers in front are believed: networks or single addresses.'),
  body: bodyCondition.exactOptional().describe('A field of the body, which is read for it up to a limit before anything goes on.'),
  all: several('[{ header: { x-a: true } }, { query: { b: true } }]').describe(
    'Conditions that must all hold, each a section of these keys.',
  ),
  any: several('[{ header: { x-a: true } }, { query: { b: true } }]').describe('Conditions of which one must hold.'),
  not: nested.exactOptional().describe('Conditions that must not hold together.'),
};

// It holds itself, so the compiler has to be told what comes out of it.
const conditionsSection: z.ZodType<Conditions, WrittenConditions> = z.lazy(() =>
  section(conditionShape, { expected: 'conditions such as { path: "/api/*", method: GET }' }),
) as unknown as z.ZodType<Conditions, WrittenConditions>;
