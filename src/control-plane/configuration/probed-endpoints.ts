// Checks that what a pool asks of its endpoints can be asked of each: a socket file has no other port, and no program beside it that has one.
// Like the checks of names, they read the document as written.
import type { Finding } from './issue.ts';
import { itemsAt, valueAt } from './issue.ts';

export function checkProbedEndpoints(document: unknown): readonly Finding[] {
  const pools = valueAt(document, ['pools']);
  if (typeof pools !== 'object' || pools === null) return [];
  return Object.keys(pools).flatMap((pool): readonly Finding[] => {
    const health = ['pools', pool, 'health'];
    const addresses = itemsAt(document, ['pools', pool, 'endpoints']).map((path) => {
      const written = valueAt(document, path);
      return typeof written === 'string' ? written : valueAt(document, [...path, 'address']);
    });
    const sockets = addresses.filter((address): address is string => typeof address === 'string' && address.startsWith('unix:'));
    const [first] = sockets;
    if (first === undefined) return [];
    const isAll = sockets.length === addresses.length && valueAt(document, ['pools', pool, 'discover']) === undefined;
    return [
      ...(isAll && valueAt(document, [...health, 'port']) !== undefined
        ? [{ path: [...health, 'port'], message: `${first} has no ports; take "port" out, and the socket itself is asked` }]
        : []),
      ...(valueAt(document, [...health, 'agent', 'port']) === undefined
        ? []
        : [{ path: [...health, 'agent', 'port'], message: `${first} has no host on which an agent could listen at a port` }]),
    ];
  });
}
