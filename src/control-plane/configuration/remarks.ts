// What in a good document is hardly meant so: told with its place, as mistakes are, and nothing is refused for it.
import { noPanic } from '../../domain/health/priority-loads.ts';
import { unwise } from '../../domain/health/unwise.ts';
import { unwiseWaiting } from '../../domain/resilience/unwise-waiting.ts';
import { unwiseRoute } from '../../domain/routing/unwise-routes.ts';
import { unwiseDiscovery } from '../../domain/traffic/unwise-discovery.ts';
import { isLocal } from './admin-settings.ts';
import type { Document } from './document.ts';
import type { Finding, Issue, Path, Source } from './issue.ts';
import { issueOf, itemsAt, pathText, valueAt } from './issue.ts';
import { routesNeverReached } from './unreachable.ts';

/** Sentences begin with the key that they are about: that is the place in the text. */
export function remarksOn({ admin, listeners, pools, history }: Document, source: Source): readonly Issue[] {
  const findings = [
    ...adminInTheOpen(admin, source),
    ...routesNeverReached(listeners),
    ...unwiseRoutes(listeners),
    ...poolsWithoutUse(listeners, pools),
  ];
  return [...findings.map((finding) => issueOf(source, finding)), ...remarksOnPools(pools, source, history.folder !== undefined)];
}

function adminInTheOpen(admin: Document['admin'], { value, written = value }: Source): readonly Finding[] {
  if (admin === undefined) return [];
  const findings: Finding[] = [];
  if (!isLocal(admin.bind) && admin.tls === undefined) {
    const message = 'other machines can reach this address, and there is no TLS: whoever can listen on the way sees tokens. Add admin.tls';
    findings.push({ path: ['admin', 'bind'], message, isSecret: true });
  }
  for (const path of tokenPaths(written)) {
    const token = valueAt(written, path);
    if (typeof token !== 'string' || token.includes('${')) continue;
    const message = `this token stands in the document for all who read it; write it as \${env:NAME} or \${file:PATH}`;
    findings.push({ path, message, isSecret: true });
  }
  return findings;
}

const tokenPaths = (document: unknown): readonly Path[] => [
  ['admin', 'token'],
  ...itemsAt(document, ['admin', 'tokens', 'read']),
  ...itemsAt(document, ['admin', 'tokens', 'full']),
];

const unwiseRoutes = (listeners: Document['listeners']): readonly Finding[] =>
  listeners.flatMap(({ routes, paths }, listener) =>
    routes.flatMap((route, index) =>
      unwiseRoute(route, paths).map(({ path, message }) => ({ path: ['listeners', listener, 'routes', index, ...path], message })),
    ),
  );

/** A pool that only another one without use names as its backup gets nothing either. */
function poolsWithoutUse(listeners: Document['listeners'], pools: Document['pools']): readonly Finding[] {
  const used = new Set<string>();
  const use = (pool: string | undefined): void => {
    if (pool === undefined || used.has(pool)) return;
    used.add(pool);
    use(pools[pool]?.backup);
  };
  for (const { pool, split = {}, mirror } of listeners.flatMap(({ routes }) => routes)) {
    for (const name of [pool, ...Object.keys(split), mirror?.pool]) use(name);
  }
  const unused = Object.keys(pools).filter((pool) => !used.has(pool));
  return unused.map((pool) => ({
    path: ['pools', pool],
    onKey: true,
    isSecret: true,
    message: 'gets nothing: no route leads to it, and it is the backup of no pool in use',
  }));
}

function remarksOnPools(pools: Document['pools'], source: Source, isKept: boolean): readonly Issue[] {
  return Object.entries(pools).flatMap(([pool, settings]) => {
    const { endpoints, health, outliers, panic = noPanic } = settings;
    const mayGrow = settings.discover !== undefined;
    const ofHealth = unwise({ endpoints, ...(health === undefined ? {} : { health }), outliers, panic, mayGrow });
    const ofDiscovery = settings.discover === undefined ? [] : unwiseDiscovery(settings.discover, isKept);
    return [...ofHealth, ...unwiseWaiting(settings), ...ofDiscovery].map((message): Issue => {
      const [key = ''] = message.split(' ', 1);
      // What stands there may hold a password.
      const issue = issueOf(source, { path: ['pools', pool, ...key.split('.')], message, isSecret: true });
      return { ...issue, path: pathText(['pools', pool]) };
    });
  });
}
