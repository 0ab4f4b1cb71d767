// The directives that no part of the translation has spoken of: each gets its word here.
import type { Directive } from '../language/directive.ts';
import type { Coverage } from './coverage.ts';
import { felt, guards, otherHandlers, refusedKinds, unneeded } from './known.ts';

export function tellTheRest(directives: readonly Directive[], coverage: Coverage): void {
  for (const directive of directives) {
    if (!coverage.has(directive)) tell(directive, coverage);
    if (directive.block !== undefined && isLookedInto(directive)) tellTheRest(directive.block, coverage);
  }
}

/** Of other blocks one word is enough for all that stands in them. */
const blocks = new Set(['http', 'server', 'location', 'upstream']);
const isLookedInto = ({ name }: Directive): boolean => blocks.has(name);

const translatable = new Set([
  ...['upstream', 'server', 'location', 'return', 'rewrite', 'if', 'set', 'proxy_pass', 'allow', 'deny'],
  ...['proxy_set_header', 'add_header', 'proxy_hide_header', 'proxy_pass_header', 'proxy_redirect', 'client_max_body_size'],
  ...[
    'proxy_connect_timeout',
    'proxy_read_timeout',
    'proxy_send_timeout',
    'proxy_next_upstream',
    'proxy_next_upstream_tries',
    'proxy_next_upstream_timeout',
  ],
  ...[
    'client_header_timeout',
    'client_body_timeout',
    'send_timeout',
    'keepalive_timeout',
    'keepalive_requests',
    'large_client_header_buffers',
  ],
  ...['server_name', 'listen', 'set_real_ip_from', 'real_ip_header', 'real_ip_recursive', 'default_type', 'merge_slashes'],
]);

function tell(directive: Directive, coverage: Coverage): void {
  const { name, block } = directive;
  const within = (block?.length ?? 0) > 0 && !blocks.has(name) ? `, with all of the block (${block?.length} directives)` : '';
  if (name === 'map' && isUpgradeMap(directive))
    coverage.translated(directive, `upgrades such as WebSocket become tunnels by themselves${within}`);
  else if (name === 'map') coverage.refused(directive, `variables that a map makes are not known${within}`);
  else if (Object.hasOwn(unneeded, name)) coverage.unneeded(directive, `${unneeded[name]}${within}`);
  else if (Object.hasOwn(felt, name)) tellFelt(directive, coverage);
  else if (isTurnedOff(directive)) coverage.unneeded(directive, 'it is off');
  else if (Object.hasOwn(guards, name)) coverage.refused(directive, guards[name] ?? '');
  else if (Object.hasOwn(refusedKinds, name)) coverage.refused(directive, `${refusedKinds[name]}${within}`);
  else if (/^(?:fastcgi|uwsgi|scgi|grpc|memcached|ssl|proxy_ssl)_/.test(name))
    coverage.unneeded(directive, 'about a protocol that is told of where it is asked for');
  else if (name === 'events') coverage.unneeded(directive, 'about connections of nginx');
  else if (Object.hasOwn(otherHandlers, name)) coverage.unneeded(directive, 'nothing that is translated uses it');
  else if (translatable.has(name)) coverage.unneeded(directive, 'nothing that is translated uses it, or a block within says otherwise');
  else coverage.refused(directive, `"${name}" is not known to the translation${within}`);
}

function tellFelt(directive: Directive, coverage: Coverage): void {
  const isOff = directive.args[0] === 'off' && directive.name !== 'proxy_request_buffering';
  if (isOff) coverage.unneeded(directive, 'it is off');
  else coverage.approximated(directive, felt[directive.name] ?? '');
}

const isTurnedOff = ({ args }: Directive): boolean => args.length === 1 && args[0] === 'off';

/** `map $http_upgrade $connection_upgrade`, from the page about WebSocket. */
const isUpgradeMap = ({ args }: Directive): boolean => args[0] === '$http_upgrade' && args[1] === '$connection_upgrade';
