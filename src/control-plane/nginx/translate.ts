// From the directives of an nginx configuration to a document of Evenkeel, and a word about each of them. Pure: what was read comes in.

import { Coverage } from './coverage/coverage.ts';
import { tellDefaults } from './coverage/defaults.ts';
import { tellTheRest } from './coverage/leftovers.ts';
import type { Directive, Place } from './language/directive.ts';
import type { Reading } from './language/include.ts';
import { PoolBook } from './pools/pool-book.ts';
import type { Listen } from './sites/listening.ts';
import { clientSettings, listensOf } from './sites/listening.ts';
import type { HostGroup, Server } from './sites/server-names.ts';
import { hostGroups } from './sites/server-names.ts';
import { serverRoutes } from './sites/server-routes.ts';
import { durationText, nginxSize, nginxTime, sizeText } from './words/measures.ts';
import type { Origins, WrittenRoute } from './words/routes.ts';
import { asksForPath } from './words/routes.ts';
import type { Scope } from './words/scope.ts';
import { inForce, named } from './words/scope.ts';

export interface Translation {
  /** As it is written in YAML. Not checked yet. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly coverage: Coverage;
  readonly directives: readonly Directive[];
  /** Which directive a route comes from. */
  readonly origins: Origins;
}

export function translate(reading: Reading, file: string): Translation {
  const { directives } = reading;
  const coverage = new Coverage();
  const start: Place = { file, line: 1 };
  for (const { place, message } of reading.mistakes) coverage.general({ verdict: 'refused', place, note: message });

  const whole = named(directives, 'http');
  for (const directive of whole) coverage.translated(directive, 'listeners, routes and pools');
  // A part of a configuration, such as a file of conf.d, is what would stand in `http`.
  const inner = whole.length > 0 ? whole.flatMap(({ block = [] }) => block) : directives;
  const http: Scope = { directives: inner, outer: undefined };
  const servers = named(inner, 'server').map(
    (directive): Server => ({ directive, scope: { directives: directive.block ?? [], outer: http } }),
  );

  const origins: Origins = new WeakMap();
  const pools = new PoolBook(http, coverage);
  const listens = listensOf(servers, coverage);
  const listeners = listens.map((listen) => listenerOf(listen, { coverage, pools, origins }));
  if (listeners.length === 0) coverage.general({ verdict: 'refused', place: start, note: 'there is no server that could listen' });
  const document = { ...processSettings(directives, coverage), listeners, pools: pools.pools };
  tellTheRest(directives, coverage);
  if (listeners.length > 0) tellDefaults({ http, servers, listeners, start, coverage });
  return { document, coverage, directives, origins };
}

interface Tools {
  readonly coverage: Coverage;
  readonly pools: PoolBook;
  readonly origins: Origins;
}

function listenerOf(listen: Listen, tools: Tools): Readonly<Record<string, unknown>> {
  const { coverage } = tools;
  const groups = hostGroups(listen.servers, listen.standard, coverage);
  const size = bodyLimit(groups);
  const routes = groups.flatMap((group) =>
    serverRoutes(group, { ...tools, port: listen.port, bodyLimit: size, isLast: group.hosts === undefined }),
  );
  const settings = clientSettings(listen, coverage);
  const limits = { ...(settings['limits'] as Record<string, unknown> | undefined), body: size === 0 ? 'none' : sizeText(size) };
  return { bind: listen.bind, ...shortRoutes(routes), ...settings, limits, ...pathRules(routes, listen, coverage) };
}

/** nginx looks for locations by a path without dots and doubled slashes. Where no route asks for a path it goes on as it came, in both. */
function pathRules(routes: readonly WrittenRoute[], { standard }: Listen, coverage: Coverage): Readonly<Record<string, unknown>> {
  const merge = inForce(standard.scope, 'merge_slashes');
  if (merge !== undefined) coverage.translated(merge, 'paths.doubleSlash');
  if (!routes.some(asksForPath)) return {};
  return { paths: { dotSegments: 'resolve', doubleSlash: merge?.args[0] === 'off' ? 'keep' : 'merge' } };
}

/** One route that takes everything to a pool needs no list. */
function shortRoutes(routes: readonly WrittenRoute[]): Readonly<Record<string, unknown>> {
  const [only] = routes;
  const isPlain = routes.length === 1 && only !== undefined && Object.keys(only).length === 1 && 'pool' in only;
  return isPlain ? { pool: only['pool'] } : { routes };
}

/** The largest body that any server of the address allows; routes of others have a limit of their own. nginx allows 1 MiB unless told otherwise. */
function bodyLimit(groups: readonly HostGroup[]): number {
  const sizes = groups.map(({ server }) => nginxSize(inForce(server.scope, 'client_max_body_size')?.args[0] ?? '1m') ?? 1024 * 1024);
  const all = [...sizes, ...groups.flatMap(({ server }) => sizesBelow(server.directive.block ?? []))];
  return all.includes(0) ? 0 : Math.max(...all);
}

const sizesBelow = (block: readonly Directive[]): readonly number[] =>
  block.flatMap(({ name, args, block: inner = [] }) => [
    ...(name === 'client_max_body_size' ? [nginxSize(args[0] ?? '') ?? 0] : []),
    ...(name === 'location' ? sizesBelow(inner) : []),
  ]);

/** What concerns the program as a whole. */
function processSettings(directives: readonly Directive[], coverage: Coverage): Readonly<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  const workers = named(directives, 'worker_processes').at(-1);
  if (workers !== undefined) {
    const count = Number(workers.args[0]);
    settings['workers'] = count >= 1 && count <= 256 ? count : 'auto';
    coverage.translated(workers, 'workers');
  }
  const shutdown = named(directives, 'worker_shutdown_timeout').at(-1);
  const time = nginxTime(shutdown?.args[0] ?? '');
  if (shutdown !== undefined && time !== undefined && time > 0) {
    settings['shutdown'] = { deadline: durationText(time) };
    coverage.translated(shutdown, 'shutdown.deadline');
  }
  return settings;
}
