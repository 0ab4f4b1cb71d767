// proxy_set_header, add_header and proxy_hide_header as changes of headers on a route. What Evenkeel writes by itself is left to it.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import type { Scope } from '../words/scope.ts';
import { allInForce, everyInForce } from '../words/scope.ts';
import type { Surroundings } from '../words/variables.ts';
import { literal, templateOf } from '../words/variables.ts';

export interface HeaderChanges {
  readonly set?: Readonly<Record<string, string>>;
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

interface Changes {
  readonly set: Record<string, string>;
  readonly remove: string[];
}

/** What endpoints are told. `proxyHost` is what nginx takes for the host unless told otherwise. */
export function requestHeaders(scope: Scope, proxyHost: string, around: Surroundings, coverage: Coverage): HeaderChanges | undefined {
  const changes: Changes = { set: {}, remove: [] };
  const directives = allInForce(scope, 'proxy_set_header');
  for (const directive of directives) oneHeader(directive, changes, around, coverage);
  if (!directives.some(({ args }) => args[0]?.toLowerCase() === 'host')) changes.set['host'] = literal(proxyHost);
  return written(changes);
}

/** Whether a location passes WebSockets on: it does so by name of `Upgrade` in nginx. */
export const passesUpgrades = (scope: Scope): boolean =>
  allInForce(scope, 'proxy_set_header').some(({ args: [name = '', value = ''] }) => name.toLowerCase() === 'upgrade' && value !== '');

/** Headers that Evenkeel writes as nginx would with these values. */
const usual: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  host: { $http_host: 'the host goes on as the client wrote it' },
  connection: { '': 'connections to endpoints are kept', upgrade: upgradeNote(), $connection_upgrade: upgradeNote() },
  upgrade: { $http_upgrade: upgradeNote() },
  'x-forwarded-for': { $remote_addr: 'Evenkeel writes it by itself' },
  'x-forwarded-proto': { $scheme: 'Evenkeel writes it by itself' },
  'x-forwarded-host': { $http_host: 'Evenkeel writes it by itself' },
  'x-forwarded-port': { $server_port: 'Evenkeel writes it by itself' },
};

function upgradeNote(): string {
  return 'upgrades such as WebSocket become tunnels by themselves';
}

/** Nearly: the difference is worth a word. */
const nearly: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'x-forwarded-for': {
    $proxy_add_x_forwarded_for:
      'Evenkeel writes it by itself. What a client says of itself is replaced, where nginx adds to it: name the balancers in front in forwarding.trust',
  },
  'x-forwarded-host': { $host: 'Evenkeel writes it by itself, with the port that the client wrote' },
  connection: { close: 'connections to endpoints are kept' },
};

const framing = new Set([
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'keep-alive',
  'expect',
  'proxy-connection',
  'connection',
  'upgrade',
]);

function oneHeader(directive: Directive, changes: Changes, around: Surroundings, coverage: Coverage): void {
  const [written = '', value = ''] = directive.args;
  const name = written.toLowerCase();
  const plain = value.replaceAll(/\$\{(\w+)\}/g, '$$$1');
  const same = usual[name]?.[plain] ?? usual[name]?.[plain.toLowerCase()];
  const close = nearly[name]?.[plain];
  if (same !== undefined) coverage.translated(directive, same);
  else if (close !== undefined) coverage.approximated(directive, close);
  else if (framing.has(name))
    coverage.refused(directive, 'Evenkeel writes this header itself, so that no two readers find different messages');
  else changed(directive, { name, value }, changes, { around, coverage });
}

interface Told {
  readonly around: Surroundings;
  readonly coverage: Coverage;
}

function changed(
  directive: Directive,
  { name, value }: { name: string; value: string },
  changes: Changes,
  { around, coverage }: Told,
): void {
  if (value === '') {
    changes.remove.push(name);
    coverage.translated(directive, 'requestHeaders.remove');
    return;
  }
  const template = templateOf(value, around);
  if (!template.ok) {
    coverage.refused(directive, `${template.variable} is not known to templates`);
    return;
  }
  changes.set[name] = template.text;
  for (const difference of template.differences) coverage.approximated(directive, difference);
  coverage.translated(directive, 'requestHeaders.set');
}

/** What clients are told besides what endpoints say. */
export function responseHeaders(scope: Scope, around: Surroundings, coverage: Coverage): HeaderChanges | undefined {
  const changes: Changes & { readonly add: Record<string, string> } = { set: {}, add: {}, remove: [] };
  for (const directive of allInForce(scope, 'add_header')) {
    const [name = '', value = '', always] = directive.args;
    const template = templateOf(value, around);
    if (!template.ok) {
      coverage.refused(directive, `${template.variable} is not known to templates`);
      continue;
    }
    changes.add[name.toLowerCase()] = template.text;
    if (always === 'always') coverage.translated(directive, 'responseHeaders.add');
    else
      coverage.approximated(
        directive,
        'added to every answer, as with `always`, where nginx adds it to statuses of success and redirects alone',
      );
  }
  for (const directive of everyInForce(scope, 'proxy_hide_header')) {
    changes.remove.push((directive.args[0] ?? '').toLowerCase());
    coverage.translated(directive, 'responseHeaders.remove');
  }
  for (const directive of everyInForce(scope, 'proxy_pass_header'))
    coverage.translated(directive, 'answers keep all of their headers anyway');
  return written(changes);
}

function written({ set, add = {}, remove }: Changes & { readonly add?: Record<string, string> }): HeaderChanges | undefined {
  const parts = {
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(Object.keys(add).length === 0 ? {} : { add }),
    ...(remove.length === 0 ? {} : { remove }),
  };
  return Object.keys(parts).length === 0 ? undefined : parts;
}
