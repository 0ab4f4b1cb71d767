// What may be set for a pool whose endpoints are found while it serves: where they are asked for, how often, and what is done until the first answer.
import * as z from 'zod';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { parseAddress } from '../settings/addresses.ts';
import { count, duration, text, weight } from '../settings/measures.ts';
import { flag, oneOf, section, written } from '../settings/written.ts';

export interface DiscoverSettings {
  readonly source: SourceSettings;
  /** In place of what the source says (the TTL of records), or of what is usual for it. */
  readonly every?: Milliseconds;
  /** For one answer. */
  readonly timeout: Milliseconds;
  readonly init: 'wait' | 'empty' | 'last';
  readonly initTimeout: Milliseconds;
  /** Of endpoints of which the source says nothing else. */
  readonly weight: number;
  readonly maxConnections: number;
  readonly backup: boolean;
  /** What is found beyond that is left out. */
  readonly maxEndpoints: number;
  /** An empty answer counts, also where there were endpoints. */
  readonly allowEmpty: boolean;
}

export type AddressFamily = 'both' | 'ipv4' | 'ipv6';

interface NameSettings {
  readonly name: string;
  readonly family: AddressFamily;
  /** `10.0.0.2:53`; none for those of the system. */
  readonly servers: readonly string[];
}

export interface AddressSourceSettings extends NameSettings {
  readonly kind: 'dns';
  readonly port: number;
}

export interface ServiceSourceSettings extends NameSettings {
  readonly kind: 'srv';
}

export interface FileSourceSettings {
  readonly kind: 'file';
  /** As written, until the document is read; absolute from then on. */
  readonly path: string;
}

export interface HttpSourceSettings {
  readonly kind: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type SourceSettings = AddressSourceSettings | ServiceSourceSettings | FileSourceSettings | HttpSourceSettings;

/** Each names the source that it stands for. */
export const sourceKinds = ['dns', 'srv', 'file', 'http'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Which of the other keys mean something for which source. */
const goesWith: Readonly<Record<string, readonly SourceKind[]>> = {
  port: ['dns'],
  family: ['dns', 'srv'],
  server: ['dns', 'srv'],
  headers: ['http'],
  timeout: ['dns', 'srv', 'http'],
  weight: ['dns', 'file', 'http'],
};

const hostName = written<string, string>({ kind: 'name', type: 'string', examples: ['web.internal'] }, (input) => {
  const host = typeof input === 'string' ? input.replace(/\.$/, '') : '';
  const address = parseAddress(`${host}:1`);
  if (address?.kind === 'tcp' && address.host !== undefined && /[a-z_]/.test(address.host) && !address.host.includes(':'))
    return { value: address.host };
  return { message: 'expected a name in the DNS such as web.internal, without a port; addresses stand under "endpoints"' };
});

const serverAddress = (input: unknown): string | undefined => {
  if (typeof input !== 'string') return undefined;
  const isBare = z.ipv4().safeParse(input).success || z.ipv6().safeParse(input).success;
  const address = parseAddress(isBare ? `${input.includes(':') ? `[${input}]` : input}:53` : input);
  if (address?.kind !== 'tcp' || address.host === undefined || address.port === 0) return undefined;
  return /[a-z_]/.test(address.host) && !address.host.includes(':') ? undefined : address.text;
};

const servers = written<readonly string[], string | readonly string[]>(
  { kind: 'address of a resolver', type: 'string', examples: ['10.0.0.2', '10.0.0.2:5353'] },
  (input) => {
    const list: readonly unknown[] = Array.isArray(input) ? input : [input];
    const addresses = list.flatMap((item) => serverAddress(item) ?? []);
    if (list.length > 0 && addresses.length === list.length) return { value: addresses };
    return { message: 'expected the address of a resolver such as 10.0.0.2, 10.0.0.2:5353 or [::1]:53, or a list of them' };
  },
);

const url = written<string, string>({ kind: 'URL', type: 'string', examples: ['http://127.0.0.1:8500/endpoints'] }, (input) => {
  const parsed = typeof input === 'string' && input.length <= 2048 ? URL.parse(input) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return { message: 'expected a URL such as http://127.0.0.1:8500/endpoints' };
  if (parsed.username !== '' || parsed.password !== '')
    return { message: 'a URL holds no user and no password here; put them under "headers", as `authorization`' };
  parsed.hash = '';
  return { value: parsed.href };
});

/** Fields that are written without being asked. */
const ownFields = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'expect', 'if-none-match']);

