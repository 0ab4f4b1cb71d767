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
  const merged: Record<string, unknown> = {};
  const all: Condition[] = [];
  // What an expression among the others finds is what the action speaks of, so it stands first.
  const paths = [...others.filter((other) => 'path' in other), ...terms.is.map((path) => ({ path }))];
  for (const other of [...paths, ...others.filter((each) => !('path' in each))]) {
    const isFree = !('not' in other) && Object.keys(other).every((key) => !(key in merged) && !(key === 'host' && hosts !== undefined));
    if (isFree) Object.assign(merged, other);
    else all.push(other);
  }
  const not = terms.isNot.length === 0 ? [] : [{ not: { path: oneOrList([...new Set(terms.isNot)]) } }];
  const [only, ...more] = [...not, ...all.filter((each) => 'not' in each)];
  const rest = [...all.filter((each) => !('not' in each)), ...more];
  return {
    ...(hosts === undefined ? {} : { host: oneOrList(hosts) }),
    ...merged,
    ...(rest.length === 0 ? {} : { all: rest }),
    ...only,
  };
}

/** Whether it depends on the path where a request goes. */
export function asksForPath(route: WrittenRoute): boolean {
  const { path, not, all } = route as { readonly path?: unknown; readonly not?: WrittenRoute; readonly all?: readonly WrittenRoute[] };
  return path !== undefined || (not !== undefined && asksForPath(not)) || (all ?? []).some(asksForPath);
}

const oneOrList = (list: readonly string[]): string | readonly string[] => (list.length === 1 ? (list[0] ?? '') : list);
