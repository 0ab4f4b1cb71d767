// What may be set for each kind of probe: what is asked of an endpoint, and which answers pass. What no answer could pass is refused.
import * as z from 'zod';
import { text } from '../settings/measures.ts';
import { oneOf, section } from '../settings/written.ts';
import type { StatusRange } from './probe-fields.ts';
import * as fields from './probe-fields.ts';
import type { ProbeTlsSettings } from './probe-tls-settings.ts';
import { tlsSection } from './probe-tls-settings.ts';
import { orTrue } from './short-forms.ts';

export interface HttpProbe {
  readonly kind: 'http';
  readonly path: string;
  readonly method: string;
  /** For the field `Host`; the endpoint's address when absent. */
  readonly host?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** First and last status of each range. */
  readonly status: readonly StatusRange[];
  /** Has to stand in the body. */
  readonly body?: string;
  /** The source of a regular expression that has to match the body. */
  readonly match?: string;
  readonly tls?: ProbeTlsSettings;
}

/** Byte strings: each character is one byte. */
export interface TcpProbe {
  readonly kind: 'tcp';
  readonly send?: string;
  readonly expect?: string;
}

export interface TlsProbe extends ProbeTlsSettings {
  readonly kind: 'tls';
}

export interface GrpcProbe {
  readonly kind: 'grpc';
  /** Empty for the server as a whole. */
  readonly service: string;
  readonly tls?: ProbeTlsSettings;
}

export type DatabaseRole = 'primary' | 'replica';

export interface PostgresProbe {
  readonly kind: 'postgres';
  /** Without it, a server that asks for a login passes. */
  readonly login?: {
    readonly user: string;
    readonly database: string;
    readonly password?: string;
    readonly role?: DatabaseRole;
    readonly tls?: ProbeTlsSettings;
  };
}

export interface MysqlProbe {
  readonly kind: 'mysql';
  /** Without it, a server that judges a login passes. */
  readonly login?: { readonly user: string; readonly password?: string; readonly tls?: ProbeTlsSettings };
}

export interface RedisProbe {
  readonly kind: 'redis';
  readonly password?: string;
  readonly role?: DatabaseRole;
  readonly tls?: ProbeTlsSettings;
}

export interface CommandProbe {
  readonly kind: 'command';
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
}

export type ProbeSettings = HttpProbe | TcpProbe | TlsProbe | GrpcProbe | PostgresProbe | MysqlProbe | RedisProbe | CommandProbe;

const role = oneOf(['primary', 'replica']).exactOptional();
const user = fields.accountName.exactOptional();

const hostsName = "The endpoint's host";
// A handshake shows that the endpoint is well. Whoever sends it a password has to know who it is.
const tls = tlsSection(false, 'None').transform((given): TlsProbe => ({ kind: 'tls', ...given }));
const httpTls = tlsSection(false, hostsName).exactOptional().describe('Asks over HTTPS. Not when absent.').meta({ short: 'true' });
const grpcTls = tlsSection(false, hostsName)
  .exactOptional()
  .describe('Asks over TLS, in which HTTP/2 has to be agreed on. Not when absent.')
  .meta({ short: 'true' });
const databaseTls = tlsSection(true, hostsName)
  .exactOptional()
  .describe('Speaks TLS to the server. Not when absent.')
  .meta({ short: 'true' });

const httpSection = section(
  {
    path: fields.path.describe('What is asked for.'),
    method: fields.method.prefault('GET').describe('How it is asked for.'),
    host: fields.host.exactOptional().describe("For the field `Host`. The endpoint's address when absent."),
    headers: z
      .record(fields.headerName, fields.headerValue, { error: 'expected a section of headers such as { x-probe: "yes" }' })
      .prefault({})
      .describe('Other fields to send.'),
    status: z
      .array(fields.status, { error: 'expected a list of statuses such as [200, 301-308]' })
      .min(1, { error: 'expected at least one status: with an empty list no answer would ever pass' })
      .prefault(['200-399'])
      .describe('Statuses that pass.'),
    body: text({ most: 1024 }).exactOptional().describe('What has to stand somewhere in the body.'),
    match: fields.pattern.exactOptional().describe('A regular expression that has to match somewhere in the body.'),
    tls: httpTls,
  },
  { expected: 'a path such as /healthz, or a section such as { path: /healthz, status: [200] }' },
).check(({ value, issues }) => {
  const key = value.body === undefined ? 'match' : 'body';
  const why = whyNoBody(value);
  if (why === undefined || value[key] === undefined) return;
  const message = `${why}, so that "${key}" would never pass`;
  issues.push({ code: 'custom', message, params: { bare: true }, input: value, path: [key], continue: true });
});

/** RFC 9110 sections 9.3.2, 15.3.5, 15.3.6 and 15.4.5. */
function whyNoBody({ method, status }: { readonly method: string; readonly status: readonly StatusRange[] }): string | undefined {
  if (method === 'HEAD') return 'answers to HEAD have no body (use GET)';
  const bodiless = ['204,204', '205,205', '204,205', '304,304'];
  return status.length > 0 && status.every((range) => bodiless.includes(String(range)))
    ? 'answers with these statuses have no body'
    : undefined;
}