const headerName = written<string, string>({ kind: 'name', type: 'string', examples: ['authorization'] }, (input) =>
  typeof input === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(input) && !ownFields.has(input.toLowerCase())
    ? { value: input.toLowerCase() }
    : { message: 'expected the name of a header such as authorization, and none that is written anyway' },
);

/** Not by `written`: what is refused here must not be printed. */
const headerValue = z
  .custom<string>()
  .transform((input, context): string => {
    if (typeof input === 'string' && /^[\t -~]{0,4096}$/.test(input)) return input;
    const message = 'the value of a header is a text of up to 4096 characters of ASCII on one line';
    context.issues.push({ code: 'custom', message, params: { isSecret: true }, input, continue: true });
    return z.NEVER;
  })
  .meta({ kind: 'text', type: 'string', examples: [] });

const discoverSection = section(
  {
    dns: hostName.exactOptional().describe('Every address of this name is an endpoint: records A and AAAA. Goes with `port`.'),
    srv: hostName.exactOptional().describe('Every target of its records SRV is an endpoint, with their ports, weights and priorities.'),
    file: text({ most: 4096 })
      .exactOptional()
      .describe('A file with a list of endpoints, in YAML or JSON, or with an address on each line. Read again whenever it changes.'),
    http: url.exactOptional().describe('Answers `GET` with a list of endpoints in JSON.'),
    port: count({ most: 65_535 }).exactOptional().describe('With `dns`: the port of all its addresses.'),
    family: oneOf(['both', 'ipv4', 'ipv6'])
      .exactOptional()
      .describe('With `dns` and `srv`: which addresses are asked for. `both` when absent.'),
    server: servers
      .exactOptional()
      .describe('With `dns` and `srv`: the resolver that is asked, or several in their order. Those of the system when absent.'),
    headers: z
      .record(headerName, headerValue, { error: 'expected a section of headers such as { authorization: "Bearer …" }' })
      .exactOptional()
      .describe('With `http`: fields to send.'),
    every: duration({ least: '100ms', most: '1d' })
      .exactOptional()
      .describe(
        'How often it is asked. When absent: `dns` and `srv` by the TTL of records, from 1s to 5m; `http` every 10s; `file` every 500ms.',
      ),
    timeout: duration({ least: '10ms', most: '5m' }).exactOptional().describe('How long an answer may take. `5s` when absent.'),
    init: oneOf(['wait', 'empty', 'last'])
      .prefault('wait')
      .describe(
        'Before the first answer: `wait` holds back the start until it is there, `empty` goes on without, `last` takes what was found before the last start and kept in the folder of the history.',
      ),
    initTimeout: duration({ most: '1h' })
      .prefault('10s')
      .describe(
        'How long the start waits at most, and so does a change that brings the pool, unless its source fails before. After that it goes on as with `empty`.',
      ),
    weight: weight().exactOptional().describe('Of endpoints of which the source says none. `1` when absent.'),
    maxConnections: count({ none: true }).prefault('none').describe('Of endpoints of which the source says none.'),
    backup: flag().prefault(false).describe('All that is found are backups.'),
    maxEndpoints: count({ most: 20_000 }).prefault(500).describe('How many are taken at most.'),
    allowEmpty: flag()
      .prefault(false)
      .describe('An answer without any endpoint empties the pool. Otherwise it is not believed, and those that were there stay.'),
  },
  {
    expected: 'a section such as { dns: web.internal, port: 8080 } or { file: ./web.endpoints }',
    exactlyOne: sourceKinds,
    later: {
      etcd: 'discovery in etcd',
      consul: 'discovery in Consul',
      kubernetes: 'discovery in Kubernetes',
      docker: 'discovery in Docker',
    },
  },
).check(({ value, issues }) => {
  const complain = (message: string, key?: string): void => {
    const path = key === undefined ? [] : [key];
    issues.push({ code: 'custom', message, params: { bare: true, isSecret: true }, input: value, path, continue: true });
  };
  // A misspelt source was told of as such.
  if (issues.some((issue) => 'params' in issue && Object.hasOwn(issue.params ?? {}, 'unknownKeyAmong'))) return;
  checkSource(value, complain);
});

