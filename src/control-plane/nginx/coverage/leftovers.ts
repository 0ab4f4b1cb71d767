// The directives that no part of the translation has spoken of: each gets its word here.
import type { Directive } from '../language/directive.ts';
import type { Coverage } from './coverage.ts';
import { families, felt, guards, otherHandlers, refusedKinds, unneeded } from './known.ts';

/** `around` is the block in which they stand; undefined outside of all. `isDeaf`: their server listens nowhere. */
export function tellTheRest(directives: readonly Directive[], coverage: Coverage, around?: Directive, isDeaf = false): void {
  for (const directive of directives) {
    const hearsNobody = isDeaf || (directive.name === 'server' && around?.name !== 'upstream' && !coverage.has(directive));
    if (!coverage.has(directive)) {
      if (around !== undefined && conditional.has(around.name))
        coverage.refused(directive, `it stands in \`${around.name}\`, which is refused`);
      else if (hearsNobody && translatable.has(directive.name)) coverage.refused(directive, 'nothing listens for this server');
      else if (!toldAsPart(directive, around, coverage)) tell(directive, coverage);
    }
    if (directive.block !== undefined && blocks.has(directive.name)) tellTheRest(directive.block, coverage, directive, hearsNobody);
  }
}

/** Of other blocks one word is enough for all that stands in them: entries of tables, and what is not about HTTP. */
const blocks = new Set(['http', 'server', 'location', 'upstream', 'events', 'if', 'limit_except']);
const conditional = new Set(['if', 'limit_except']);

/** What Evenkeel knows of whole listeners only; some of it decides who a client is taken for. */
const ofListeners = new Set([
  ...['client_header_timeout', 'client_body_timeout', 'send_timeout', 'keepalive_timeout', 'keepalive_requests'],
  ...['large_client_header_buffers', 'merge_slashes'],
]);
const ofTrust = new Set(['set_real_ip_from', 'real_ip_header', 'real_ip_recursive']);
const ofUpstreams = new Set(['least_conn', 'ip_hash', 'hash', 'random', 'least_time', 'keepalive', 'zone', 'state', 'queue', 'sticky']);
const ofWhole = new Set(['http', 'server', 'upstream']);
const ofProcesses = new Set(['worker_processes', 'worker_shutdown_timeout']);

/** Of what is translated elsewhere, and stands where it is not. */
function toldAsPart(directive: Directive, around: Directive | undefined, coverage: Coverage): boolean {
  const { name } = directive;
  const isInner = around?.name === 'server' || around?.name === 'location';
  if (isInner && ofListeners.has(name))
    coverage.approximated(directive, 'it holds for a whole listener, for which `http` and the default server of its address speak');
  else if (isInner && ofTrust.has(name))
    coverage.refused(directive, 'whom to believe holds for a whole listener, for which `http` and the default server of its address speak');
  else if (ofUpstreams.has(name) && around?.name === 'upstream')
    coverage.unneeded(directive, 'nothing that is translated uses the upstream');
  else if (ofUpstreams.has(name)) coverage.refused(directive, 'it has a meaning in `upstream` alone');
  else if (ofWhole.has(name) && around !== undefined && around.name !== 'http' && !(name === 'server' && around.name === 'upstream'))
    coverage.refused(directive, `it has no meaning in \`${around.name}\``);
  else if (ofProcesses.has(name)) coverage.refused(directive, 'it has a meaning outside of all blocks alone');
  else return false;
  return true;
}

const translatable = new Set([
  ...['http', 'upstream', 'server', 'location', 'return', 'rewrite', 'if', 'set', 'proxy_pass', 'allow', 'deny'],
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
  const count = countOf(block ?? []);
  const within = count > 0 && !blocks.has(name) ? `, with all of the block (${count} ${count === 1 ? 'directive' : 'directives'})` : '';
  const family = families.find(([names]) => names.test(name))?.[1];
  if (name === 'map' && isUpgradeMap(directive))
    coverage.translated(directive, `upgrades such as WebSocket become tunnels by themselves${within}`);
  else if (name === 'map') coverage.refused(directive, `variables that a map makes are not known${within}`);
  else if (Object.hasOwn(unneeded, name)) coverage.unneeded(directive, `${unneeded[name]}${within}`);
  else if (Object.hasOwn(felt, name)) tellFelt(directive, coverage);
  else if (isTurnedOff(directive)) coverage.unneeded(directive, 'it is off');
  else if (Object.hasOwn(guards, name)) coverage.refused(directive, guards[name] ?? '');
  else if (Object.hasOwn(refusedKinds, name)) coverage.refused(directive, `${refusedKinds[name]}${within}`);
  else if (family !== undefined) coverage.unneeded(directive, `${family}${within}`);
  else if (Object.hasOwn(otherHandlers, name)) coverage.unneeded(directive, 'nothing that is translated uses it');
  else if (translatable.has(name)) coverage.unneeded(directive, 'nothing that is translated uses it, or a block within says otherwise');
  else coverage.refused(directive, `"${name}" is not known to the translation${within}`);
}

const countOf = (block: readonly Directive[]): number => block.reduce((sum, { block: inner = [] }) => sum + 1 + countOf(inner), 0);

/** What is felt, or not, whether they are on or off. */
const feltEitherWay = new Set(['proxy_request_buffering', 'ignore_invalid_headers', 'underscores_in_headers']);

function tellFelt(directive: Directive, coverage: Coverage): void {
  const { name, args } = directive;
  if (name === 'underscores_in_headers' && args[0] === 'on') coverage.translated(directive, 'such fields go on anyway');
  else if (args[0] === 'off' && !feltEitherWay.has(name)) coverage.unneeded(directive, 'it is off');
  else coverage.approximated(directive, felt[name] ?? '');
}

const isTurnedOff = ({ args }: Directive): boolean => args.length === 1 && args[0] === 'off';

/** `map $http_upgrade $connection_upgrade`, from the page about WebSocket. */
const isUpgradeMap = ({ args }: Directive): boolean => args[0] === '$http_upgrade' && args[1] === '$connection_upgrade';
