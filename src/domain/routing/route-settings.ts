// What may be set for a route: which exchanges it takes, and what becomes of them.
import type * as z from 'zod';
import { linearPattern } from '../../foundation/patterns/linear-pattern.ts';
import { name } from '../settings/measures.ts';
import { section } from '../settings/written.ts';
import { actionShape } from './actions/action-settings.ts';
import { parseTemplate } from './actions/template.ts';
import { conditionShape } from './conditions/condition-settings.ts';
import { listed } from './conditions/conditions.ts';
import { isExpression, readExpression } from './conditions/expressions.ts';
import { parsePathPattern } from './path-pattern.ts';
import type { RouteRules } from './route-rules.ts';

const actions = ['pool', 'split', 'redirect', 'respond'] as const;
/** What is nothing without an endpoint. */
const onTheWay = ['rewrite', 'requestHeaders', 'mirror', 'timeouts', 'maxBody', 'metadata', 'idempotent'] as const;

const routeSection = section(
  {
    name: name().exactOptional().describe('A name for the route in figures and messages.'),
    ...conditionShape,
    ...actionShape,
  },
  { expected: 'a route such as { path: "/api/*", pool: api }', exactlyOne: actions },
);

type Written = z.output<typeof routeSection>;

export const routeSettings = routeSection
  // `when` lets this be said beside the route's other mistakes, not only once those are gone; the value may be anything then.
  .refine((route) => actions.filter((action) => route[action] !== undefined).length === 1, {
    error: 'expected exactly one of "pool", "split", "redirect" and "respond"',
    params: { bare: true },
    abort: false,
    when: ({ value }) => isSection(value),
  })
  .superRefine((route, context) => {
    // What is wrong in itself says nothing of the rest.
    if (context.issues.length > 0) return;
    for (const { path, message } of faultsOf(route))
      context.addIssue({ code: 'custom', path, message, params: { bare: true }, continue: true });
  })
  .transform((route): RouteRules => route);

const isSection = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

interface Fault {
  readonly path: string[];
  readonly message: string;
}

/** What parts of a route say of each other. */
function faultsOf(route: Written): readonly Fault[] {
  return [
    ...(route.splitBy !== undefined && route.split === undefined ? [{ path: ['splitBy'], message: '"splitBy" goes with "split"' }] : []),
    ...(route.pool === undefined && route.split === undefined
      ? onTheWay
          .filter((key) => route[key] !== undefined)
          .map((key) => ({ path: [key], message: `"${key}" is nothing here: no endpoint is asked` }))
      : []),
    ...(route.metadata !== undefined && route.split !== undefined ? [{ path: ['metadata'], message: '"metadata" goes with "pool"' }] : []),
    ...faultsOfTemplates(route),
    ...faultsOfGroups(route),
  ];
}

/** A group that the expression does not have would come out empty, always. */
function faultsOfGroups({ rewrite }: Written): readonly Fault[] {
  const read = rewrite === undefined || 'path' in rewrite ? undefined : linearPattern(rewrite.match);
  if (rewrite === undefined || 'path' in rewrite || read?.ok !== true) return [];
  const count = read.value.groups.length - 1;
  const written = [...rewrite.to.matchAll(/\$\$|\$(\d)/g)].find(([, group]) => group !== undefined && Number(group) > count);
  const has = count === 0 ? 'it has none, and "(" and ")" make one' : `it has ${count}`;
  return written === undefined
    ? []
    : [{ path: ['rewrite', 'to'], message: `expected a group of "match" in place of ${written[0]}; ${has}` }];
}

/** `{path:NAME}` must stand in every path of the route, or it would come out empty for some. */
function faultsOfTemplates(route: Written): readonly Fault[] {
  const places = placesOf(route);
  const headers = (['requestHeaders', 'responseHeaders'] as const).flatMap((key) =>
    (['set', 'add'] as const).flatMap((kind) =>
      Object.entries(route[key]?.[kind] ?? {}).map(([header, text]) => ({ path: [key, kind, header], text })),
    ),
  );
  const answers = Object.entries(route.respond?.headers ?? {}).map(([header, text]) => ({ path: ['respond', 'headers', header], text }));
  const all = [
    ...headers,
    ...answers,
    ...(route.redirect === undefined ? [] : [{ path: ['redirect', 'to'], text: route.redirect.to }]),
    ...(route.rewrite !== undefined && 'path' in route.rewrite ? [{ path: ['rewrite', 'path'], text: starred(route.rewrite.path) }] : []),
  ];
  return all.flatMap(({ path, text }): readonly Fault[] => {
    const parsed = parseTemplate(text, places);
    return parsed.ok ? [] : [{ path, message: parsed.fault }];
  });
}

const starred = (path: string): string => (path.endsWith('*') ? `${path.slice(0, -1)}{path:*}` : path);

/** Names that every path of the route has. */
function placesOf({ path }: Written): ReadonlySet<string> {
  const [first, ...others] = listed(path).map(placesIn);
  return others.reduce((common, next) => common.intersection(next), first ?? new Set());
}

function placesIn(path: string): Set<string> {
  if (!isExpression(path)) {
    const { kind, segments } = parsePathPattern(path);
    const names = segments.flatMap((segment) => (typeof segment === 'string' ? [] : [segment.name]));
    return new Set(kind === 'below' ? [...names, '*'] : names);
  }
  const read = readExpression(path);
  return new Set(read.ok ? read.value.groups.flatMap((group, index) => (group === '' ? [`${index}`] : [`${index}`, group])) : []);
}
