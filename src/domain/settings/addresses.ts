// Addresses as people write them: `10.0.0.1:8080`, `localhost:3001`, `[::1]:80`, `:8080`, `unix:/run/app.sock`.
// Each has one canonical text, so that two ways of writing one address are seen to be the same.
import * as z from 'zod';

// Made once: a document may hold tens of thousands of addresses.
const versionFour = z.ipv4();
const versionSix = z.ipv6();

/** An address taken apart. `host` is undefined for `:8080`; `text` is the canonical way to write it. */
export type WrittenAddress =
  | { readonly kind: 'tcp'; readonly host: string | undefined; readonly port: number; readonly text: string }
  | { readonly kind: 'unix'; readonly path: string; readonly text: string };

/** Undefined when the text is no address. Hosts come out in lower case, version 6 in its shortest form and without brackets. */
export function parseAddress(text: string): WrittenAddress | undefined {
  if (text.startsWith('unix:')) return unixAddress(text.slice('unix:'.length));

  const parts = /^(.*):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[2]);
  if (parts === null || port > 65_535) return undefined;
  const written = parts[1] ?? '';
  if (written === '') return { kind: 'tcp', host: undefined, port, text: `:${port}` };

  const host = written.startsWith('[') ? versionSixHost(written) : namedHost(written);
  if (host === undefined) return undefined;
  return { kind: 'tcp', host, port, text: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` };
}

/** 107 bytes is what the kernel keeps for the path of a socket; a longer one would be cut off. */
const longestPath = 107;

function unixAddress(path: string): WrittenAddress | undefined {
  const plain = path.startsWith('/') && path.length > 1 && path.length <= longestPath && !path.includes('\0');
  return plain ? { kind: 'unix', path, text: `unix:${path}` } : undefined;
}

function versionSixHost(bracketed: string): string | undefined {
  const inner = bracketed.slice(1, -1);
  if (!bracketed.endsWith(']') || !versionSix.safeParse(inner).success) return undefined;
  // A URL's host is the shortest form of RFC 5952.
  return new URL(`http://[${inner}]/`).hostname.slice(1, -1);
}

/** RFC 1123 names, and version 4 addresses: a name whose last label is a number is an address or nothing. */
function namedHost(text: string): string | undefined {
  const host = text.toLowerCase();
  const labels = host.split('.');
  const isName = host.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  if (!isName) return undefined;
  const isNumeric = /^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '');
  return !isNumeric || versionFour.safeParse(host).success ? host : undefined;
}
