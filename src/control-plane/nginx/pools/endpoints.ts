// The `server` lines of an upstream: endpoints, and what their parameters say about the pool as a whole.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { durationText, nginxTime } from '../words/measures.ts';
import { splitOnce } from '../words/parameters.ts';
import type { WrittenDiscover } from './resolved.ts';
import { discoverOf } from './resolved.ts';

export interface WrittenEndpoint {
  readonly address: string;
  weight?: number;
  backup?: boolean;
  maxConnections?: number;
}

export interface Servers {
  readonly endpoints: readonly (string | WrittenEndpoint)[];
  /** Where more of them are found; undefined where no line says `resolve`. */
  readonly discover: WrittenDiscover | undefined;
  /** Those that may get requests; infinite where that is not known. */
  readonly serving: number;
  /** undefined where nothing is judged. */
  readonly outliers: Outliers | undefined;
  readonly slowStart: unknown;
}

export interface Outliers {
  readonly preset: 'nginx';
  readonly maxFails?: number;
  readonly failTimeout?: string;
}

/** What one line says that Evenkeel knows of whole pools only. */
interface Line {
  readonly directive: Directive;
  readonly endpoint: WrittenEndpoint;
  readonly maxFails: number;
  readonly failTimeout: number;
  readonly slowStart: number | undefined;
  /** The name is asked for again and again. */
  readonly isResolved: boolean;
  readonly service: string | undefined;
}

export function serversOf(directives: readonly Directive[], resolver: Directive | undefined, coverage: Coverage): Servers {
  const lines: Line[] = [];
  const fixed: Line[] = [];
  let discover: WrittenDiscover | undefined;
  for (const directive of directives) {
    const line = lineOf(directive, coverage);
    if (line === undefined) continue;
    const isSource = line.isResolved && line.endpoint.weight !== 0 && discover === undefined;
    if (isSource) discover = discoverOf(line, resolver, coverage);
    else if (!isFixed(line, coverage)) continue;
    const earlier = isSource ? undefined : fixed.find(({ endpoint }) => endpoint.address === line.endpoint.address);
    if (earlier !== undefined) addWeight(earlier, line, coverage);
    else lines.push(line);
    if (earlier === undefined && !isSource) fixed.push(line);
  }
  const slow = common(lines, ({ slowStart }) => slowStart ?? 0);
  for (const line of lines) tellDifferences(line, lines, coverage);
  return {
    endpoints: fixed.map(({ endpoint }) => (Object.keys(endpoint).length === 1 ? endpoint.address : endpoint)),
    discover,
    serving: discover === undefined ? fixed.filter(({ endpoint }) => endpoint.weight !== 0).length : Number.POSITIVE_INFINITY,
    outliers: outliersOf(lines),
    slowStart: slow > 0 ? { window: durationText(slow) } : undefined,
  };
}

/** nginx takes the same address twice as two servers; a pool has it once, with the weight of both. */
function addWeight(earlier: Line, line: Line, coverage: Coverage): void {
  earlier.endpoint.weight = (earlier.endpoint.weight ?? 1) + (line.endpoint.weight ?? 1);
  coverage.approximated(line.directive, 'the address stands there already: it is one endpoint with the weight of both');
}

/** Tells what becomes of a line that is an endpoint of its own; false where it cannot be one. */
function isFixed(line: Line, coverage: Coverage): boolean {
  const { directive, endpoint, isResolved, service } = line;
  if (service !== undefined) {
    tellUnasked(line, coverage);
    return false;
  }
  if (isResolved && endpoint.weight === 0) coverage.approximated(directive, 'nothing is sent there, so its name is not looked up');
  else if (isResolved)
    coverage.approximated(
      directive,
      'a pool has one source of endpoints, which is the first server with `resolve`; this name is resolved whenever a connection is made, and counts as one server',
    );
  else if (!isNumeric(endpoint.address))
    coverage.approximated(
      directive,
      'the name is resolved whenever a connection is made; nginx resolves it at the start and takes each of its addresses for a server',
    );
  coverage.translated(directive, `endpoint ${endpoint.address}`);
  return true;
}

/** Of a service that nobody looks up. */
function tellUnasked({ directive, endpoint, isResolved }: Line, coverage: Coverage): void {
  if (!isResolved) coverage.refused(directive, 'nginx has `service` with `resolve` alone');
  else if (endpoint.weight === 0) coverage.approximated(directive, 'nothing is sent there, so it is left out');
  else
    coverage.refused(
      directive,
      'a pool has one source of endpoints, and another server of this upstream is it already: give its services an upstream each',
    );
}

