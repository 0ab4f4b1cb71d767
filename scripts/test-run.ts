// Runs test files, each in a process of its own and a few at once, and gathers what came of them.

import { resolve } from 'node:path';
import { type EventData, run } from 'node:test';
import { inspect } from 'node:util';
import { isSlow } from './test-groups.ts';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failure in full, ready to print. */
  readonly failures: readonly string[];
}

// A file that hangs fails with its name instead of holding up the whole run. Far above what the slowest machine needs.
const longestFile = { ordinary: 180_000, slow: 1_800_000 };

export async function runFiles(files: readonly string[], together: number): Promise<Outcome> {
  const waiting = [...files];
  const outcomes: Outcome[] = [];
  const takeTurns = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) outcomes.push(await runFile(file));
  };
  await Promise.all(Array.from({ length: together }, takeTurns));
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    skipped: outcomes.reduce((sum, { skipped }) => sum + skipped, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

/** Runs one file. A file that runs longer than `limit` is ended and counts as one failure. */
export async function runFile(file: string, limit = isSlow(file) ? longestFile.slow : longestFile.ordinary): Promise<Outcome> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  let output = '';
  const tooLong = new AbortController();
  const alarm = setTimeout(() => tooLong.abort(), limit);

  for await (const { type, data } of run({ files: [file], signal: tooLong.signal })) {
    if (type === 'test:stdout' || type === 'test:stderr') output += data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const verdict = judge(type, data);
    if (verdict === undefined) continue;
    counts[verdict]++;
    if (verdict === 'failed') failures.push(report(file, data));
  }
  clearTimeout(alarm);
  if (tooLong.signal.aborted) failures.push(`✖ ${file} was ended after ${limit / 1000} s`);
  // What a file printed helps only whoever looks for the reason of a failure.
  if (failures.length > 0 && output.trim() !== '') failures.push(`What ${file} printed:\n${indent(output.trim())}`);
  return { ...counts, failures };
}

type Told = EventData.TestPass | EventData.TestFail;

function judge(type: 'test:pass' | 'test:fail', data: Told): 'passed' | 'failed' | 'skipped' | undefined {
  if (data.details.type === 'suite' && !failedItself(data)) return undefined;
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
  if (type === 'test:pass') return standsForFile(data) ? undefined : 'passed';
  return isOnlyParent(data) ? undefined : 'failed';
}

// Node reports a file as one more test when it ends without having run any, and when it fails outside its tests.
const standsForFile = (data: Told): boolean => data.nesting === 0 && data.file !== undefined && resolve(data.name) === data.file;

/** A suite whose own body or hook failed, which none of its tests tells. */
const failedItself = (data: Told): boolean => errorOf(data) !== undefined && !isOnlyParent(data);

const isOnlyParent = (data: Told): boolean => failureType(errorOf(data)) === 'subtestsFailed';

const errorOf = (data: Told): Error | undefined => ('error' in data.details ? data.details.error : undefined);

// Node's ERR_TEST_FAILURE carries it beside the fields that its type declares.
const failureType = (error: Error | undefined): unknown => (error as { failureType?: unknown } | undefined)?.failureType;

function report(file: string, data: Told): string {
  const where = standsForFile(data) ? file : `${data.name}\n  ${file}:${data.line ?? 1}`;
  const error = errorOf(data);
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === 'string' ? cause : inspect(cause);
  return `✖ ${where}\n${indent(withoutRunner(text))}`;
}

/** A stack without the lines of the test runner itself. */
const withoutRunner = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => !line.includes('node:internal/') && !line.includes('(node:async_hooks'))
    .join('\n');

const indent = (text: string): string => text.replace(/^/gm, '    ');
