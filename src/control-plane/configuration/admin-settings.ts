// What a document says of the admin server: where it listens, who may ask it, and its certificate.
import * as z from 'zod';
import type { BindAddress } from '../../data-plane/listening/settings.ts';
import { bindAddress } from '../../data-plane/listening/settings.ts';
import { section, written } from '../../domain/settings/written.ts';

export interface AdminSettings {
  readonly bind: BindAddress;
  /** Undefined where nobody is asked who they are. */
  readonly tokens?: AdminTokens;
  readonly tls?: AdminTls;
}

export interface AdminTokens {
  /** May look. */
  readonly read: readonly string[];
  /** May look, and change everything. */
  readonly full: readonly string[];
}

/** Both as PEM once the document is read. */
export interface AdminTls {
  readonly cert: string;
  readonly key: string;
}

/** Loopback and sockets in the file system: what no other machine can reach. */
export const isLocal = (bind: BindAddress): boolean =>
  bind.kind === 'unix' || bind.host === 'localhost' || bind.host === '::1' || bind.host?.startsWith('127.') === true;

const adminAddress = written<BindAddress, string>({ kind: 'address', type: 'string', examples: ['127.0.0.1:9900'] }, (input) => {
  const parsed = bindAddress.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  return { message: 'expected an address to listen on such as "127.0.0.1:9900" or "unix:/run/evenkeel-admin.sock"' };
});

/** What a header can carry, RFC 6750, section 2.1; as long as 96 random bits at the least. */
const tokenForm = /^[A-Za-z0-9._~+/-]{16,512}=*$/;

/** Not by `written`: what is refused here must not be printed. */
const token = z
  .custom<string>()
  .transform((input, context): string => {
    if (typeof input === 'string' && tokenForm.test(input)) return input;
    const message =
      'a token has at least 16 characters out of letters, digits and "._~+/-=", such as `openssl rand -hex 24` gives, in quotes if it looks like a number; write it as ' +
      `\${env:NAME} or \${file:PATH}, so that it does not stand in the document`;
    context.issues.push({ code: 'custom', message, params: { isSecret: true }, input, continue: true });
    return z.NEVER;
  })
  .meta({ kind: 'token', type: 'string', examples: [`\${env:ADMIN_TOKEN}`], range: 'at least 16 characters' });

const listOfTokens = z.array(token, { error: `expected a list of tokens such as ["\${env:ADMIN_TOKEN}"]` });

const tokens = section(
  {
    read: listOfTokens.prefault([]).describe('Whoever shows one of these may look: every `GET`.'),
    full: listOfTokens.prefault([]).describe('Whoever shows one of these may look, and change everything.'),
  },
  { expected: `a section such as { full: ["\${env:ADMIN_TOKEN}"], read: ["\${env:WATCH_TOKEN}"] }` },
);

const file = written<string, string>({ kind: 'file', type: 'string', examples: ['admin.pem'] }, (input) =>
  typeof input === 'string' && input !== '' ? { value: input } : { message: 'expected a file in PEM such as admin.pem' },
);

const tls = section(
  {
    cert: file.describe('The certificate in PEM, with those between it and its authority.'),
    key: file.describe('Its key in PEM.'),
  },
  { expected: 'a section such as { cert: admin.pem, key: admin.key }' },
);

export const adminSettings = section(
  {
    bind: adminAddress.describe('Where the admin server listens. Where other machines can reach it, it demands a token.'),
    token: token.exactOptional().describe('Short for `tokens` with this one, which may do everything.'),
    tokens: tokens
      .exactOptional()
      .describe('Who may ask. On loopback and `unix:` paths nobody needs a token unless some are given; several let one replace another.'),
    tls: tls.exactOptional().describe('Speaks HTTPS. Without it, whoever can listen on the way sees tokens.'),
  },
  { expected: 'a section such as { bind: "127.0.0.1:9900" }' },
)
  .check(({ value, issues }) => {
    const complain = (message: string, path: readonly string[]): void => {
      issues.push({ code: 'custom', message, params: { isSecret: true }, input: value, path: [...path], continue: true });
    };
    const { bind, token: single, tokens: lists } = value;
    if (single !== undefined && lists !== undefined) complain('"token" and "tokens" say the same; write one of them', ['token']);
    // An address that is wrong in itself has been told of.
    const isRemote = typeof bind === 'object' && !isLocal(bind);
    const hasNone = single === undefined && lists === undefined;
    const message = `expected a token beside this address, which other machines can reach: add token: "\${env:ADMIN_TOKEN}", or bind it to 127.0.0.1, [::1] or a unix: path`;
    if (isRemote && hasNone) complain(message, ['bind']);
    if (lists !== undefined && !(lists.read?.length || lists.full?.length))
      complain('nobody could ask: list at least one token in "full" or "read"', ['tokens']);
  })
  .transform(({ bind, token: single, tokens: lists, tls: files }): AdminSettings => {
    const given = single === undefined ? lists : { read: [], full: [single] };
    return { bind, ...(given === undefined ? {} : { tokens: given }), ...(files === undefined ? {} : { tls: files }) };
  });
