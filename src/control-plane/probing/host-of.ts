// The endpoint's host as a request names it, where nobody gave another one.
import type { ProbeTarget } from './probe.ts';

/** `10.0.0.1:8080`, `[::1]:80`; `localhost` for a socket of this machine, which has no host. */
export function hostOf({ address }: ProbeTarget): string {
  if (address.kind === 'unix') return 'localhost';
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
