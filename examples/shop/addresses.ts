// Where everything of the example listens, and the document that says so.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, tryPort } from './ports.ts';

export interface Addresses {
  readonly port: number;
  readonly adminPort: number;
  readonly instancePorts: readonly number[];
}

/** As evenkeel.yaml has them. */
export const usualAddresses: Addresses = { port: 8080, adminPort: 9900, instancePorts: [3001, 3002, 3003] };

const loopback = '127.0.0.1';

/** Ports that somebody asked for must be free; the usual ones give way to the next free ones. `notes` tells which did. */
export async function chooseAddresses(asked: {
  readonly port?: number | undefined;
  readonly adminPort?: number | undefined;
}): Promise<{ readonly addresses: Addresses; readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const taken = new Set<number>();
  const choose = async (host: string | undefined, usual: number, option?: { name: string; port: number | undefined }): Promise<number> => {
    const wanted = option?.port ?? usual;
    if (option?.port !== undefined && option.port !== 0 && (await tryPort({ host, port: wanted })) === undefined) {
      throw new Error(`Port ${wanted} is taken. Choose another with ${option.name}, or leave ${option.name} out to get the next free one.`);
    }
    const port = await freePort({ host, port: wanted }, taken);
    taken.add(port);
    if (wanted !== 0 && port !== wanted)
      notes.push(`port ${wanted} is taken, so ${port} is used${option ? ` (choose with ${option.name})` : ''}`);
    return port;
  };

  const port = await choose(undefined, usualAddresses.port, { name: '--port', port: asked.port });
  const adminPort = await choose(loopback, usualAddresses.adminPort, { name: '--admin-port', port: asked.adminPort });
  const instancePorts: number[] = [];
  for (const usual of usualAddresses.instancePorts) instancePorts.push(await choose(loopback, usual));
  return { addresses: { port, adminPort, instancePorts }, notes };
}

/** The document to run: evenkeel.yaml itself, or a copy in `folder` with the ports that had to move. */
export async function documentFor(addresses: Addresses, folder: string): Promise<string> {
  const original = join(import.meta.dirname, 'evenkeel.yaml');
  const text = await readFile(original, 'utf8');
  const moved = moveAddresses(text, addresses);
  if (moved === text) return original;
  const copy = join(folder, 'evenkeel.yaml');
  await writeFile(copy, moved);
  return copy;
}

/** The document's text with other ports. Comments and everything else stay as they are. */
export function moveAddresses(text: string, { port, adminPort, instancePorts }: Addresses): string {
  const moves = new Map([
    [`":${usualAddresses.port}"`, `":${port}"`],
    [`${loopback}:${usualAddresses.adminPort}`, `${loopback}:${adminPort}`],
    ...usualAddresses.instancePorts.map((usual, index): [string, string] => [
      `${loopback}:${usual}`,
      `${loopback}:${instancePorts[index]}`,
    ]),
  ]);
  // One pass, so that a port that moves to another's old place is not moved twice.
  const pattern = new RegExp([...moves.keys()].map((usual) => RegExp.escape(usual)).join('|'), 'g');
  return text.replace(pattern, (usual) => moves.get(usual) ?? usual);
}
