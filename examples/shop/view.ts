// What the display shows, as plain data: the figures of Evenkeel, the state of the processes and the news, put together.

import type { ProcessFacts } from './kept-process.ts';
import type { OrderNews, ShopperCounts } from './shoppers.ts';
import type { EndpointStatus, StatusSample } from './status-source.ts';

export interface InstanceView extends ProcessFacts {
  /** Answers given, as Evenkeel counts them. */
  readonly requests: number;
  readonly failed: number;
  /** Of the answers of the last seconds, 0 to 1. */
  readonly share: number;
  readonly perSecond: number;
  /** Milliseconds, since the start; undefined before the first answer. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export interface News {
  /** The last time, when it happened more than once. */
  readonly at: number;
  readonly what: string;
  readonly times: number;
  readonly isBad: boolean;
}

export interface View {
  readonly now: number;
  readonly startedAt: number;
  readonly port: number;
  readonly adminPort: number;
  /** Milliseconds after which an instance that stopped is started again. */
  readonly returnsAfter: number;
  readonly balancer: ProcessFacts;
  readonly policy: string;
  readonly instances: readonly InstanceView[];
  readonly requests: number;
  readonly perSecond: number;
  /** Attempts that Evenkeel made anew at another instance. */
  readonly retries: number;
  readonly shoppers: ShopperCounts;
  readonly orders: readonly OrderNews[];
  readonly news: readonly News[];
}

export type ViewParts = Pick<
  View,
  'now' | 'startedAt' | 'port' | 'adminPort' | 'returnsAfter' | 'balancer' | 'shoppers' | 'orders' | 'news'
> & {
  readonly samples: readonly StatusSample[];
  /** In the order of the document's endpoints. */
  readonly instances: readonly ProcessFacts[];
};

export function buildView({ samples, instances, ...rest }: ViewParts): View {
  const first = samples[0];
  const last = samples.at(-1);
  const seconds = first && last ? (last.at - first.at) / 1000 : 0;
  const rate = (before: number | undefined, after: number | undefined): number =>
    seconds > 0 ? ((after ?? 0) - (before ?? 0)) / seconds : 0;

  const rates = instances.map((_, index) => rate(endpointAt(first, index)?.succeeded, endpointAt(last, index)?.succeeded));
  const allRates = rates.reduce((sum, each) => sum + each, 0);
  return {
    ...rest,
    policy: last?.status.pools[0]?.policy ?? '',
    requests: last?.status.totals.exchanges ?? 0,
    perSecond: rate(first?.status.totals.exchanges, last?.status.totals.exchanges),
    retries: last?.status.pools[0]?.endpoints.reduce((sum, { retries }) => sum + retries, 0) ?? 0,
    instances: instances.map((facts, index) => {
      const perSecond = rates[index] ?? 0;
      return { ...facts, perSecond, share: allRates > 0 ? perSecond / allRates : 0, ...figuresOf(endpointAt(last, index)) };
    }),
  };
}

const endpointAt = (sample: StatusSample | undefined, index: number): EndpointStatus | undefined =>
  sample?.status.pools[0]?.endpoints[index];

function figuresOf(endpoint: EndpointStatus | undefined): Pick<InstanceView, 'requests' | 'failed' | 'p50' | 'p99'> {
  const requests = endpoint?.succeeded ?? 0;
  const hasAnswered = requests > 0;
  return {
    requests,
    failed: endpoint?.failed ?? 0,
    p50: hasAnswered ? endpoint?.latency.p50 : undefined,
    p99: hasAnswered ? endpoint?.latency.p99 : undefined,
  };
}

/** Adds what happened; the same again within the last few counts up instead of pushing everything else out. */
export function addNews(news: readonly News[], { at, what, isBad }: Omit<News, 'times'>, kept: number): readonly News[] {
  const before = news.slice(-3).find((item) => item.what === what);
  const others = news.filter((item) => item !== before);
  return [...others, { at, what, isBad, times: (before?.times ?? 0) + 1 }].slice(-kept);
}
