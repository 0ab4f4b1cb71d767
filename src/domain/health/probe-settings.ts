// What may be set for each kind of probe: what is asked of an endpoint, and which answers pass. What no answer could pass is refused.
import * as z from 'zod';
import { text } from '../settings/measures.ts';
import { oneOf, section } from '../settings/written.ts';
import type { StatusRange } from './probe-fields.ts';
import * as fields from './probe-fields.ts';
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
}

/** Byte strings: each character is one byte. */
export interface TcpProbe {
  readonly kind: 'tcp';
  readonly send?: string;
  readonly expect?: string;
}

export interface TlsProbe {
  readonly kind: 'tls';
  readonly serverName?: string;
}

export interface GrpcProbe {
  readonly kind: 'grpc';
  /** Empty for the server as a whole. */
  readonly service: string;
}

export type DatabaseRole = 'primary' | 'replica';

export interface PostgresProbe {
  readonly kind: 'postgres';
  readonly role?: DatabaseRole;
  readonly user: string;
  readonly database: string;
}

export interface MysqlProbe {
  readonly kind: 'mysql';
  /** Without one, the greeting of the server is enough. */
  readonly user?: string;
}

export interface RedisProbe {
  readonly kind: 'redis';
  readonly role?: DatabaseRole;
  readonly user?: string;
  readonly password?: string;
}

export interface CommandProbe {
  readonly kind: 'command';
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
}

export type ProbeSettings = HttpProbe | TcpProbe | TlsProbe | GrpcProbe | PostgresProbe | MysqlProbe | RedisProbe | CommandProbe;

const role = oneOf(['primary', 'replica']);

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
  },
  { expected: 'a path such as /healthz, or a section such as { path: /healthz, status: [200] }' },
).check(({ value, issues }) => {
  const key = value.body === undefined ? 'match' : 'body';
  if (value.method !== 'HEAD' || value[key] === undefined) return;
  const message = `answers to HEAD have no body, so that "${key}" would never pass; use GET`;
  issues.push({ code: 'custom', message, params: { bare: true }, input: value, path: [key], continue: true });
});

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

const tls = orTrue(
  section(
    { serverName: fields.serverName.exactOptional().describe('The name that is asked for in the handshake. None when absent.') },
    { expected: 'true, or a section such as { serverName: shop.example.com }' },
  ),
).transform((given): TlsProbe => ({ kind: 'tls', ...given }));

const grpc = orTrue(
  section(
    { service: text({ least: 0 }).prefault('').describe('Whose health is asked for. That of the whole server when empty.') },
    { expected: 'true, or a section such as { service: shop.Orders }' },
  ),
).transform((given): GrpcProbe => ({ kind: 'grpc', ...given }));

const postgres = orTrue(
  section(
    {
      role: role.exactOptional().describe('What the server has to be. Any server that answers passes when absent.'),
      user: fields.accountName.prefault('postgres').describe('Who asks.'),
      database: fields.accountName.exactOptional().describe('Which database is asked for. The one with the name of the user when absent.'),
    },
    { expected: 'true, or a section such as { role: primary, user: probe }' },
  ),
).transform(({ database, ...given }): PostgresProbe => ({ kind: 'postgres', ...given, database: database ?? given.user }));

const mysql = orTrue(
  section(
    {
      user: fields.accountName
        .exactOptional()
        .describe('Who logs in, without a password. The greeting of the server is enough when absent.'),
    },
    { expected: 'true, or a section such as { user: probe }' },
  ),
).transform((given): MysqlProbe => ({ kind: 'mysql', ...given }));

const redis = orTrue(
  section(
    {
      role: role.exactOptional().describe('What the server has to be. Any server that answers PING passes when absent.'),
      user: fields.accountName.exactOptional().describe('Who logs in with the password. The default user when absent.'),
      password: fields.password.exactOptional().describe('For servers that want one.'),
    },
    { expected: 'true, or a section such as { role: primary }' },
  ),
)
  .refine(({ user, password: given }) => user === undefined || given !== undefined, {
    error: 'a user logs in with a password; add "password"',
    params: { bare: true },
    path: ['user'],
  })
  .transform((given): RedisProbe => ({ kind: 'redis', ...given }));

const expectedCommand = 'a program with its arguments such as [/usr/local/bin/check, --quick]';
const command = z
  .array(fields.argument, { error: `expected ${expectedCommand}` })
  .max(64, { error: 'expected at most 64 arguments' })
  .refine((list) => list.length > 0 && list[0] !== '', { error: `expected ${expectedCommand}` })
  .transform((list): CommandProbe => ({ kind: 'command', command: list as [string, ...string[]] }));

/** Each key names a kind; a pool has one of them. */
export const probeShape = {
  http: http.exactOptional().describe('Asks for a path over HTTP/1.1, and passes by status and body.').meta({ short: 'path' }),
  tcp: tcp.exactOptional().describe('Connects, and passes by that or by what comes.').meta({ short: 'true' }),
  tls: tls.exactOptional().describe('Connects, and passes by a handshake of TLS.').meta({ short: 'true' }),
  grpc: grpc.exactOptional().describe('Asks the health service of gRPC, and passes by SERVING.').meta({ short: 'true' }),
  postgres: postgres
    .exactOptional()
    .describe('Asks a PostgreSQL server whether it takes connections, and which role it has.')
    .meta({ short: 'true' }),
  mysql: mysql.exactOptional().describe('Asks a MySQL server for its greeting, or logs in.').meta({ short: 'true' }),
  redis: redis.exactOptional().describe('Asks a Redis server with PING, and for its role.').meta({ short: 'true' }),
  command: command.exactOptional().describe('Runs a program, and passes by its exit status 0.'),
} as const;

export type ProbeKind = keyof typeof probeShape;
// The keys of an object are not typed as such.
export const probeKinds = Object.keys(probeShape) as readonly ProbeKind[];
