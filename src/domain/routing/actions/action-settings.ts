// What may be written for the actions of a route: where its exchanges go, or what is answered in their place, and what is changed on the way.
import * as z from 'zod';
import { linearPattern } from '../../../foundation/patterns/linear-pattern.ts';
import { keySources } from '../../balancing/affinity-key-settings.ts';
import { idempotentSetting } from '../../resilience/settings.ts';
import { isToken } from '../../sessions/field-names.ts';
import { count, decimal, duration, name, size, text } from '../../settings/measures.ts';
import { section, written } from '../../settings/written.ts';
import { parseTemplate } from './template.ts';

/** `beginning`: how it has to begin. */
const template = (kind: string, examples: readonly string[], beginning = /^/) =>
  written<string, string>({ kind, type: 'string', examples }, (input) => {
    if (typeof input !== 'string' || /\p{Cc}/u.test(input)) return { message: `expected a text on one line such as ${examples[0]}` };
    if (!beginning.test(input)) return { message: `expected a template such as ${examples[0]}` };
    const parsed = parseTemplate(input);
    return parsed.ok ? { value: input } : { message: parsed.fault };
  });

/** What says where a message ends, and what holds for one connection: two readers must not find two messages (RFC 9112 section 6). */
const ownFields: readonly string[] = [
  ...['connection', 'content-length', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
];

const headerName = (alsoOwn: readonly string[]) =>
  written<string, string>({ kind: 'header', type: 'string', examples: ['x-tenant'] }, (input) => {
    if (!isToken(input)) return { message: 'expected the name of a header such as x-tenant' };
    if ([...ownFields, ...alsoOwn].includes(input.toLowerCase()))
      return { message: `expected a header that may be changed here; ${input.toLowerCase()} is written by Evenkeel itself` };
    return { value: input };
  });

const headerValue = template('template', ['{client}']);

/** Headers that there must be exactly one of may be set alone. */
function headerEdits(single: readonly string[]) {
  const values = (names: z.ZodType<string, string>) =>
    z
      .record(names, headerValue, { error: 'expected a section of headers and values such as { x-client: "{client}" }' })
      .meta({ kind: 'values by name' })
      .prefault({});
  return section(
    {
      set: values(headerName([])).describe(
        'Headers in place of those with the same name. Values are templates; one that comes out empty leaves the header out.',
      ),
      add: values(headerName(single)).describe('Headers besides those that are there.'),
      remove: z
        .array(headerName(single), { error: 'expected a list of headers such as [x-powered-by]' })
        .prefault([])
        .describe('Headers that are taken out.'),
    },
    { expected: 'a section such as { set: { x-client: "{client}" }, remove: [x-powered-by] }' },
  );
}

const split = z
  .record(name('the name of a pool'), decimal({ least: 0, most: 1_000_000 }), {
    error: 'expected weights by pool such as { stable: 90, canary: 10 }',
  })
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), {
    error: 'expected a weight above 0',
    params: { bare: true },
  })
  .meta({ kind: 'weights by pool' });

const redirectSection = section(
  {
    to: template('template', ['https://{host}{uri}'], /^\S/).describe('Where the client is sent: a template.'),
    status: written<number, number>({ kind: 'status', type: 'number', examples: [301], enum: [301, 302, 303, 307, 308] }, (input) =>
      input === 301 || input === 302 || input === 303 || input === 307 || input === 308
        ? { value: input }
        : { message: 'expected one of 301, 302, 303, 307, 308' },
    )
      .prefault(302)
      .describe('For good with 301 and 308, for now with the others; the method stays with 307 and 308.'),
  },
  { expected: 'a section such as { to: "https://{host}{uri}", status: 301 }' },
);

const respondSection = section(
  {
    status: count({ least: 200, most: 599 }).prefault(200).describe('The status of the answer.'),
    body: z
      .string({ error: 'expected a text' })
      .max(65_536, { error: 'expected at most 65536 characters' })
      .prefault('')
      .describe('Its body, word for word.'),
    type: text({ most: 127 }).prefault('text/plain; charset=utf-8').describe('Its Content-Type.'),
    headers: z
      .record(headerName(['content-type']), headerValue, {
        error: 'expected a section of headers and values such as { retry-after: "60" }',
      })
      .meta({ kind: 'values by name' })
      .prefault({})
      .describe('Further headers. Values are templates.'),
  },
  { expected: 'a section such as { status: 200, body: OK }' },
);

const expression = written<string, string>({ kind: 'expression', type: 'string', examples: ['^/old/(.*)$'] }, (input) => {
  if (typeof input !== 'string') return { message: 'expected a regular expression such as ^/old/(.*)$' };
  const read = linearPattern(input);
  return read.ok ? { value: input } : { message: `expected a regular expression; this one ${read.fault}` };
});

