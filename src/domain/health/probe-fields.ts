// The single values of probes, as people write them. What would make a request that no server reads as it was meant is refused.
import * as z from 'zod';
import { text } from '../settings/measures.ts';
import type { Reading } from '../settings/written.ts';
import { written } from '../settings/written.ts';

export type StatusRange = readonly [first: number, last: number];

/** Visible ASCII without what would end a path or be read differently by servers (RFC 3986 section 3.3). */
export const path = written<string, string>({ kind: 'path', type: 'string', examples: ['/healthz'] }, (input) =>
  typeof input === 'string' && /^\/[!$-;=?-[\]-~]{0,2047}$/.test(input)
    ? { value: input }
    : { message: 'expected a path such as /healthz, which begins with "/" and has no blanks, quotes or fragment' },
);

export const method = written<string, string>({ kind: 'method', type: 'string', examples: ['GET', 'HEAD'] }, (input) =>
  typeof input === 'string' && /^[A-Z][A-Z-]{0,30}$/.test(input) && input !== 'CONNECT'
    ? { value: input }
    : { message: 'expected a method such as GET or HEAD, in capitals; CONNECT asks for a tunnel and not for health' },
);

export const host = written<string, string>({ kind: 'host', type: 'string', examples: ['shop.example.com'] }, (input) =>
  typeof input === 'string' && /^[A-Za-z0-9._~[\]:-]{1,260}$/.test(input)
    ? { value: input }
    : { message: 'expected a host such as shop.example.com, with or without a port' },
);

/** Fields that the probe writes itself: a second one would make a request that servers refuse or read in two ways. */
const ownFields = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect', 'proxy-connection'],
]);

export const headerName = written<string, string>({ kind: 'name', type: 'string', examples: ['x-probe'] }, (input) => {
  if (typeof input !== 'string' || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/.test(input)) {
    return { message: 'expected the name of a header such as x-probe' };
  }
  if (!ownFields.has(input.toLowerCase())) return { value: input };
  return { message: `expected a header that the probe does not write itself${input.toLowerCase() === 'host' ? '; use "host"' : ''}` };
});

export const headerValue = written<string, string>({ kind: 'text', type: 'string', examples: ['yes'] }, (input) =>
  typeof input === 'string' && /^[\t -~]{0,2048}$/.test(input)
    ? { value: input }
    : { message: 'expected the value of a header: up to 2048 characters of ASCII on one line' },
);

const expectedStatus = 'expected a status from 200 to 599 such as 204, or a range such as 200-399';
export const status = written<StatusRange, number | string>(
  { kind: 'status or range', type: ['string', 'number'], examples: [204, '200-399'], range: '200 to 599' },
  (input): Reading<StatusRange> => {
    const parts = /^(\d{3})(?:-(\d{3}))?$/.exec(typeof input === 'number' || typeof input === 'string' ? String(input) : '');
    const first = Number(parts?.[1]);
    const last = Number(parts?.[2] ?? parts?.[1]);
    // Final statuses alone: an answer never ends with one below 200.
    return first >= 200 && last <= 599 && first <= last ? { value: [first, last] } : { message: expectedStatus };
  },
);

export const pattern = written<string, string>({ kind: 'regular expression', type: 'string', examples: ['"status": ?"up"'] }, (input) => {
  if (typeof input !== 'string' || input.length === 0 || input.length > 1024) {
    return { message: 'expected a regular expression of up to 1024 characters' };
  }
  try {
    new RegExp(input, 'u');
    return { value: input };
  } catch (error) {
    return { message: `expected a regular expression of JavaScript (${error instanceof Error ? error.message : String(error)})` };
  }
});

export const byteText = written<string, string>({ kind: 'text', type: 'string', examples: ['PING\r\n'] }, (input) =>
  typeof input === 'string' && input.length > 0 && input.length <= 4096 && !/[^\0-\xff]/.test(input)
    ? { value: input }
    : { message: 'expected up to 4096 characters, each of which is one byte (\\x00 to \\xff)' },
);

export const serverName = written<string, string>({ kind: 'host', type: 'string', examples: ['shop.example.com'] }, (input) =>
  typeof input === 'string' && /^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*(?!\d+$)[a-z0-9_-]{1,63}$/i.test(input)
    ? { value: input }
    : { message: 'expected a host name such as shop.example.com: names of servers in TLS are no addresses (RFC 6066)' },
);

export const accountName = text({ most: 63 });

/** Not by `written`: what is refused here must not be printed. */
export const password = z
  .custom<string>()
  .transform((input, context): string => {
    if (typeof input === 'string' && input.length > 0 && input.length <= 1024) return input;
    const message = 'a password is a text of 1 to 1024 characters; put it in quotes if it looks like a number';
    context.issues.push({ code: 'custom', message, params: { isSecret: true }, input, continue: true });
    return z.NEVER;
  })
  .meta({ kind: 'text', type: 'string', examples: [], range: '1 to 1024 characters' });

export const argument = written<string, string>({ kind: 'text', type: 'string', examples: ['--quick'] }, (input) =>
  typeof input === 'string' && input.length <= 4096 && !input.includes('\0')
    ? { value: input }
    : { message: 'expected a text of up to 4096 characters; put it in quotes if it looks like a number' },
);