type Section = z.output<typeof discoverSection>;
type Written = z.input<typeof discoverSection>;

function checkSource(value: Section, complain: (message: string, key?: string) => void): void {
  const [first, second] = sourceKinds.filter((kind) => kind in value);
  if (first === undefined) return complain(`expected one source: ${sourceKinds.join(', ')}; such as { dns: web.internal, port: 8080 }`);
  if (second !== undefined) return complain(`expected one source, and "${first}" is given already; take one of them out`, second);
  for (const [key, kinds] of Object.entries(goesWith))
    if (key in value && !kinds.includes(first))
      complain(`"${key}" is nothing for "${first}"; it goes with ${kinds.map((kind) => `"${kind}"`).join(', ')}`, key);
  if (first === 'dns' && !('port' in value)) complain('expected "port" with "dns": addresses of a name say no port; "srv" does', 'dns');
}

const usualTimeout = '5s';
const usual = duration().parse(usualTimeout);

function sourceOf({ dns, srv, file, http, port = 0, family = 'both', server = [], headers = {} }: Section): SourceSettings {
  if (dns !== undefined) return { kind: 'dns', name: dns, port, family, servers: server };
  if (srv !== undefined) return { kind: 'srv', name: srv, family, servers: server };
  if (file !== undefined) return { kind: 'file', path: file };
  // One is there: it was just checked.
  return { kind: 'http', url: http ?? '', headers };
}

function complete(value: Section): DiscoverSettings {
  const { every, timeout = usual, init, initTimeout, weight: share = 1, maxConnections, backup, maxEndpoints, allowEmpty } = value;
  return {
    source: sourceOf(value),
    ...(every === undefined ? {} : { every }),
    ...{ timeout, init, initTimeout, weight: share, maxConnections, backup, maxEndpoints, allowEmpty },
  };
}

/** What goes with one source, and nothing of the others. */
type Own<Kind extends SourceKind> = {
  dns: Pick<Written, 'family' | 'server' | 'timeout' | 'weight'> & { readonly dns: string; readonly port: number };
  srv: Pick<Written, 'family' | 'server' | 'timeout'> & { readonly srv: string };
  file: Pick<Written, 'weight'> & { readonly file: string };
  http: Pick<Written, 'headers' | 'timeout' | 'weight'> & { readonly http: string };
}[Kind];
type OwnKey = SourceKind | 'port' | 'family' | 'server' | 'headers' | 'timeout' | 'weight';
type OneSource = {
  readonly [Kind in SourceKind]: Own<Kind> & { readonly [Other in Exclude<OwnKey, keyof Own<Kind>>]?: never };
}[SourceKind];

/** What a person may write. */
export type WrittenDiscover = Omit<Written, OwnKey> & OneSource;

/** The section has all sources as optional keys; that there is one of them is checked, and told to typed documents by the cast. */
export const discoverSettings = discoverSection.transform(complete) as unknown as z.ZodType<DiscoverSettings, WrittenDiscover>;
