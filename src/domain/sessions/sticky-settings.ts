// What may be set for sessions: a cookie that Evenkeel issues, or the session id of the application that it learns. Never both.
// Rules for names and attributes of cookies: RFC 6265 section 4.1, and draft-ietf-httpbis-rfc6265bis for SameSite, prefixes and the longest age.
import * as z from 'zod';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { count, duration } from '../settings/measures.ts';
import { flag, oneOf, section, written } from '../settings/written.ts';
import { isToken, staysInRequests } from './field-names.ts';

/** A cookie that Evenkeel issues. */
export interface IssuedSettings {
  readonly cookie: string;
  readonly path: string;
  readonly domain?: string;
  /** Whole seconds. Without it the cookie ends with the browser. */
  readonly maxAge?: Milliseconds;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite?: 'lax' | 'strict' | 'none';
  readonly secret?: string;
}

/** A session of the application's own. */
export interface LearnedSettings {
  /** The name of a header is in small letters. */
  readonly session: { readonly kind: 'cookie' | 'header'; readonly name: string };
  readonly idle: Milliseconds;
  readonly most: number;
}

export type StickySettings = IssuedSettings | LearnedSettings;

const cookieName = written<string, string>({ kind: 'name', type: 'string', examples: ['SERVER'] }, (input) =>
  isToken(input) ? { value: input } : { message: 'expected the name of a cookie such as SERVER, without blanks, quotes or separators' },
);

/** Any character but control characters and the semicolon, which would end it. */
const cookiePath = written<string, string>({ kind: 'path', type: 'string', examples: ['/', '/shop'] }, (input) =>
  typeof input === 'string' && /^\/[!-:<-~]{0,255}$/.test(input)
    ? { value: input }
    : { message: 'expected the path of a cookie, which begins with "/" and has no blanks and no ";", such as /shop' },
);

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** The last label of a name is not a number: cookies for addresses have no domain. */
const domainForm = new RegExp(`^(?:${label}\\.)*(?!\\d+$)${label}$`);

const cookieDomain = written<string, string>({ kind: 'host', type: 'string', examples: ['example.com'] }, (input) => {
  const domain = typeof input === 'string' ? input.toLowerCase() : '';
  return domainForm.test(domain) && domain.length <= 253
    ? { value: domain }
    : { message: 'expected the domain of a cookie such as example.com, without a port, an address or a leading "."' };
});

const age = duration({ least: '1s', most: '400d' });
const cookieAge = written<Milliseconds, string>({ kind: 'duration', type: 'string', examples: ['30d'], range: '1s to 400d' }, (input) => {
  const parsed = age.safeParse(input);
  if (!parsed.success) return { message: parsed.error.issues[0]?.message ?? '' };
  return parsed.data % 1000 === 0 ? { value: parsed.data } : { message: 'expected whole seconds, which is what a cookie counts in' };
});

/** Not by `written`: what is refused here must not be printed. */
const secret = z
  .custom<string>()
  .transform((input, context): string => {
    if (typeof input === 'string' && input.length >= 16 && input.length <= 1024) return input;
    const message =
      'a secret is a text of 16 to 1024 characters, such as `openssl rand -base64 24` gives; put it in quotes if it looks like a number';
    context.issues.push({ code: 'custom', message, params: { isSecret: true }, input, continue: true });
    return z.NEVER;
  })
  .meta({ kind: 'text', type: 'string', examples: [], range: '16 to 1024 characters' });

type SessionSource = `cookie:${string}` | `header:${string}`;

const sessionSource = written<LearnedSettings['session'], SessionSource>(
  { kind: '`cookie:NAME` or `header:NAME`', type: 'string', examples: ['cookie:JSESSIONID', 'header:x-session'] },
  (input) => {
    const parts = typeof input === 'string' ? /^(cookie|header):(.*)$/.exec(input) : null;
    const [, kind, name] = parts ?? [];
    if (!isToken(name)) return { message: 'expected cookie:NAME or header:NAME, such as cookie:JSESSIONID' };
    if (kind === 'cookie') return { value: { kind, name } };
    const small = name.toLowerCase();
    if (small === 'cookie' || small === 'set-cookie') return { message: 'expected the cookie by its name, such as cookie:JSESSIONID' };
    if (!staysInRequests(small)) return { message: 'expected a header that does not end at this hop, such as header:x-session' };
    return { value: { kind: 'header', name: small } };
  },
);

const issuedKeys = ['path', 'domain', 'maxAge', 'secure', 'httpOnly', 'sameSite', 'secret'] as const;
const learnedKeys = ['idle', 'most'] as const;
const defaultIdle = milliseconds(30 * 60_000);
const defaultMost = 65_536;

