// The files of authorities that probes trust, where a document names them: read with the document, so that a mistake in them is told with its
// place, and that nobody waits for a disk when an endpoint is asked.
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { HealthSettings } from '../../domain/health/health-settings.ts';
import type { ProbeSettings } from '../../domain/health/probe-settings.ts';
import { probeKinds } from '../../domain/health/probe-settings.ts';
import type { ProbeTlsSettings } from '../../domain/health/probe-tls-settings.ts';
import type { Document } from './document.ts';
import type { Finding, Path } from './issue.ts';
import { valueAt } from './issue.ts';
import { noteFile } from './reading/files-read.ts';

export interface AuthoritiesFound {
  readonly findings: readonly Finding[];
  /** By pool, as PEM. */
  readonly authorities: ReadonlyMap<string, string>;
}

/** All authorities of a Linux distribution have a quarter of this. */
const mostBytes = 1024 * 1024;

/** The document is read as written. `folderOf` tells where ways begin that are not absolute. */
export async function readAuthorities(document: unknown, folderOf: (path: Path) => string): Promise<AuthoritiesFound> {
  const read = await Promise.all(usesIn(document).map(async (use) => ({ ...use, found: await readUse(use.file, folderOf(use.path)) })));
  return {
    findings: read.flatMap(({ path, found }) => ('fault' in found ? [{ path, message: found.fault }] : [])),
    authorities: new Map(read.flatMap(({ pool, found }) => ('pem' in found ? [[pool, found.pem] as const] : []))),
  };
}

interface Use {
  readonly pool: string;
  readonly path: Path;
  /** As written. */
  readonly file: string;
}

function usesIn(document: unknown): readonly Use[] {
  const pools = valueAt(document, ['pools']);
  if (typeof pools !== 'object' || pools === null) return [];
  return Object.keys(pools).flatMap((pool) =>
    probeKinds.flatMap((kind): readonly Use[] => {
      const path = ['pools', pool, 'health', ...(kind === 'tls' ? ['tls'] : [kind, 'tls']), 'ca'];
      const file = valueAt(document, path);
      return typeof file === 'string' && file !== '' ? [{ pool, path, file }] : [];
    }),
  );
}

type Read = { readonly pem: string } | { readonly fault: string };

async function readUse(file: string, folder: string): Promise<Read> {
  try {
    const path = resolve(folder, file);
    await noteFile(path);
    const about = await stat(path);
    // Devices and pipes have no end, or no beginning.
    if (!about.isFile()) return { fault: `${file} is no file; expected one with certificates` };
    if (about.size > mostBytes) return { fault: `${file} has more than 1 MiB; expected the certificates of authorities` };
    return await certificatesIn(file, await readFile(path, 'latin1'));
  } catch (error) {
    return { fault: unreadable(file, error) };
  }
}

/** What stands around them, names in clear for one, is left out, and so is a key that has no business there. */
async function certificatesIn(file: string, text: string): Promise<Read> {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return { fault: `${file} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----` };
  // Few programs have such a file, and cryptography takes megabytes.
  const { X509Certificate } = await import('node:crypto');
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      return { fault: `certificate ${index + 1} of ${certificates.length} in ${file} cannot be read` };
    }
  }
  return { pem: certificates.join('\n') };
}

function unreadable(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no file ${file}${file.startsWith('/') ? '' : '; the way to it begins where this document is'}`;
  if (code === 'EACCES') return `${file} may not be read; give this user the right to read it`;
  return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** What was read stands in the document from then on, since workers and probes have no files. */
export function withAuthorities(document: Document, authorities: ReadonlyMap<string, string>): Document {
  if (authorities.size === 0) return document;
  const pools = Object.entries(document.pools).map(([name, pool]) => {
    const pem = authorities.get(name);
    return [name, pem === undefined || pool.health === undefined ? pool : { ...pool, health: trusting(pool.health, pem) }] as const;
  });
  return { ...document, pools: Object.fromEntries(pools) };
}

const trusting = (health: HealthSettings, authorities: string): HealthSettings => ({
  ...health,
  probe: probeTrusting(health.probe, authorities),
});

function probeTrusting(probe: ProbeSettings, authorities: string): ProbeSettings {
  const added = ({ tls }: { readonly tls?: ProbeTlsSettings }) => (tls === undefined ? {} : { tls: { ...tls, authorities } });
  switch (probe.kind) {
    case 'tls':
      return { ...probe, authorities };
    case 'http':
    case 'grpc':
    case 'redis':
      return { ...probe, ...added(probe) };
    case 'postgres':
      return probe.login === undefined ? probe : { ...probe, login: { ...probe.login, ...added(probe.login) } };
    case 'mysql':
      return probe.login === undefined ? probe : { ...probe, login: { ...probe.login, ...added(probe.login) } };
    case 'tcp':
    case 'command':
      return probe;
  }
}
