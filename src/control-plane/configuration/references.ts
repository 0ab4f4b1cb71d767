// Checks between the parts of a document: names that must exist do, and what must be unique is.
// They read the document as written, so that they also find something where other parts have mistakes.
import { parseAddress } from '../../domain/settings/addresses.ts';
import { checkChoices } from './choices.ts';
import type { Finding, Path } from './issue.ts';
import { itemsAt, nearestTo, pathText, valueAt } from './issue.ts';
import { checkProbedEndpoints } from './probed-endpoints.ts';

export function checkReferences(document: unknown): readonly Finding[] {
  const listeners = itemsAt(document, ['listeners']);
  return [
    ...poolsThatAreMissing(document, listeners),
    ...backupsInACircle(document),
    ...listenersAlike(document, listeners),
    ...endpointsAlike(document),
    ...checkChoices(document),
    ...checkProbedEndpoints(document),
    ...prototypeKeys(document),
  ];
}

/** zod steps over this one key, so it would be ignored where every other unknown key is refused. */
function prototypeKeys(document: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  const path: (string | number)[] = [];
  const look = (value: object): void => {
    // Deeper than any document goes; a document in TypeScript might hold itself.
    if (path.length > 8) return;
    for (const [key, item] of Object.entries(value)) {
      path.push(Array.isArray(value) ? Number(key) : key);
      if (key === '__proto__') findings.push({ path: [...path], onKey: true, message: 'unknown key "__proto__"' });
      else if (typeof item === 'object' && item !== null) look(item);
      path.pop();
    }
  };
  if (typeof document === 'object' && document !== null) look(document);
  return findings;
}

function poolsThatAreMissing(document: unknown, listeners: readonly Path[]): readonly Finding[] {
  const pools = valueAt(document, ['pools']);
  // Without any pools the missing key is the mistake to tell of.
  if (typeof pools !== 'object' || pools === null || Array.isArray(pools)) return [];
  const names = Object.keys(pools);

  const users = listeners.flatMap((listener) => [listener, ...itemsAt(document, [...listener, 'routes'])]);
  const places = [
    ...users.flatMap((user) => [
      [...user, 'pool'],
      [...user, 'mirror', 'pool'],
    ]),
    ...names.map((name) => ['pools', name, 'backup']),
  ];
  const known = names.length === 0 ? 'there are no pools' : `the pools are ${names.join(', ')}`;
  const missing = (pool: string): Omit<Finding, 'path'> => ({
    message: `no pool is named "${pool}"; ${known}`,
    nearest: nearestTo(pool, names),
  });
  return [
    ...places.flatMap((path): readonly Finding[] => {
      const pool = valueAt(document, path);
      return typeof pool !== 'string' || Object.hasOwn(pools, pool) ? [] : [{ path, ...missing(pool) }];
    }),
    ...users.flatMap((user): readonly Finding[] => {
      const split = valueAt(document, [...user, 'split']);
      if (typeof split !== 'object' || split === null || Array.isArray(split)) return [];
      const strangers = Object.keys(split).filter((pool) => !Object.hasOwn(pools, pool));
      return strangers.map((pool) => ({ path: [...user, 'split', pool], onKey: true, ...missing(pool) }));
    }),
  ];
}

/** An exchange would be handed on for ever. */
function backupsInACircle(document: unknown): readonly Finding[] {
  const pools = valueAt(document, ['pools']);
  if (typeof pools !== 'object' || pools === null) return [];
  return Object.keys(pools).flatMap((first): readonly Finding[] => {
    const path = ['pools', first, 'backup'];
    const way = [first];
    for (let next = valueAt(document, path); typeof next === 'string'; next = valueAt(document, ['pools', next, 'backup'])) {
      way.push(next);
      if (next === first) return [{ path, message: `the backups go in a circle: ${way.join(' → ')}` }];
      if (way.indexOf(next) < way.length - 1) return [];
    }
    return [];
  });
}

function listenersAlike(document: unknown, listeners: readonly Path[]): readonly Finding[] {
  const binds = [...listeners, ['admin']].flatMap((owner): readonly Named[] => {
    const bind = parsedAt(document, [...owner, 'bind']);
    // Port 0 is another free port each time.
    return bind === undefined || (bind.kind === 'tcp' && bind.port === 0) ? [] : [{ path: [...owner, 'bind'], name: bind.text }];
  });

  const names = listeners.flatMap((listener): readonly Named[] => {
    const given = valueAt(document, [...listener, 'name']);
    if (typeof given === 'string') return [{ path: [...listener, 'name'], name: given }];
    const bind = parsedAt(document, [...listener, 'bind']);
    // Two listeners without a name on one address are told of as such, so only free ports need a name here.
    return bind?.kind === 'tcp' && bind.port === 0 ? [{ path: [...listener, 'bind'], name: bind.text }] : [];
  });

  return [
    ...repeated(binds, (name, first) => `${name} is already taken by ${first}`),
    ...repeated(names, (name, first) => `the name "${name}" is already taken by ${first}; give each listener a name of its own`),
  ];
}

function endpointsAlike(document: unknown): readonly Finding[] {
  const pools = valueAt(document, ['pools']);
  if (typeof pools !== 'object' || pools === null) return [];
  return Object.keys(pools).flatMap((pool) => {
    const addresses = itemsAt(document, ['pools', pool, 'endpoints']).flatMap((path): readonly Named[] => {
      const at = typeof valueAt(document, path) === 'string' ? path : [...path, 'address'];
      const address = parsedAt(document, at);
      return address === undefined ? [] : [{ path: at, name: address.text }];
    });
    return repeated(addresses, (name, first) => `${name} is already in this pool as ${first}; to send it more, raise its weight`);
  });
}

interface Named {
  readonly path: Path;
  readonly name: string;
}

function repeated(items: readonly Named[], message: (name: string, first: string) => string): readonly Finding[] {
  const firsts = new Map<string, Path>();
  return items.flatMap(({ path, name }): readonly Finding[] => {
    const first = firsts.get(name);
    if (first !== undefined) return [{ path, message: message(name, pathText(first)), other: first }];
    firsts.set(name, path);
    return [];
  });
}

function parsedAt(document: unknown, path: Path): ReturnType<typeof parseAddress> {
  const text = valueAt(document, path);
  return typeof text === 'string' ? parseAddress(text) : undefined;
}
