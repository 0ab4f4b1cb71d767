// Why an address cannot be listened on, in words that say what to do.
import type { BindAddress } from './settings.ts';

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use by another process. Stop that process or choose another port',
  EACCES:
    'this user may not listen there. Ports below 1024 want the right to bind them (CAP_NET_BIND_SERVICE); a socket file, a folder that exists and may be written to',
  EADDRNOTAVAIL: 'no network interface of this machine has that address. Choose one that it has, or leave the host out to listen on all',
  ENOTFOUND: 'the name cannot be resolved. Write an address in place of the name',
  EINVAL: 'the system does not take that address',
};

export function bindFault(bind: BindAddress, error: NodeJS.ErrnoException): Error {
  const reason = advice[error.code ?? ''] ?? error.message;
  return new Error(`Cannot listen on ${bind.text}: ${reason}.`, { cause: error });
}
