// Looks before the workers bind: an address that another program holds is named, a socket file that nobody answers on is removed.
// Workers share a port with SO_REUSEPORT, so without this look a second Evenkeel on the same port would quietly take half of
// the first one's clients.
import { lstat, unlink } from 'node:fs/promises';
import type { ListenOptions, Server } from 'node:net';
import { connect, createServer } from 'node:net';
import type { BindAddress } from '../../data-plane/listening/settings.ts';

/** Rejects with an Error that names the address and says what to do. Holds nothing when it is done. */
export async function checkAddresses(addresses: readonly BindAddress[]): Promise<void> {
  await using held = new AsyncDisposableStack();
  // All are held until the last one is looked at, so that two listeners of one document cannot have the same port either.
  for (const address of addresses) {
    if (address.kind === 'unix') await checkSocketFile(address);
    else if (address.port !== 0) held.use(await hold(address));
  }
}

/** Says what keeps a program from listening on an address, and what helps. `text` is the address as an operator writes it. */
export function bindProblem(text: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const help = helpByCode[code] ?? `cannot be listened on (${code})`;
  return new Error(`${text} ${help}`, { cause: error });
}

const helpByCode: { readonly [code: string]: string } = {
  EADDRINUSE: 'is in use: another program listens on it. Stop that program or choose another address.',
  EACCES:
    'may not be listened on by this user: ports below 1024 want root or the capability CAP_NET_BIND_SERVICE, a socket file a folder that may be written to.',
  EADDRNOTAVAIL: 'is not an address of this machine. Choose one that is, or leave the host out to listen on all of them.',
  ENOTFOUND: 'names a host that cannot be resolved. Write an IP address, or leave the host out to listen on all of them.',
  EAFNOSUPPORT: 'is of an address family that this machine does not have.',
  ENOENT: 'lies in a folder that does not exist.',
};

/** Listening without SO_REUSEPORT fails when anybody listens, with it or without. */
async function hold(address: Extract<BindAddress, { kind: 'tcp' }>): Promise<Server> {
  const options: ListenOptions = { port: address.port, exclusive: true };
  if (address.host !== undefined) options.host = address.host;
  // Whoever connects in this moment is turned away, as they would have been a moment earlier.
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(bindProblem(address.text, error)));
    server.listen(options, resolve);
  });
  return server;
}

async function checkSocketFile({ path, text }: Extract<BindAddress, { kind: 'unix' }>): Promise<void> {
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined) return;
  if (!file.isSocket()) throw new Error(`${text} is taken by a file that is not a socket. Remove the file or choose another path.`);

  const answer = await knock(path);
  if (answer === 'ENOENT') return;
  // Refused means that the program which made the file is gone: it would be in the way of binding for ever.
  if (answer === 'ECONNREFUSED') return unlink(path).catch((error: unknown) => Promise.reject(bindProblem(text, error)));
  throw bindProblem(text, Object.assign(new Error(), { code: answer === 'EACCES' ? 'EACCES' : 'EADDRINUSE' }));
}

/** Whether anybody answers: `answered`, or the code of the error. */
function knock(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('answered');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