const rewriteSection = section(
  {
    path: template('template', ['/v2/*'], /^[/{]/)
      .exactOptional()
      .describe("The path: a template. A star at its end is what the star of the route's path took."),
    prefix: written<string, string>({ kind: 'path', type: 'string', examples: ['/new'] }, (input) =>
      typeof input === 'string' && /^\/[^\s?#{}*]*$/.test(input)
        ? { value: input.replace(/\/+$/, '') }
        : { message: 'expected the beginning of a path such as /new' },
    )
      .exactOptional()
      .describe("What stands before the star of the route's path: `/new` is short for the path `/new/*`."),
    match: expression.exactOptional().describe('A regular expression: the first match in the path gives way to `to`.'),
    to: written<string, string>({ kind: 'text', type: 'string', examples: ['/new/$1'] }, (input) =>
      typeof input === 'string' && !/[\s#]/.test(input) ? { value: input } : { message: 'expected a text without spaces such as /new/$1' },
    )
      .exactOptional()
      .describe('What takes its place; `$1` is what the first group matched, `$$` a dollar.'),
  },
  { expected: 'a section such as { path: "/v2/*" } or { match: "^/old/(.*)$", to: "/new/$1" }' },
);

const rewrite = rewriteSection
  .refine(({ path, prefix, match }) => [path, prefix, match].filter((one) => one !== undefined).length === 1, {
    error: 'expected one of "path", "prefix" and "match"',
    params: { bare: true },
  })
  .refine(({ match, to }) => (match === undefined) === (to === undefined), {
    error: '"match" and "to" go together',
    params: { bare: true },
  })
  .transform(({ path, prefix, match, to }) =>
    match !== undefined && to !== undefined ? { match, to } : { path: path ?? `${prefix ?? ''}/*` },
  );

const mirrorSection = section(
  {
    pool: name('the name of a pool').describe('The pool that gets a copy. Its answer is thrown away.'),
    share: decimal({ least: 0, most: 100 }).prefault(100).describe('Percent of the exchanges that are copied.'),
    maxBody: size({ least: '0B', most: '64MiB' })
      .prefault('1MiB')
      .describe('An exchange with a longer body is not copied, or its copy is given up.'),
  },
  { expected: 'a section such as { pool: shadow, share: 10 }' },
);

const mirror = mirrorSection.transform(({ pool, share, maxBody }) => ({ pool, share: share / 100, maxBody }));

const timeouts = section(
  {
    total: duration({ none: true })
      .exactOptional()
      .describe('From the head of a request to the head of its answer, waiting and all tries included; after that clients are told 504.'),
    connect: duration().exactOptional().describe('How long a connection to an endpoint may take.'),
    response: duration({ none: true }).exactOptional().describe('From the end of a request to the head of its answer.'),
    body: duration({ none: true }).exactOptional().describe('The longest pause between two pieces of a body.'),
    tunnel: duration({ none: true }).exactOptional().describe('How long a tunnel may be silent both ways.'),
  },
  { expected: 'a section of timeouts such as { response: 5m }' },
);

export const actionShape = {
  pool: name('the name of a pool').exactOptional().describe('The pool that gets the matching exchanges.'),
  split: split.exactOptional().describe('Pools that share the matching exchanges, each by its weight: `{ stable: 90, canary: 10 }`.'),
  splitBy: keySources
    .exactOptional()
    .describe(
      'What decides between the pools of a split, such as `cookie:session`: the same key goes to the same pool. Chance when absent.',
    ),
  redirect: redirectSection.exactOptional().describe('Sends the client elsewhere.'),
  respond: respondSection.exactOptional().describe('A fixed answer.'),
  rewrite: rewrite.exactOptional().describe('The path that endpoints get in place of the one that came.'),
  requestHeaders: headerEdits(['host']).exactOptional().describe('Changes of headers that endpoints get.'),
  responseHeaders: headerEdits([]).exactOptional().describe('Changes of headers that clients get.'),
  mirror: mirror.exactOptional().describe('A copy for another pool, whose answers are thrown away. It never holds up the exchange itself.'),
  timeouts: timeouts.exactOptional().describe('How long endpoints are waited for, in place of the timeouts of the pool.'),
  maxBody: size({ least: '0B' })
    .exactOptional()
    .describe('The largest body of a request on this route, below that of the listener. Answered with 413.'),
  metadata: z
    .record(name(), text(), { error: 'expected a section of words such as { version: v2 }' })
    .exactOptional()
    .describe('Only endpoints of the pool whose metadata say all of this get the matching exchanges.'),
  idempotent: idempotentSetting,
};
