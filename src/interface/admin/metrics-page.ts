// Figures to a page in the Prometheus text format, written by prom-client.
import type { Metric as ClientMetric } from 'prom-client';
import type { Figures } from './figures.ts';
import type { Metric } from './metrics-list.ts';
import { metricsList } from './metrics-list.ts';

export interface MetricsPage {
  readonly type: string;
  readonly body: string;
}

/** A registry is made for each page, so that two who ask at once do not share figures. */
export async function metricsPage(figures: Figures): Promise<MetricsPage> {
  // Loaded with the first page: it takes several MiB that a balancer without Prometheus need not spend.
  const { Registry } = await import('prom-client');
  const registry = new Registry();
  for (const metric of metricsList) registry.registerMetric(readOnDemand(metric, figures));
  return { type: registry.contentType, body: await registry.metrics() };
}

/** A metric whose values stand elsewhere. prom-client's own classes count for themselves, and a histogram of theirs cannot be given counts. */
function readOnDemand({ type, name, help, read }: Metric, figures: Figures): ClientMetric {
  const metric = { name, help, get: () => Promise.resolve({ name, help, type, aggregator: 'sum', values: read(figures) }) };
  // A registry asks a metric for its name and calls `get`; the rest of the class is for those who count with it.
  return metric as unknown as ClientMetric;
}