function lineOf(directive: Directive, coverage: Coverage): Line | undefined {
  const [written = '', ...parameters] = directive.args;
  const address = endpointAddress(written);
  if (address === undefined) {
    coverage.refused(directive, `${JSON.stringify(written)} is no address that Evenkeel can connect to`);
    return undefined;
  }
  const endpoint: WrittenEndpoint = { address };
  const reading: LineReading = { maxFails: 1, failTimeout: 10_000, slowStart: undefined, isResolved: false, service: undefined };
  for (const parameter of parameters) {
    const problem = read(parameter, endpoint, reading);
    if (problem === undefined) continue;
    if (problem.refused) coverage.refused(directive, problem.note);
    else coverage.approximated(directive, problem.note);
  }
  // An address needs no resolver.
  return { directive, endpoint, ...reading, isResolved: reading.isResolved && !isNumeric(address) };
}

interface Problem {
  readonly refused: boolean;
  readonly note: string;
}

interface LineReading {
  maxFails: number;
  failTimeout: number;
  slowStart: number | undefined;
  isResolved: boolean;
  service: string | undefined;
}

function read(parameter: string, endpoint: WrittenEndpoint, line: LineReading): Problem | undefined {
  const [name = '', value = ''] = splitOnce(parameter, '=');
  if (name === 'backup') endpoint.backup = true;
  else if (name === 'down' || name === 'drain') endpoint.weight = 0;
  else if (name === 'resolve') line.isResolved = true;
  else if (name === 'service' && value !== '') line.service = value;
  else if (name === 'route')
    return { refused: true, note: 'route= names the endpoint in cookies of a sticky route, which is not translated' };
  else return readNumber(name, value, endpoint, line);
  return name === 'drain'
    ? { refused: false, note: 'weight 0: the endpoint keeps the sessions that it has, and gets nothing new' }
    : undefined;
}

function readNumber(name: string, value: string, endpoint: WrittenEndpoint, line: LineReading): Problem | undefined {
  const count = /^\d+$/.test(value) ? Number(value) : undefined;
  const time = nginxTime(value);
  if (name === 'weight' && count !== undefined) setUnless(endpoint, 'weight', count, 1);
  else if (name === 'max_conns' && count !== undefined) setUnless(endpoint, 'maxConnections', count, 0);
  else if (name === 'max_fails' && count !== undefined) line.maxFails = count;
  else if (name === 'fail_timeout' && time !== undefined) line.failTimeout = time;
  else if (name === 'slow_start' && time !== undefined) line.slowStart = time;
  else return { refused: true, note: `"${name}${value === '' ? '' : `=${value}`}" is no parameter that is known here` };
  return undefined;
}

/** `down` is stronger than a weight, wherever it stands in the line. */
function setUnless(endpoint: WrittenEndpoint, key: 'weight' | 'maxConnections', value: number, usual: number): void {
  if (value !== usual && !(key === 'weight' && endpoint.weight === 0)) endpoint[key] = value;
}

/** With a port, 80 where there is none. */
export function endpointAddress(written: string, port = 80): string | undefined {
  if (written.startsWith('unix:')) return /^unix:\/[^:]{1,106}$/.test(written) ? written : undefined;
  const parts = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?::(\d{1,5}))?$/.exec(written);
  return parts === null ? undefined : `${(parts[1] ?? '').toLowerCase()}:${parts[2] ?? port}`;
}

const isNumeric = (address: string): boolean => /^(?:unix:|\[|\d+\.\d+\.\d+\.\d+:)/.test(address);

function outliersOf(lines: readonly Line[]): Outliers | undefined {
  const maxFails = common(lines, (line) => line.maxFails);
  const failTimeout = common(lines, (line) => line.failTimeout);
  if (maxFails === 0 || failTimeout === 0) return undefined;
  return {
    preset: 'nginx',
    ...(maxFails === 1 ? {} : { maxFails }),
    ...(failTimeout === 10_000 ? {} : { failTimeout: durationText(failTimeout) }),
  };
}

function tellDifferences({ directive, maxFails, failTimeout, slowStart }: Line, lines: readonly Line[], coverage: Coverage): void {
  const differing = [
    maxFails === common(lines, (line) => line.maxFails) ? '' : 'max_fails',
    failTimeout === common(lines, (line) => line.failTimeout) ? '' : 'fail_timeout',
    (slowStart ?? 0) === common(lines, (line) => line.slowStart ?? 0) ? '' : 'slow_start',
  ].filter((name) => name !== '');
  if (differing.length > 0)
    coverage.approximated(directive, `${differing.join(' and ')} of most servers of the upstream hold for all of them`);
}

/** What most lines say; of those as frequent, what the first one says. */
function common(lines: readonly Line[], value: (line: Line) => number): number {
  const counts = new Map<number, number>();
  for (const line of lines) counts.set(value(line), (counts.get(value(line)) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 0;
}
