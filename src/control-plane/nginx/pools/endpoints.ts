// The `server` lines of an upstream: endpoints, and what their parameters say about the pool as a whole.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { durationText, nginxTime } from '../words/measures.ts';

export interface WrittenEndpoint {
  readonly address: string;
  weight?: number;
  backup?: boolean;
  maxConnections?: number;
}

export interface Servers {
  readonly endpoints: readonly (string | WrittenEndpoint)[];
  /** Those that may get requests. */
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
}

export function serversOf(directives: readonly Directive[], coverage: Coverage): Servers {
  const lines: Line[] = [];
  for (const directive of directives) {
    const line = lineOf(directive, coverage);
    const earlier = lines.find(({ endpoint }) => endpoint.address === line?.endpoint.address);
    if (line === undefined) continue;
    if (earlier === undefined) lines.push(line);
    else addWeight(earlier, line, coverage);
  }
  const slow = common(lines, ({ slowStart }) => slowStart ?? 0);
  for (const line of lines) tellDifferences(line, lines, coverage);
  return {
    endpoints: lines.map(({ endpoint }) => (Object.keys(endpoint).length === 1 ? endpoint.address : endpoint)),
    serving: lines.filter(({ endpoint }) => endpoint.weight !== 0).length,
    outliers: outliersOf(lines),
    slowStart: slow > 0 ? { window: durationText(slow) } : undefined,
  };
}

/** nginx takes the same address twice as two servers; a pool has it once, with the weight of both. */
function addWeight(earlier: Line, line: Line, coverage: Coverage): void {
  earlier.endpoint.weight = (earlier.endpoint.weight ?? 1) + (line.endpoint.weight ?? 1);
  coverage.approximated(line.directive, 'the address stands there already: it is one endpoint with the weight of both');
}

function lineOf(directive: Directive, coverage: Coverage): Line | undefined {
  const [written = '', ...parameters] = directive.args;
  const address = endpointAddress(written);
  if (address === undefined) {
    coverage.refused(directive, `${JSON.stringify(written)} is no address that Evenkeel can connect to`);
    return undefined;
  }
  const endpoint: WrittenEndpoint = { address };
  const reading = { maxFails: 1, failTimeout: 10_000, slowStart: undefined as number | undefined };
  for (const parameter of parameters) {
    const problem = read(parameter, endpoint, reading);
    if (problem === undefined) continue;
    if (problem.refused) coverage.refused(directive, problem.note);
    else coverage.approximated(directive, problem.note);
  }
  if (!isNumeric(address))
    coverage.approximated(
      directive,
      'the name is resolved whenever a connection is made; nginx resolves it at the start and takes each of its addresses for a server',
    );
  coverage.translated(directive, `endpoint ${address}`);
  return { directive, endpoint, ...reading };
}

interface Problem {
  readonly refused: boolean;
  readonly note: string;
}

interface LineReading {
  maxFails: number;
  failTimeout: number;
  slowStart: number | undefined;
}

function read(parameter: string, endpoint: WrittenEndpoint, line: LineReading): Problem | undefined {
  const [name = '', value = ''] = splitOnce(parameter, '=');
  if (name === 'backup') endpoint.backup = true;
  else if (name === 'down' || name === 'drain') endpoint.weight = 0;
  else if (name === 'resolve') return undefined;
  else if (name === 'service') return { refused: true, note: 'SRV records are not looked up: write the endpoints' };
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

export function splitOnce(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)];
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
