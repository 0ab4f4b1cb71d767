// How an upstream spreads requests, in the names of Evenkeel's policies.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';

export type Balance = string | Readonly<Record<string, unknown>>;

/** The method of an upstream; undefined for round robin, which nobody writes. */
export function balanceOf(directives: readonly Directive[], coverage: Coverage): Balance | undefined {
  let balance: Balance | undefined;
  for (const directive of directives) {
    const translate = methods[directive.name];
    if (translate === undefined) continue;
    balance = translate(directive, coverage) ?? balance;
  }
  return balance;
}

type Translate = (directive: Directive, coverage: Coverage) => Balance | undefined;

const methods: Readonly<Record<string, Translate>> = {
  least_conn: (directive, coverage) => {
    coverage.translated(directive, 'balance: least-connections');
    return { policy: 'least-connections', scan: 'full' };
  },
  ip_hash: (directive, coverage) => {
    coverage.translated(directive, 'balance: ip-hash, which is the same hash');
    return 'ip-hash';
  },
  hash: hashed,
  random: drawn,
  least_time: timed,
};

const keys: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^(?:binary_)?remote_addr$/, () => 'client'],
  [/^request_uri$/, () => 'uri'],
  [/^(?:document_)?uri$/, () => 'path'],
  [/^host$/, () => 'host'],
  [/^http_(\w+)$/, (name) => `header:${name.replaceAll('_', '-')}`],
  [/^cookie_(\w+)$/, (name) => `cookie:${name}`],
  [/^arg_(\w+)$/, (name) => `query:${name}`],
];

/** Parts that say the same of every request, and so decide nothing. */
const constant =
  /\$(?:\{(?:scheme|proxy_host|server_name|server_port|server_addr)\}|(?:scheme|proxy_host|server_name|server_port|server_addr)\b)|[^$\w]+/g;

function hashed(directive: Directive, coverage: Coverage): Balance | undefined {
  const [written = '', ...options] = directive.args;
  const variables = written
    .replaceAll(constant, '')
    .replaceAll(/[${}]+/g, ' ')
    .trim()
    .split(/\s+/);
  const sources = variables.map(sourceOf);
  if (variables[0] === '' || sources.some((source) => source === undefined)) {
    coverage.refused(
      directive,
      `the key ${written} has parts that Evenkeel cannot be keyed on: it takes client, host, path, uri, and values of headers, cookies and parameters; round robin takes its place`,
    );
    return undefined;
  }
  const isConsistent = options.includes('consistent');
  const isPlain = /^\$\{?\w+\}?$/.test(written);
  if (isPlain && sources[0] !== 'path' && variables[0] !== 'binary_remote_addr')
    coverage.translated(
      directive,
      isConsistent
        ? 'balance: consistent-hash on the ring of nginx: keys keep their endpoints'
        : 'balance: hash by the method of nginx: keys keep their endpoints',
    );
  else if (isPlain && sources[0] === 'path')
    coverage.approximated(directive, 'the same hash; the key is the path as the client wrote it, where nginx decodes it');
  else coverage.approximated(directive, 'the same ring, but the key is put together otherwise, so keys change their endpoints once');
  const key = sources.length === 1 ? sources[0] : sources;
  return isConsistent ? { policy: 'consistent-hash', ring: 'nginx', key } : { policy: 'hash', method: 'nginx', key };
}

function sourceOf(variable: string): string | undefined {
  for (const [form, source] of keys) {
    const match = form.exec(variable);
    if (match !== null) return source(match[1] ?? '');
  }
  return undefined;
}

function drawn(directive: Directive, coverage: Coverage): Balance {
  const [two, method] = directive.args;
  if (two !== 'two') {
    coverage.translated(directive, 'balance: weighted-random');
    return 'weighted-random';
  }
  if (method?.startsWith('least_time') === true)
    coverage.approximated(
      directive,
      'balance: power-of-two-choices: of the two that are drawn the one with fewer requests in flight, not the faster one',
    );
  else coverage.translated(directive, 'balance: power-of-two-choices');
  return 'power-of-two-choices';
}

function timed(directive: Directive, coverage: Coverage): Balance {
  const on = directive.args[0] === 'last_byte' ? 'last-byte' : 'header';
  coverage.translated(directive, 'balance: least-time');
  return { policy: 'least-time', on, ...(directive.args.includes('inflight') ? { inflight: true } : {}) };
}
