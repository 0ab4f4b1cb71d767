// What an operator is told of a source and what it found.
import { isDeepStrictEqual } from 'node:util';
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { Found } from './reconcile.ts';

/** So many endpoints are named. */
const mostNames = 5;

export const endpointCount = (count: number): string => (count === 1 ? '1 endpoint' : `${count} endpoints`);

/** `: added a b, removed c`; undefined where there is no difference at all. */
export function differenceText(before: readonly EndpointSettings[], after: readonly EndpointSettings[]): string | undefined {
  const earlier = new Map(before.map((endpoint) => [endpoint.id, endpoint]));
  const later = new Set(after.map(({ id }) => id));
  const kinds = {
    added: after.filter(({ id }) => !earlier.has(id)),
    changed: after.filter((endpoint) => earlier.has(endpoint.id) && !isDeepStrictEqual(earlier.get(endpoint.id), endpoint)),
    removed: before.filter(({ id }) => !later.has(id)),
  };
  const parts = Object.entries(kinds).flatMap(([what, endpoints]) => (endpoints.length === 0 ? [] : [`${what} ${named(endpoints)}`]));
  return parts.length === 0 ? undefined : `: ${parts.join(', ')}`;
}

export function keptText(count: number): string {
  if (count === 0) return 'The pool has no endpoint from there until it answers.';
  return count === 1
    ? 'The endpoint that it gave stays until it answers again.'
    : `The ${count} endpoints that it gave stay until it answers again.`;
}

/** Empty where nothing is left out. */
export function leftOutText({ faulty, faults, beyond }: Found, entries: number, most: number): string {
  const more = faulty > faults.length ? '; …' : '';
  return [
    ...(faulty === 0 ? [] : [`${faulty} of ${entries} entries ${faulty === 1 ? 'is' : 'are'} left out: ${faults.join('; ')}${more}`]),
    ...(beyond === 0 ? [] : [`${endpointCount(beyond)} beyond maxEndpoints (${most}) left out; raise it to have them`]),
  ].join('. ');
}

function named(endpoints: readonly EndpointSettings[]): string {
  const more = endpoints.length - mostNames;
  const names = endpoints.slice(0, mostNames).map(({ id }) => id);
  return more > 0 ? `${names.join(' ')} and ${more} more` : names.join(' ');
}
