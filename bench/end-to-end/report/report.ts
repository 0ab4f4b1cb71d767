// Puts the summaries of rows into tables for the terminal and for docs/benchmarks.md.

import type { RowSummaries } from '../rows/rounds.ts';
import { ratioToBetterPeer, type Summary } from './results.ts';
import { left, milliseconds, number, right, table } from './table.ts';

export interface Sides {
  /** Balancers to compare with. */
  readonly peers: readonly string[];
  /** Versions of Evenkeel. */
  readonly own: readonly string[];
}

/** Processor time for each request and the ratio: the table that goals are set for. */
export function costTable(results: RowSummaries, sides: Sides): string {
  const columns = [left('µs of processor time per request'), ...[...sides.peers, ...sides.own].map(right)];
  // Without both sides there is nothing to compare, and the cells below have no column.
  if (sides.peers.length > 0 && sides.own.length > 0) {
    for (const name of sides.own) columns.push(right(sides.own.length > 1 ? `ratio ${name}` : 'ratio'));
    columns.push(right('to reach'), left(''));
  }
  const lines = [...results].map(([row, summaries]) => {
    const ratios = sides.own.map((name) => ratioToBetterPeer(summaries, name, sides.peers));
    const verdicts = ratios.map((ratio) => (ratio === undefined ? 'does not count' : ratio >= row.goal ? 'reached' : 'not reached'));
    return [
      row.title,
      ...[...sides.peers, ...sides.own].map((name) => cost(summaries.get(name))),
      ...ratios.map((ratio) => (ratio === undefined ? '–' : ratio.toFixed(2))),
      `≥ ${row.goal.toFixed(2)}`,
      verdicts[0] ?? '',
    ];
  });
  return table(columns, lines);
}

/** Everything else that was seen in the same turns. */
export function detailTable(results: RowSummaries): string {
  const columns = [left('row'), left('balancer'), right('user µs'), right('system µs'), right('core in use'), right('requests/s')];
  columns.push(right('p50 ms'), right('p99 ms'), right('p99.9 ms'), left('errors'));
  const lines = [...results].flatMap(([row, summaries]) =>
    [...summaries].map(([name, summary]) => [
      row.name,
      name,
      number(summary.user),
      number(summary.system),
      `${(summary.busy * 100).toFixed(0)} %`,
      number(summary.perSecond, 0),
      milliseconds(summary.p50),
      milliseconds(summary.p99),
      milliseconds(summary.p999),
      summary.errors ?? 'none',
    ]),
  );
  return table(columns, lines);
}

function cost(summary: Summary | undefined): string {
  if (summary === undefined) return '–';
  return summary.errors === undefined ? number(summary.total) : 'failed';
}
