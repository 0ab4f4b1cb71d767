// What is different in a listener's list of routes. A route is known by its name, or by all that it says where it has none.
import { isDeepStrictEqual } from 'node:util';
import type { Conditions } from '../../domain/routing/conditions/conditions.ts';
import { listed } from '../../domain/routing/conditions/conditions.ts';
import type { RouteRules } from '../../domain/routing/route-rules.ts';
import { poolsOf } from '../../domain/routing/route-rules.ts';
import type { SettingChange } from './setting-changes.ts';
import { settingChanges } from './setting-changes.ts';

export interface RouteChange {
  readonly what: 'added' | 'removed' | 'changed' | 'moved';
  /** Its name, or what it asks for and where it leads. */
  readonly route: string;
  readonly settings: readonly SettingChange[];
}

type Routes = readonly RouteRules[];

export function routeChanges(before: Routes, after: Routes): readonly RouteChange[] {
  const pairs = pairsOf(before, after);
  const removed = before.filter((route) => ![...pairs.values()].includes(route));
  const changes = after.flatMap((route): readonly RouteChange[] => {
    const former = pairs.get(route);
    if (former === undefined) return [{ what: 'added', route: routeText(route), settings: [] }];
    const settings = settingChanges(former, route);
    return settings.length === 0 ? [] : [{ what: 'changed', route: routeText(route), settings }];
  });
  return [
    ...changes,
    ...removed.map((route): RouteChange => ({ what: 'removed', route: routeText(route), settings: [] })),
    ...movedOf(before, after, pairs),
  ];
}

/** Of each later route the one that it was: the same, of the same name, or asking for the same. */
function pairsOf(before: Routes, after: Routes): ReadonlyMap<RouteRules, RouteRules> {
  const pairs = new Map<RouteRules, RouteRules>();
  const left = new Set(before);
  const pair = (isSame: (one: RouteRules, other: RouteRules) => boolean): void => {
    for (const route of after) {
      const former = pairs.has(route) ? undefined : [...left].find((candidate) => isSame(candidate, route));
      if (former === undefined) continue;
      pairs.set(route, former);
      left.delete(former);
    }
  };
  pair((one, other) => isDeepStrictEqual(one, other));
  pair((one, other) => one.name !== undefined && one.name === other.name);
  pair((one, other) => one.name === other.name && isDeepStrictEqual(conditionsOf(one), conditionsOf(other)));
  return pairs;
}

/** The first that matches decides: another order may be another route. Told of those that stand before one that they stood behind. */
function movedOf(before: Routes, after: Routes, pairs: ReadonlyMap<RouteRules, RouteRules>): readonly RouteChange[] {
  let furthest = -1;
  return after.flatMap((route): readonly RouteChange[] => {
    const former = pairs.get(route);
    const place = former === undefined ? furthest : before.indexOf(former);
    if (place >= furthest) {
      furthest = place;
      return [];
    }
    return [{ what: 'moved', route: routeText(route), settings: [] }];
  });
}

const conditionsOf = ({ host, path, method, header, query, cookie, client, body, all, any, not }: Conditions): unknown =>
  Object.entries({ host, path, method, header, query, cookie, client, body, all, any, not }).filter(([, value]) => value !== undefined);

/** Headers, cookies and bodies may hold secrets: of these only that they are asked for. */
export function routeText(route: RouteRules): string {
  if (route.name !== undefined) return route.name;
  const { host, path, method, client } = route;
  const asked = [...listed(method), [...listed(host)].join(', ') + [...listed(path)].join(', '), ...listed(client)].filter(
    (text) => text !== '',
  );
  const others = (['header', 'query', 'cookie', 'body', 'all', 'any', 'not'] as const).filter((key) => route[key] !== undefined);
  const conditions = [...asked, ...others.map((key) => `${key} …`)].join(' ');
  return `${conditions === '' ? 'everything' : conditions} -> ${targetText(route)}`;
}

function targetText(route: RouteRules): string {
  if (route.redirect !== undefined) return `redirect ${route.redirect.status}`;
  if (route.respond !== undefined) return `answer ${route.respond.status}`;
  return poolsOf(route).join(' | ');
}
