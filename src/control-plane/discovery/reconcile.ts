// From what a source says to the endpoints of a pool: what is no endpoint is left out and named, what stands twice is there once, and the order
// follows from the endpoints alone, so that an answer in another order changes nothing. Pure.
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import { endpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { DiscoverSettings } from '../../domain/traffic/discover-settings.ts';
import { explain } from '../configuration/explain.ts';
import { pathText } from '../configuration/issue.ts';

export interface Found {
  /** Each once, by address. */
  readonly endpoints: readonly EndpointSettings[];
  /** What is no endpoint, in words, with the reason: as many as are shown. */
  readonly faults: readonly string[];
  /** How many entries that were. */
  readonly faulty: number;
  /** How many good ones are left out because there are too many. */
  readonly beyond: number;
}

type Defaults = Pick<DiscoverSettings, 'weight' | 'maxConnections' | 'backup' | 'maxEndpoints'>;

/** So many faults are told in words. */
const mostFaults = 5;

/** `before` are those that are there: where there are too many, they are the ones that stay. */
export function endpointsIn(entries: readonly unknown[], defaults: Defaults, before: readonly EndpointSettings[]): Found {
  const found = new Map<string, EndpointSettings>();
  const faults: string[] = [];
  let faulty = 0;
  for (const [index, entry] of entries.entries()) {
    const parsed = endpointSettings.safeParse(withDefaults(entry, defaults));
    if (parsed.success) {
      if (!found.has(parsed.data.id)) found.set(parsed.data.id, parsed.data);
      continue;
    }
    faulty++;
    if (faults.length < mostFaults) faults.push(`entry ${index + 1}: ${reasonText(parsed.error.issues, entry)}`);
  }
  const known = new Set(before.map(({ id }) => id));
  const ordered = [...found.values()].sort(byId);
  const kept = [...ordered.filter(({ id }) => known.has(id)), ...ordered.filter(({ id }) => !known.has(id))].slice(
    0,
    defaults.maxEndpoints,
  );
  return { endpoints: kept.sort(byId), faults, faulty, beyond: ordered.length - kept.length };
}

/** What the document names is there always, first and as it says; what was found comes after it. */
export function withFound(named: readonly EndpointSettings[], found: readonly EndpointSettings[]): readonly EndpointSettings[] {
  const ids = new Set(named.map(({ id }) => id));
  return [...named, ...found.filter(({ id }) => !ids.has(id))];
}

/** An entry that says nothing of its weight gets the one of the document; a capacity is in the place of a weight. */
function withDefaults(entry: unknown, { weight, maxConnections, backup }: Defaults): unknown {
  const section = typeof entry === 'string' ? { address: entry } : entry;
  if (typeof section !== 'object' || section === null || Array.isArray(section)) return entry;
  return {
    ...('weight' in section || 'capacity' in section ? {} : { weight }),
    ...(Number.isFinite(maxConnections) ? { maxConnections } : {}),
    ...section,
    ...(backup ? { backup } : {}),
  };
}

/** Units of UTF-16: the same on every machine, and for every language. */
const byId = (one: EndpointSettings, other: EndpointSettings): number => (one.id < other.id ? -1 : 1);

const reasonText = (issues: Parameters<typeof explain>[0][], entry: unknown): string =>
  issues
    .flatMap((issue) => explain(issue, entry))
    .map(({ path, message, onKey = false }) =>
      path.length === 0 || onKey || path[0] === 'address' ? message : `${pathText(path)}: ${message}`,
    )
    .join('; ');
