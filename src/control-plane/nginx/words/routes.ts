// A route of a listener as it is written, and how one is put together from what has to hold.
import type { Directive } from '../language/directive.ts';
import type { PathTerms } from '../sites/locations.ts';

export type WrittenRoute = Readonly<Record<string, unknown>>;

/** Besides host and path: `{ client: … }`, `{ header: … }`. */
export type Condition = Readonly<Record<string, unknown>>;

/** What has to hold of a request in all. */
export interface Conditions {
  readonly hosts: readonly string[] | undefined;
  readonly terms: PathTerms;
  readonly others: readonly Condition[];
}

/** Which directive a route comes from, for what is found wrong with it later. */
export type Origins = WeakMap<WrittenRoute, Directive>;

export function conditionKeys({ hosts, terms, others }: Conditions): WrittenRoute {
  const [path, ...morePaths] = terms.is;
  const direct = others.filter((other) => !('not' in other) && !('path' in other) && !('host' in other));
  const merged: Record<string, unknown> = {};
  const all: Condition[] = morePaths.map((more) => ({ path: more }));
  for (const other of others) {
    const isFree = direct.includes(other) && Object.keys(other).every((key) => !(key in merged));
    if (isFree) Object.assign(merged, other);
    else all.push(other);
  }
  return {
    ...(hosts === undefined ? {} : { host: oneOrList(hosts) }),
    ...(path === undefined ? {} : { path }),
    ...merged,
    ...(all.length === 0 ? {} : { all }),
    ...(terms.isNot.length === 0 ? {} : { not: { path: oneOrList([...new Set(terms.isNot)]) } }),
  };
}

const oneOrList = (list: readonly string[]): string | readonly string[] => (list.length === 1 ? (list[0] ?? '') : list);