const stickySection = section(
  {
    cookie: cookieName
      .exactOptional()
      .describe('The name of a cookie that Evenkeel issues; its value names the endpoint and cannot be forged. Either this or `session`.'),
    path: cookiePath.exactOptional().describe('For `cookie`: the paths that it is sent for. `/` when absent.'),
    domain: cookieDomain
      .exactOptional()
      .describe('For `cookie`: the domain that it is sent to, with all names below. The host that was asked for when absent.'),
    maxAge: cookieAge
      .exactOptional()
      .describe('For `cookie`: how long it lasts once it is issued, in whole seconds. Until the browser is closed when absent.'),
    secure: flag().exactOptional().describe('For `cookie`: sent over HTTPS only. `false` when absent.'),
    httpOnly: flag().exactOptional().describe('For `cookie`: hidden from scripts of the page. `true` when absent.'),
    sameSite: oneOf(['lax', 'strict', 'none'])
      .exactOptional()
      .describe('For `cookie`: whether requests from other sites carry it. What the browser thinks best when absent.'),
    secret: secret
      .exactOptional()
      .describe(
        'For `cookie`: makes its value unforgeable. Balancers with the same secret and pool understand the same cookies. Made at the start when absent: a restart ends all cookies then.',
      ),
    session: sessionSource
      .exactOptional()
      .describe("Where the application's own session id stands, in requests and in the answers that give it. Either this or `cookie`."),
    idle: duration().exactOptional().describe('For `session`: how long one is remembered after it was last used. `30m` when absent.'),
    most: count({ most: 16_777_216 })
      .exactOptional()
      .describe('For `session`: how many are remembered; the one unused for the longest makes place. 65536 when absent.'),
  },
  { expected: 'a section such as { cookie: SERVER } or { session: "cookie:JSESSIONID" }', exactlyOne: ['cookie', 'session'] },
).check(({ value, issues }) => {
  const complain = (message: string, key?: string): void => {
    const path = key === undefined ? [] : [key];
    // A section may hold a secret, which must not be shown with the mistake.
    issues.push({
      code: 'custom',
      message,
      path,
      params: { bare: true, isSecret: key === undefined || key === 'secret' },
      input: value,
      continue: true,
    });
  };
  // A misspelt "cookie" was told of as such.
  const isMisspelt = issues.some((issue) => 'params' in issue && Object.hasOwn(issue.params ?? {}, 'unknownKeyAmong'));
  if ('cookie' in value || 'session' in value || !isMisspelt) checkForm(value, complain);
  if (typeof value.cookie === 'string') checkAttributes(value, value.cookie, complain);
});

type Section = z.output<typeof stickySection>;
type Written = z.input<typeof stickySection>;
type Complain = (message: string, key?: string) => void;

/** One form or the other, and none of its keys with the other one. */
function checkForm(value: Section, complain: Complain): void {
  if ('cookie' in value && 'session' in value) {
    return complain('expected either "cookie" or "session", not both: Evenkeel issues the one and learns the other', 'session');
  }
  if (!('cookie' in value) && !('session' in value)) {
    return complain('expected "cookie", which Evenkeel issues, or "session", which the application has, such as cookie:JSESSIONID');
  }
  const [form, strangers] = 'cookie' in value ? (['session', learnedKeys] as const) : (['cookie', issuedKeys] as const);
  for (const key of strangers) {
    if (key in value) complain(`"${key}" goes with "${form}" and says nothing here; take it out`, key);
  }
}

/** Combinations that browsers drop without a word: every exchange would be balanced anew. */
function checkAttributes({ secure, path, domain, sameSite }: Section, cookie: string, complain: Complain): void {
  if (sameSite === 'none' && secure !== true) complain('browsers drop a cookie with sameSite: none unless it is secure: true', 'sameSite');
  const prefix = /^__(?:Host|Secure)-/i.exec(cookie)?.[0];
  if (prefix === undefined) return;
  if (secure !== true) complain(`browsers drop a cookie named ${prefix}… unless it is secure: true`, 'cookie');
  if (prefix.toLowerCase() === '__secure-') return;
  if (path !== undefined && path !== '/') complain(`browsers drop a cookie named ${prefix}… with another path than /`, 'path');
  if (domain !== undefined) complain(`browsers drop a cookie named ${prefix}… with a domain; take it out`, 'domain');
}

function chooseForm(value: Section): StickySettings {
  const { cookie, path = '/', domain, maxAge, secure = false, httpOnly = true, sameSite, secret: given, session, idle, most } = value;
  if (session !== undefined) return { session, idle: idle ?? defaultIdle, most: most ?? defaultMost };
  return {
    // Without a session there is a cookie: it was just checked.
    cookie: cookie as string,
    path,
    secure,
    httpOnly,
    ...(domain === undefined ? {} : { domain }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(sameSite === undefined ? {} : { sameSite }),
    ...(given === undefined ? {} : { secret: given }),
  };
}

type Without<Keys extends string> = { readonly [Key in Keys]?: never };
type IssuedKey = (typeof issuedKeys)[number];
type LearnedKey = (typeof learnedKeys)[number];

/** What a person may write. */
export type WrittenSticky =
  | (Required<Pick<Written, 'cookie'>> & Pick<Written, IssuedKey> & Without<'session' | LearnedKey>)
  | (Required<Pick<Written, 'session'>> & Pick<Written, LearnedKey> & Without<'cookie' | IssuedKey>);

/** The section has all keys as optional ones; that they come in two forms is checked, and told to typed documents by the cast. */
export const stickySettings = stickySection.transform(chooseForm) as unknown as z.ZodType<StickySettings, WrittenSticky>;
