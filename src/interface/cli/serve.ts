// The common end of `run` and `quick`: a good document is served, and whoever waits is told where.
import type { ReadDocument } from '../../control-plane/configuration/read.ts';
import type { Origin, Tools } from './command.ts';

/** Resolves with undefined once every listener accepts connections, or with 1 when something is in the way. */
export async function serve(
  { document, written }: ReadDocument,
  { start, out, err }: Tools,
  origin: Omit<Origin, 'written'> = {},
): Promise<number | undefined> {
  try {
    const { listeners, admin } = await start(document, { ...origin, written });
    for (const { name, address } of listeners) out(`evenkeel: ${name} listening on ${urlOf(address)}`);
    if (admin !== undefined) out(`evenkeel: admin on ${urlOf(admin, document.admin?.tls === undefined ? 'http' : 'https')}`);
    return undefined;
  } catch (error) {
    err(`evenkeel: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** An address to paste into a browser. All addresses of the machine are reached by its own name. */
export function urlOf(address: string, scheme: 'http' | 'https' = 'http'): string {
  if (address.startsWith('unix:')) return address;
  const everywhere = /^(?:\*|\[::\]|0\.0\.0\.0):(\d+)$/.exec(address);
  return everywhere === null ? `${scheme}://${address}` : `${scheme}://localhost:${everywhere[1]} (all addresses)`;
}
