// Checks that something is left to choose from: a pool in which every weight is 0, and a route whose metadata no endpoint has, could only
// answer 503. Nothing can be said of pools whose endpoints are still to be found. Like the checks of names, they read the document as written.
import type { Finding, Path } from './issue.ts';
import { itemsAt, nearestTo, valueAt } from './issue.ts';

export function checkChoices(document: unknown): readonly Finding[] {
  return [...poolsWithoutWeight(document), ...metadataThatNobodyHas(document)];
}

function poolsWithoutWeight(document: unknown): readonly Finding[] {
  const pools = valueAt(document, ['pools']);
  if (typeof pools !== 'object' || pools === null) return [];
  return Object.keys(pools).flatMap((pool): readonly Finding[] => {
    const endpoints = itemsAt(document, ['pools', pool, 'endpoints']);
    if (endpoints.length === 0 || isDiscovered(document, pool)) return [];
    if (!endpoints.every((path) => valueAt(document, [...path, 'weight']) === 0)) return [];
    const message = 'expected an endpoint with a weight above 0: as it is, the pool can only answer 503';
    return [{ path: ['pools', pool, 'endpoints'], message }];
  });
}

const isDiscovered = (document: unknown, pool: string): boolean => valueAt(document, ['pools', pool, 'discover']) !== undefined;

function metadataThatNobodyHas(document: unknown): readonly Finding[] {
  const routes = itemsAt(document, ['listeners']).flatMap((listener) => itemsAt(document, [...listener, 'routes']));
  return routes.flatMap((route): readonly Finding[] => {
    const wanted = wordsAt(document, [...route, 'metadata']);
    const pool = valueAt(document, [...route, 'pool']);
    if (typeof pool !== 'string' || wanted.length === 0 || isDiscovered(document, pool)) return [];
    const endpoints = itemsAt(document, ['pools', pool, 'endpoints']).map((path) => wordsAt(document, [...path, 'metadata']));
    if (endpoints.length === 0 || endpoints.some((words) => hasAll(words, wanted))) return [];
    return wordsThatNobodyHas(route, wanted, endpoints, pool);
  });
}

type Word = readonly [string, unknown];

function wordsThatNobodyHas(
  route: Path,
  wanted: readonly Word[],
  endpoints: readonly (readonly Word[])[],
  pool: string,
): readonly Finding[] {
  const missing = wanted.filter((word) => !endpoints.some((words) => hasAll(words, [word])));
  if (missing.length === 0) {
    return [
      { path: [...route, 'metadata'], message: `no endpoint of pool ${pool} says all of this of itself: the route could only answer 503` },
    ];
  }
  return missing.map(([name, value]) => {
    const values = endpoints.flatMap((words) => words.flatMap(([other, said]) => (other === name ? [String(said)] : [])));
    const said = values.length === 0 ? `none says anything of "${name}"` : `of "${name}" they say ${[...new Set(values)].join(', ')}`;
    return {
      path: [...route, 'metadata', name],
      message: `no endpoint of pool ${pool} has ${JSON.stringify(value)} for it in its metadata; ${said}`,
      nearest: nearestTo(String(value), values),
    };
  });
}

const hasAll = (words: readonly Word[], wanted: readonly Word[]): boolean =>
  wanted.every(([name, value]) => words.some(([other, said]) => other === name && said === value));

function wordsAt(document: unknown, path: Path): readonly Word[] {
  const words = valueAt(document, path);
  return typeof words === 'object' && words !== null && !Array.isArray(words) ? Object.entries(words) : [];
}