const http = z
  .preprocess((input: string | z.input<typeof httpSection>) => (typeof input === 'string' ? { path: input } : input), httpSection)
  .transform((given): HttpProbe => ({ kind: 'http', ...given }));

const tcp = orTrue(
  section(
    {
      send: fields.byteText.exactOptional().describe('What is sent once the connection is made, each character one byte.'),
      expect: fields.byteText
        .exactOptional()
        .describe('What has to come, anywhere in the first 64 KiB. Without it, the connection is enough.'),
    },
    { expected: 'true, or a section such as { send: "PING\\r\\n", expect: "PONG" }' },
  ),
).transform((given): TcpProbe => ({ kind: 'tcp', ...given }));

const grpc = orTrue(
  section(
    {
      service: text({ least: 0 }).prefault('').describe('Whose health is asked for. That of the whole server when empty.'),
      tls: grpcTls,
    },
    { expected: 'true, or a section such as { service: shop.Orders }' },
  ),
).transform((given): GrpcProbe => ({ kind: 'grpc', ...given }));

const password = fields.password.exactOptional().describe('For a server that wants one.');

const postgres = orTrue(
  section(
    {
      user: user.describe('Who logs in. Any server that takes connections passes when absent.'),
      database: fields.accountName.exactOptional().describe('With `user`: the database. The one with the name of the user when absent.'),
      password,
      role: role.describe('With `user`: what the server has to be. Either passes when absent.'),
      tls: databaseTls,
    },
    { expected: 'true, or a section such as { role: primary, user: probe }' },
  ).check(needsUser(['database', 'password', 'role', 'tls'])),
).transform(({ user: name, database, ...given }): PostgresProbe => {
  if (name === undefined) return { kind: 'postgres' };
  return { kind: 'postgres', login: { user: name, database: database ?? name, ...given } };
});

const mysql = orTrue(
  section(
    { user: user.describe('Who logs in. Any server that judges a login passes when absent.'), password, tls: databaseTls },
    { expected: 'true, or a section such as { user: probe }' },
  ).check(needsUser(['password', 'tls'])),
).transform(({ user: name, ...given }): MysqlProbe => {
  return name === undefined ? { kind: 'mysql' } : { kind: 'mysql', login: { user: name, ...given } };
});

const redis = orTrue(
  section(
    { password, role: role.describe('What the server has to be. Either passes when absent.'), tls: databaseTls },
    { expected: 'true, or a section such as { role: primary }' },
  ),
).transform((given): RedisProbe => ({ kind: 'redis', ...given }));

const expectedCommand = 'a program with its arguments such as [/usr/local/bin/check, --quick]';
const command = z
  .array(fields.argument, { error: `expected ${expectedCommand}` })
  .max(64, { error: 'expected at most 64 arguments' })
  .refine((list) => list.length > 0 && list[0] !== '', { error: `expected ${expectedCommand}` })
  .transform((list): CommandProbe => ({ kind: 'command', command: list as [string, ...string[]] }));

/** Each key names a kind; a pool has one of them. */
export const probeShape = {
  http: http.exactOptional().describe('Asks for a path over HTTP/1.1 or HTTPS, and passes by status and body.').meta({ short: 'path' }),
  tcp: tcp.exactOptional().describe('Connects, and passes by that or by what comes.').meta({ short: 'true' }),
  tls: tls.exactOptional().describe('Connects, and passes by a handshake of TLS.').meta({ short: 'true' }),
  grpc: grpc.exactOptional().describe('Asks the health service of gRPC, and passes by SERVING.').meta({ short: 'true' }),
  postgres: postgres
    .exactOptional()
    .describe('Asks a PostgreSQL server whether it takes connections, and which role it has.')
    .meta({ short: 'true' }),
  mysql: mysql.exactOptional().describe('Asks a MySQL server whether it takes connections, or logs in.').meta({ short: 'true' }),
  redis: redis.exactOptional().describe('Asks a Redis server with PING, and for its role.').meta({ short: 'true' }),
  command: command.exactOptional().describe('Runs a program, and passes by its exit status 0.'),
} as const;

export type ProbeKind = keyof typeof probeShape;
// The keys of an object are not typed as such.
export const probeKinds = Object.keys(probeShape) as readonly ProbeKind[];

/** Keys that say nothing without a login. */
function needsUser(keys: readonly string[]) {
  return ({ value, issues }: z.core.ParsePayload<object>): void => {
    if ('user' in value) return;
    for (const key of keys) {
      if (!(key in value)) continue;
      const message = `"${key}" goes with a login; add "user"`;
      issues.push({
        code: 'custom',
        message,
        params: { bare: true, isSecret: key === 'password' },
        input: value,
        path: [key],
        continue: true,
      });
    }
  };
}
