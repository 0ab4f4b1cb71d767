// What may be set for a listener: where it listens, where its exchanges go, and how much and how slowly a client may send.
import * as z from 'zod';
import type { PathRules } from '../../domain/http/paths/path-rules.ts';
import { dotRules, doubleRules, escapeRules, slashRules, strictPaths } from '../../domain/http/paths/path-rules.ts';
import { looksAtPaths } from '../../domain/routing/conditions/conditions.ts';
import type { RouteRules } from '../../domain/routing/route-rules.ts';
import { routeSettings } from '../../domain/routing/route-settings.ts';
import type { WrittenAddress } from '../../domain/settings/addresses.ts';
import { parseAddress } from '../../domain/settings/addresses.ts';
import { count, duration, name, network, size } from '../../domain/settings/measures.ts';
import { oneOf, section, written } from '../../domain/settings/written.ts';
import type { Bytes, Milliseconds } from '../../foundation/basics/units.ts';

/** Without a host, all addresses of the machine. Port 0 is any free port. */
export type BindAddress = WrittenAddress;

export interface ListenerSettings {
  /** The text of the address when no name is given. */
  readonly name: string;
  readonly bind: BindAddress;
  readonly protocol: 'http';
  /** Never empty. `pool: NAME` is one route that matches all. */
  readonly routes: readonly RouteRules[];
  readonly timeouts: {
    /** From the first byte of a request to the end of its head. */
    readonly head: Milliseconds;
    /** Between two pieces of a request's body. */
    readonly body: Milliseconds;
    /** For a client that does not read what is sent. */
    readonly send: Milliseconds;
    /** Between two requests. */
    readonly keepAlive: Milliseconds;
  };
  readonly limits: {
    readonly head: Bytes;
    readonly fields: number;
    readonly target: Bytes;
    readonly body: Bytes;
    /** Open at once in each worker. */
    readonly connections: number;
    /** On one connection. */
    readonly exchanges: number;
  };
  /** What is done with paths that could be read in two ways. Absent where no route looks at paths: they go on as they came. */
  readonly paths?: PathRules;
  readonly forwarding: {
    /** Networks whose X-Forwarded-* and Forwarded fields are believed and added to. */
    readonly trust: readonly string[];
    /** The name of this hop in Via; no Via field without one. */
    readonly via: string | undefined;
  };
}

export const bindAddress = written<BindAddress, string>(
  { kind: 'address', type: 'string', examples: [':8080', '127.0.0.1:8080', '[::1]:8080', 'unix:/run/evenkeel.sock'] },
  (input) => {
    const address = typeof input === 'string' ? parseAddress(input) : undefined;
    if (address !== undefined) return { value: address };
    const hint = /^\d+$/.test(String(input)) ? `; a port alone is written ":${String(input)}"` : '';
    return {
      message: `expected an address to listen on such as ":8080", "127.0.0.1:8080", "[::1]:8080" or "unix:/run/evenkeel.sock"${hint}`,
    };
  },
);

/** RFC 9110 section 7.6.3: a pseudonym is a token. */
const pseudonym = written<string, string>({ kind: 'name', type: 'string', examples: ['evenkeel'] }, (input) =>
  typeof input === 'string' && /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,64}$/.test(input)
    ? { value: input }
    : { message: 'expected a name without spaces such as evenkeel, 64 characters at most' },
);

const timeouts = section(
  {
    head: duration().prefault('10s').describe('From the first byte of a request to the end of its head.'),
    body: duration({ none: true }).prefault('30s').describe("The longest pause between two pieces of a request's body."),
    send: duration({ none: true }).prefault('30s').describe('How long a client may leave an answer unread.'),
    keepAlive: duration({ none: true }).prefault('75s').describe('How long a connection is kept open between two requests.'),
  },
  { expected: 'a section of timeouts such as { head: 10s, keepAlive: 75s }' },
);

const limits = section(
  {
    head: size({ least: '256B', most: '1MiB' })
      .prefault('16KiB')
      .describe('The largest head of a request, request line included. Answered with 431.'),
    fields: count({ most: 10_000 }).prefault(100).describe('The most header fields in a request. Answered with 431.'),
    target: size({ least: '16B', most: '1MiB' }).prefault('8KiB').describe('The longest request target. Answered with 414.'),
    body: size({ least: '0B', none: true }).prefault('none').describe('The largest body of a request. Answered with 413.'),
    connections: count({ none: true })
      .prefault(20_000)
      .describe('Connections open at once, in each worker. Further ones are closed at once.'),
    exchanges: count({ none: true }).prefault('none').describe('Exchanges on one connection, which is closed after the last.'),
  },
  { expected: 'a section of limits such as { head: 16KiB, body: 10MiB }', later: { rate: 'rate limits' } },
);

