// A strict reader of the Prometheus text format 0.0.4, so that tests see the page as a scraper does.
// https://prometheus.io/docs/instrumenting/exposition_formats/

export interface ReadMetric {
  readonly help: string;
  readonly type: string;
  /** By the whole series as it is written, labels sorted: `name{a="1",b="2"}`. */
  readonly series: ReadonlyMap<string, number>;
}

/** Throws at the first line that a scraper would not take. */
export function readPrometheusText(page: string): ReadonlyMap<string, ReadMetric> {
  if (!page.endsWith('\n')) throw new Error('The last line has no end.');
  const metrics = new Map<string, { help: string; type: string; series: Map<string, number> }>();
  let current: { name: string; help: string; type: string; series: Map<string, number> } | undefined;
  let help: { name: string; text: string } | undefined;

  for (const line of page.split('\n')) {
    if (line === '') continue;
    const helpLine = /^# HELP (\S+) (.+)$/.exec(line);
    if (helpLine !== null) {
      help = { name: helpLine[1] ?? '', text: helpLine[2] ?? '' };
      continue;
    }
    const typeLine = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (typeLine !== null) {
      const [, name = '', type = ''] = typeLine;
      if (help?.name !== name) throw new Error(`${name} has no help before its type.`);
      if (metrics.has(name)) throw new Error(`${name} stands on the page twice.`);
      current = { name, help: help.text, type, series: new Map() };
      metrics.set(name, current);
      continue;
    }
    if (current === undefined) throw new Error(`A value before any type: ${line}`);
    const { series, value } = readSample(line, current);
    if (current.series.has(series)) throw new Error(`The series ${series} stands on the page twice.`);
    current.series.set(series, value);
  }
  return metrics;
}

const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/;
const sample = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(${label.source}(?:,${label.source})*)\\})? (\\S+)$`);

function readSample(line: string, metric: { name: string; type: string }): { series: string; value: number } {
  const parts = sample.exec(line);
  const name = parts?.[1] ?? '';
  const suffixes = metric.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  if (parts === null || !suffixes.some((suffix) => name === metric.name + suffix))
    throw new Error(`Not a value of ${metric.name}: ${line}`);

  const text = parts.at(-1) ?? '';
  const value = text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
  if (Number.isNaN(value)) throw new Error(`Not a number: ${line}`);
  const labels = [...(parts[2] ?? '').matchAll(new RegExp(label, 'g'))].map(([whole]) => whole).sort();
  return { series: labels.length === 0 ? name : `${name}{${labels.join(',')}}`, value };
}
