// The routes of one server under the hosts that lead to it, in first-match order.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import type { Case } from '../places/serving.ts';
import { earlyCases, lateCases, slashAdded } from '../places/serving.ts';
import type { Spot } from '../places/spot.ts';
import type { PoolBook } from '../pools/pool-book.ts';
import { groupsOf } from '../words/patterns.ts';
import type { Origins, WrittenRoute } from '../words/routes.ts';
import { conditionKeys } from '../words/routes.ts';
import { inForce, named } from '../words/scope.ts';
import type { Location, PathTerms, Step } from './locations.ts';
import { firstMatchOrder, locationsIn } from './locations.ts';
import type { HostGroup } from './server-names.ts';

export interface RouteTools {
  readonly coverage: Coverage;
  readonly pools: PoolBook;
  readonly origins: Origins;
  readonly port: number | undefined;
  /** Of the listener, in bytes; 0 for none. */
  readonly bodyLimit: number;
  /** No other server comes behind it: what it does not take is answered with 404 anyway. */
  readonly isLast: boolean;
}

export function serverRoutes(group: HostGroup, tools: RouteTools): readonly WrittenRoute[] {
  const { server, hosts } = group;
  const write = (terms: PathTerms, cases: readonly Case[]): readonly WrittenRoute[] =>
    cases.map(({ others, action, from }) => {
      const route = { ...conditionKeys({ hosts, terms, others }), ...action };
      tools.origins.set(route, from);
      return route;
    });

  tools.coverage.translated(server.directive, hosts === undefined ? 'routes for every other host' : `routes for ${hosts.join(', ')}`);
  const whole = spotOf(server.directive, undefined, { group, tools });
  const early = earlyCases(whole);
  if (early.rewrite !== undefined) tools.coverage.refused(early.rewrite, 'a rewrite of a whole server is not translated');
  const first = write(everywhere, early.cases);
  if (early.isOver) return first;

  const locations = locationsIn(server.scope, tools.coverage);
  const steps = firstMatchOrder(locations);
  const routes = steps.flatMap((step) =>
    write(step.terms, casesOf(step, spotOf(step.location.directive, step.location, { group, tools }))),
  );
  for (const { directive } of locations) tools.coverage.translated(directive, 'a route');
  if (steps.some(({ terms }) => terms.is.length + terms.isNot.length === 0)) return [...first, ...routes];
  return [...first, ...routes, ...write(everywhere, unlocated(whole, { tools, hasNone: steps.length === 0 }))];
}

const everywhere: PathTerms = { is: [], isNot: [] };

/** A path that no location takes: nginx looks for a file. */
function unlocated(spot: Spot, { tools, hasNone }: { tools: RouteTools; hasNone: boolean }): readonly Case[] {
  if (hasNone) return lateCases(spot, undefined);
  tools.coverage.approximated(spot.directive, 'a path that no location takes is answered with 404, where nginx looks for a file');
  const root = inForce(spot.scope, 'root');
  if (root !== undefined) tools.coverage.refused(root, 'Evenkeel serves no files');
  return tools.isLast ? [] : [{ others: [], action: { respond: { status: 404 } }, from: spot.directive }];
}

function casesOf(step: Step, spot: Spot): readonly Case[] {
  if (step.addsSlash) return [{ others: [], action: slashAdded(spot), from: spot.directive }];
  const hidden = inForce(spot.scope, 'internal');
  if (hidden !== undefined) {
    // Before anything else that stands there is looked at.
    spot.coverage.translated(hidden, 'clients get 404');
    return [{ others: [], action: { respond: { status: 404 } }, from: spot.directive }];
  }
  const { cases, isOver, rewrite } = earlyCases(spot);
  if (isOver) return cases;
  return [...cases, ...lateCases(spot, rewrite)];
}

function spotOf(directive: Directive, location: Location | undefined, { group, tools }: { group: HostGroup; tools: RouteTools }): Spot {
  const { scope } = group.server;
  const name = named(scope.directives, 'server_name')[0]?.args[0] ?? '';
  return {
    directive,
    location,
    scope: location?.scope ?? scope,
    server: name,
    port: tools.port,
    bodyLimit: tools.bodyLimit,
    coverage: tools.coverage,
    pools: tools.pools,
    around: {
      fixed: { server_name: name, server_port: String(tools.port ?? ''), nginx_version: 'evenkeel', pid: '' },
      captures: location?.kind === 'regex' ? groupsOf(location.text) : new Map(),
    },
  };
}