const forwarding = section(
  {
    trust: z
      .array(network(), { error: 'expected a list of networks such as [10.0.0.0/8]' })
      .prefault([])
      .describe(
        'Networks of balancers in front, whose `X-Forwarded-*` and `Forwarded` fields are kept and added to. From anywhere else they are replaced.',
      ),
    via: pseudonym.optional().describe('The name of this hop in the `Via` field. Without it no `Via` is added.'),
  },
  { expected: 'a section such as { trust: [10.0.0.0/8] }', later: { proxyProtocol: 'the PROXY protocol' } },
);

const paths = section(
  {
    escapes: oneOf(escapeRules)
      .prefault('normalize')
      .describe(
        '`normalize` writes needless escapes plainly (`%61` as `a`) and the others in capitals, and refuses what is no escape or stands for no character (`%00`, UTF-8 that is longer than need be).',
      ),
    encodedSlash: oneOf(slashRules)
      .prefault('reject')
      .describe('A slash as `%2F`, or a backslash as `%5C`. `decode` makes a slash of the first and refuses the second.'),
    dotSegments: oneOf(dotRules)
      .prefault('reject')
      .describe('Segments `.` and `..`, also with escapes. `resolve` goes up as a browser would, but never above the root.'),
    doubleSlash: oneOf(doubleRules).prefault('reject').describe('Two slashes together. `merge` makes one of them.'),
  },
  { expected: 'a section such as { encodedSlash: keep, doubleSlash: merge }' },
);

const listenerSection = section(
  {
    name: name().optional().describe('A name for the listener in figures and messages; the address when absent.'),
    bind: bindAddress.describe(
      'Where to listen: `:80` for all addresses, `127.0.0.1:80`, `[::1]:80`, or `unix:/run/evenkeel.sock`. Port 0 takes any free port.',
    ),
    protocol: oneOf(['http'], { tcp: 'balancing TCP', udp: 'balancing UDP' }).prefault('http').describe('What clients speak.'),
    pool: name('the name of a pool')
      .optional()
      .describe('The pool for everything: short for one route that matches all. Either this or `routes`.'),
    routes: z
      .array(routeSettings, { error: 'expected a list of routes such as [{ path: "/api/*", pool: api }, { pool: web }]' })
      .min(1, { error: 'expected at least one route' })
      .optional()
      .describe('Rules tried from first to last; the first that matches decides. Either this or `pool`.'),
    paths: paths
      .exactOptional()
      .describe(
        'What is done with paths that endpoints could read differently: see [routing](../routing.md#paths-that-can-be-read-in-two-ways). When absent, as with all defaults where a route looks at paths, and nothing where none does.',
      ),
    timeouts: timeouts.prefault({}).describe('How long clients are waited for.'),
    limits: limits.prefault({}).describe('How much clients may send.'),
    forwarding: forwarding.prefault({}).describe('What endpoints are told about the client.'),
  },
  {
    expected: 'a listener such as { bind: ":8080", pool: web }',
    exactlyOne: ['pool', 'routes'],
    later: {
      tls: 'TLS',
      proxyProtocol: 'the PROXY protocol',
      accessLog: 'access logs',
      rateLimit: 'rate limits',
      compress: 'compression',
      cache: 'caching',
    },
  },
);

export const listenerSettings = listenerSection
  // `when` lets this be said beside the listener's other mistakes, not only once those are gone; the value may be anything then.
  .refine((listener) => listener.pool === undefined || listener.routes === undefined, {
    error: 'expected either "pool" or "routes", not both: "pool" is short for one route that matches all',
    path: ['pool'],
    params: { bare: true },
    abort: false,
    when: ({ value }) => isSection(value),
  })
  .refine((listener) => listener.pool !== undefined || listener.routes !== undefined, {
    error: 'expected "pool" or "routes": without one of them no exchange has anywhere to go',
    params: { bare: true },
    abort: false,
    when: ({ value }) => isSection(value),
  })
  .transform(({ pool, routes, name, paths, forwarding: { trust, via }, ...rest }): ListenerSettings => {
    const all = routes ?? (pool === undefined ? [] : [{ pool }]);
    const rules = paths ?? (all.some(looksAtPaths) ? strictPaths : undefined);
    return {
      ...rest,
      name: name ?? rest.bind.text,
      routes: all,
      forwarding: { trust, via },
      ...(rules === undefined ? {} : { paths: rules }),
    };
  });

const isSection = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
