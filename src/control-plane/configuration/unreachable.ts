// Routes that no exchange can come to, because an earlier one takes all that they would take. Each is asked for by a request of which all that
// its patterns leave open is a word that stands nowhere else: whoever takes that takes everything.
import type { Conditions } from '../../domain/routing/conditions/conditions.ts';
import { listed } from '../../domain/routing/conditions/conditions.ts';
import { isExpression } from '../../domain/routing/conditions/expressions.ts';
import type { RouteRules } from '../../domain/routing/route-rules.ts';
import { compileRoutes } from '../../domain/routing/route-table.ts';
import type { Finding } from './issue.ts';

interface Routed {
  readonly routes: readonly RouteRules[];
}

export function routesNeverReached(listeners: readonly Routed[]): readonly Finding[] {
  return listeners.flatMap(({ routes }, listener) => {
    // Routes that ask for more than a host and a path leave something to others.
    const plain = routes.flatMap((route, index) => (isPlain(route) ? [{ route, index }] : []));
    const table = compileRoutes(plain.map(({ route }) => route));
    const firsts = new Map<string, number>();
    return routes.flatMap((route, index): readonly Finding[] => {
      const takers = requestsOf(route).map(([host, path]) => plain[table.match(host, path)?.index ?? -1]?.index ?? index);
      const text = JSON.stringify(conditionsOf(route));
      const same = firsts.get(text) ?? index;
      if (same === index) firsts.set(text, index);
      const taker = takers.every((one) => one < index) ? Math.max(...takers) : same;
      if (taker >= index) return [];
      const message = `is never reached: routes[${taker}] takes before it what it would take`;
      return [{ path: ['listeners', listener, 'routes', index], message }];
    });
  });
}

const conditionKeys = ['host', 'path', 'method', 'header', 'query', 'cookie', 'client', 'body', 'all', 'any', 'not'] as const;

const conditionsOf = (route: RouteRules): readonly unknown[] => conditionKeys.map((key) => route[key]);

const isPlain = (route: Conditions): boolean =>
  conditionKeys.every((key) => key === 'host' || key === 'path' || route[key] === undefined) &&
  [...listed(route.host), ...listed(route.path)].every((text) => !isExpression(text));

/** A word that no document has. */
const anything = 'evenkeel--anything';

/** By host and path, all that it takes. */
function requestsOf({ host, path }: Conditions): readonly (readonly [string, string])[] {
  const hosts =
    host === undefined ? [`${anything}.`] : listed(host).map((text) => (isExpression(text) ? `${anything}.` : text.replace('*', anything)));
  // What is no path is taken only by those who take any.
  const paths = path === undefined ? ['*'] : listed(path).map((text) => (isExpression(text) ? '*' : pathIn(text)));
  return hosts.flatMap((one) => paths.map((other) => [one, other] as const));
}

const pathIn = (pattern: string): string => pattern.replace(/\*$/, anything).replaceAll(/\{[^}]*\}/g, anything);
