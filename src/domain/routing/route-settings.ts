// What may be set for a route: which exchanges it takes, by host and path, and the pool that gets them.
import * as z from 'zod';
import { idempotentSetting } from '../resilience/settings.ts';
import { name, text } from '../settings/measures.ts';
import { section, written } from '../settings/written.ts';

export interface RouteSettings {
  readonly name?: string;
  /** `shop.example.com`, or `*.example.com` for every name below. In lower case. */
  readonly host?: string;
  /** `/exact`, or `/api/*` for `/api` and everything below it. */
  readonly path?: string;
  readonly pool: string;
  /** Only endpoints that say all of this of themselves. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Its requests may be sent twice whatever their method. */
  readonly idempotent?: boolean;
}

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const hostForm = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$|^\\[[0-9a-f:.]+\\]$`);

const hostPattern = written<string, string>({ kind: 'host', type: 'string', examples: ['shop.example.com', '*.example.com'] }, (input) => {
  const host = typeof input === 'string' ? input.toLowerCase() : '';
  const message = 'expected a host without a port such as shop.example.com, or *.example.com for every name below it';
  return hostForm.test(host) && host.length <= 253 ? { value: host } : { message };
});

/** RFC 3986 section 3.3: what a path may hold; the star is kept for the end, where it stands for anything. */
const pathForm = /^\/(?:[A-Za-z0-9\-._~!$&'()+,;=:@/]|%[0-9A-Fa-f]{2})*\*?$/;

const pathPattern = written<string, string>({ kind: 'path', type: 'string', examples: ['/exact', '/api/*'] }, (input) => {
  const message = 'expected a path such as /cart, or /api/* for /api and everything below it ("*" only as the last character, after "/")';
  const fits = typeof input === 'string' && pathForm.test(input) && (!input.endsWith('*') || input.endsWith('/*'));
  return fits ? { value: input } : { message };
});

export const routeSettings = section(
  {
    name: name().exactOptional().describe('A name for the route in figures and messages.'),
    host: hostPattern
      .exactOptional()
      .describe('The host that was asked for: exact, or `*.` and a domain for every name below it. Any host when absent.'),
    path: pathPattern
      .exactOptional()
      .describe(
        'The path that was asked for, without its query: exact, or `/api/*` for `/api` and everything below it. Any path when absent.',
      ),
    pool: name('the name of a pool').describe('The pool that gets the matching exchanges.'),
    metadata: z
      .record(name(), text(), { error: 'expected a section of words such as { version: v2 }' })
      .exactOptional()
      .describe('Only endpoints of the pool whose metadata say all of this get the matching exchanges.'),
    idempotent: idempotentSetting,
  },
  {
    expected: 'a route such as { path: "/api/*", pool: api }',
    later: {
      method: 'routes by method',
      header: 'routes by header',
      query: 'routes by query',
      cookie: 'routes by cookie',
      source: 'routes by source address',
      rewrite: 'rewriting',
      redirect: 'redirects',
      split: 'traffic splits',
      mirror: 'mirroring',
    },
  },
);
