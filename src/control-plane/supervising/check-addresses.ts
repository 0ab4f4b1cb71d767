// Looks before the workers bind: an address that another program holds is named, a socket file that nobody answers on is removed.
// Workers share a port with SO_REUSEPORT, so without this look a second Evenkeel on the same port would quietly take half of
// the first one's clients.
import { lstat, unlink } from 'node:fs/promises';
import type { ListenOptions, Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { bindFault } from '../../data-plane/listening/bind-fault.ts';
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

/** Listening without SO_REUSEPORT fails when anybody listens, with it or without. */
async function hold(address: Extract<BindAddress, { kind: 'tcp' }>): Promise<Server> {
  const options: ListenOptions = { port: address.port, exclusive: true };
  if (address.host !== undefined) options.host = address.host;
  // Whoever connects in this moment is turned away, as they would have been a moment earlier.
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(bindFault(address, error)));
    server.listen(options, resolve);
  });
  return server;
}

async function checkSocketFile(address: Extract<BindAddress, { kind: 'unix' }>): Promise<void> {
  const { path, text } = address;
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined) return;
  if (!file.isSocket())
    throw new Error(`Cannot listen on ${text}: a file that is not a socket is there. Remove it or choose another path.`);

  const answer = await knock(path);
  if (answer === 'ENOENT') return;
  // Refused means that the program which made the file is gone: it would be in the way of binding for ever.
  if (answer === 'ECONNREFUSED') return removeFile(address);
  throw bindFault(address, Object.assign(new Error(answer), { code: answer === 'EACCES' ? 'EACCES' : 'EADDRINUSE' }));
}

function removeFile(address: Extract<BindAddress, { kind: 'unix' }>): Promise<void> {
  return unlink(address.path).catch((error: NodeJS.ErrnoException) => {
    throw bindFault(address, error);
  });
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
