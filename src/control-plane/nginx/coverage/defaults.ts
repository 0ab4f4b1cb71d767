// What nginx does without being told, and Evenkeel otherwise: told once, where the file does not say something else.
import type { Place } from '../language/directive.ts';
import type { Server } from '../sites/server-names.ts';
import type { Scope } from '../words/scope.ts';
import type { Coverage } from './coverage.ts';

interface Parts {
  readonly http: Scope;
  readonly servers: readonly Server[];
  readonly listeners: readonly Readonly<Record<string, unknown>>[];
  readonly start: Place;
  readonly coverage: Coverage;
}

/** Where routes ask for paths. */
const aboutPaths = [
  'paths go on as they were compared, with `..` resolved and `//` merged, where nginx passes them on as they came unless proxy_pass has a URI; a path with %2F is refused with 400: paths',
  'a path that lacks the last slash of a location is redirected without its query',
];

/** Each with the directive that would have said something about it; '' for what no directive changes. */
const defaults: readonly (readonly [directive: string, note: string])[] = [
  ['', 'endpoints are told of the client in X-Forwarded-For, -Proto, -Host, -Port and Forwarded, also where no proxy_set_header says so'],
  ['', 'with no endpoint left clients get 503 with the reason, where nginx answers 502; answers to errors have no page of nginx'],
  ['', 'answers keep the Server and Date of the endpoint, and Location is left as the endpoint writes it'],
  ['underscores_in_headers', 'fields of clients with an underscore in their name go on, where nginx leaves them out'],
  ['proxy_ignore_headers', 'fields by which endpoints direct nginx (X-Accel-Redirect and the like) go on to clients and direct nothing'],
  ['', 'upgrades such as WebSocket become tunnels wherever the endpoint agrees'],
  ['keepalive', 'connections to endpoints are kept, where nginx closes them after each request'],
  ['client_header_timeout', 'clients have 10 s for the head of a request, where nginx waits for 60 s: timeouts.head'],
  ['client_body_timeout', 'clients may pause for 30 s in a body, where nginx waits for 60 s: timeouts.body'],
  ['send_timeout', 'clients may leave an answer unread for 30 s, where nginx waits for 60 s: timeouts.send'],
  ['keepalive_requests', 'a connection of a client may carry any number of requests, where nginx closes it after 1000: limits.exchanges'],
];

export function tellDefaults({ http, servers, listeners, start, coverage }: Parts): void {
  const written = new Set(
    [...http.directives, ...servers.flatMap(({ scope }) => scope.directives)].flatMap(({ name, block = [] }) => [
      name,
      ...block.map((inner) => inner.name),
    ]),
  );
  const noteOn = (note: string): void => coverage.general({ verdict: 'default', place: start, note });
  for (const [directive, note] of defaults) if (!written.has(directive)) noteOn(note);
  if (listeners.some((listener) => 'paths' in listener)) aboutPaths.forEach(noteOn);
}
