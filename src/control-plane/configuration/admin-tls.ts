// The certificate of the admin server and its key: read with the document, so that a mistake in them is told with its place.
import { resolve } from 'node:path';
import type { Document } from './document.ts';
import type { Finding, Path } from './issue.ts';
import { valueAt } from './issue.ts';
import { textInFile } from './reading/text-file.ts';

export interface AdminTlsFound {
  readonly findings: readonly Finding[];
  /** As PEM. */
  readonly pem: { readonly cert: string; readonly key: string } | undefined;
}

const mostBytes = 256 * 1024;
const nothing: AdminTlsFound = { findings: [], pem: undefined };

/** The document is read as written. `folderOf` tells where ways begin that are not absolute. */
export async function readAdminTls(document: unknown, folderOf: (path: Path) => string): Promise<AdminTlsFound> {
  const [cert, key] = await Promise.all([readPem(document, 'cert', folderOf), readPem(document, 'key', folderOf)]);
  if (cert === undefined || key === undefined) return nothing;
  if ('message' in cert || 'message' in key) return { findings: [cert, key].filter((read) => 'message' in read), pem: undefined };
  const pem = { cert: cert.text, key: key.text };
  // Few programs have them, and TLS takes megabytes.
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext(pem);
    return { findings: [], pem };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error:[^:]*:[^:]*:[^:]*:/, '') : String(error);
    const message = `the certificate and the key cannot be used together (${reason}); expected both in PEM, and the key that belongs to the certificate`;
    return { findings: [{ path: ['admin', 'tls'], message, isSecret: true }], pem: undefined };
  }
}

type Read = { readonly text: string } | Finding;

/** Undefined where the shape of the document says what is wrong. */
async function readPem(document: unknown, key: 'cert' | 'key', folderOf: (path: Path) => string): Promise<Read | undefined> {
  const path: Path = ['admin', 'tls', key];
  const written = valueAt(document, path);
  if (typeof written !== 'string' || written === '') return undefined;
  // By way of `${file:PATH}` its text stands here already.
  if (written.includes('-----BEGIN ')) return { text: written };
  const read = await textInFile(resolve(folderOf(path), written), mostBytes, () => `the file has more than ${mostBytes / 1024} KiB`);
  return read.ok ? { text: read.value } : { path, message: `${written}: ${read.fault}`, isSecret: true };
}

/** What was read stands in the document from then on. */
export function withAdminTls(document: Document, pem: AdminTlsFound['pem']): Document {
  const { admin } = document;
  return admin === undefined || pem === undefined ? document : { ...document, admin: { ...admin, tls: pem } };
}
