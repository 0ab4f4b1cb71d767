// What may be set for a pool: its endpoints, how traffic is spread over them, and how long and how often they are waited for.
import * as z from 'zod';
import type { Bytes, Milliseconds } from '../../foundation/basics/units.ts';
import type { PolicySettings } from '../balancing/policy-settings.ts';
import { policySettings } from '../balancing/policy-settings.ts';
import type { SlowStartRules } from '../balancing/warm-up.ts';
import type { EndpointSettings } from '../endpoints/endpoint-settings.ts';
import { endpointSettings } from '../endpoints/endpoint-settings.ts';
import type { HealthSettings } from '../health/health-settings.ts';
import { healthSettings } from '../health/health-settings.ts';
import type { OutlierSettings } from '../health/outlier-settings.ts';
import { outlierSettings } from '../health/outlier-settings.ts';
import type { PanicSettings } from '../health/panic-settings.ts';
import { panicSettings } from '../health/panic-settings.ts';
import type { BreakerRules } from '../resilience/breaker-rules.ts';
import type { HedgeRules } from '../resilience/hedge-delay.ts';
import type { ConcurrencyRules, DeadlineRules, QueueRules, RetryRules } from '../resilience/rules.ts';
import {
  breakerSettings,
  concurrencySettings,
  deadlineSettings,
  hedgeSettings,
  maxRequestsSetting,
  queueSettings,
  retrySettings,
} from '../resilience/settings.ts';
import type { OverrideSettings } from '../sessions/override-settings.ts';
import { overrideSettings } from '../sessions/override-settings.ts';
import type { StickySettings } from '../sessions/sticky-settings.ts';
import { stickySettings } from '../sessions/sticky-settings.ts';
import { count, decimal, duration, name, size, text } from '../settings/measures.ts';
import { oneOf, section } from '../settings/written.ts';
import type { DiscoverSettings } from './discover-settings.ts';
import { discoverSettings } from './discover-settings.ts';

export interface PoolSettings {
  readonly balance: PolicySettings;
  /** Those that the document names, and in a document in force those that were found beside them. None only where they are found. */
  readonly endpoints: readonly EndpointSettings[];
  /** Where further ones are found; absent where none are. */
  readonly discover?: DiscoverSettings;
  /** What probes ask; absent where none do. */
  readonly health?: HealthSettings;
  readonly outliers: OutlierSettings;
  readonly panic?: PanicSettings;
  readonly timeouts: {
    readonly connect: Milliseconds;
    /** From the head of a request to the head of its answer, waiting and all tries included. */
    readonly total: Milliseconds;
    /** From a request that is sent to the head of its answer. */
    readonly response: Milliseconds;
    /** Between two pieces of a body, either way. */
    readonly body: Milliseconds;
    /** Without a byte either way after an upgrade. */
    readonly tunnel: Milliseconds;
  };
  readonly connections: {
    /** Kept for each endpoint in each worker. */
    readonly idle: number;
    readonly idleTimeout: Milliseconds;
    readonly maxAge: Milliseconds;
    readonly maxExchanges: number;
  };
  /** For answers. */
  readonly limits: { readonly head: Bytes; readonly fields: number };
  /** Exchanges of one session go to one endpoint. */
  readonly sticky?: StickySettings;
  /** Trusted peers choose endpoints by a header. */
  readonly override?: OverrideSettings;
  /** For endpoints that come back. */
  readonly slowStart?: SlowStartRules;
  /** This balancer sends to so many endpoints of the pool only. */
  readonly subset?: SubsetSettings;
  readonly retry: RetryRules;
  /** The pool that takes what this one has no endpoint for. */
  readonly backup?: string;
  readonly lastResort?: LastResortSettings;
  /** In flight at the pool, over all workers. */
  readonly maxRequests: number;
  readonly concurrency?: ConcurrencyRules;
  readonly queue?: QueueRules;
  readonly deadline?: DeadlineRules;
  readonly hedge?: HedgeRules;
  readonly breaker?: BreakerRules;
  /** One for each endpoint. Not beside nginx's max_fails. */
  readonly endpointBreaker?: BreakerRules;
}

const timeouts = section(
  {
    total: duration({ none: true })
      .prefault('none')
      .describe('From the head of a request to the head of its answer, waiting and all tries included; after that clients are told 504.'),
    connect: duration().prefault('3s').describe('How long a connection to an endpoint may take.'),
    response: duration({ none: true }).prefault('60s').describe('From the end of a request to the head of its answer.'),
    body: duration({ none: true }).prefault('60s').describe('The longest pause between two pieces of a body.'),
    tunnel: duration({ none: true }).prefault('1h').describe('How long a tunnel (a WebSocket, for one) may be silent both ways.'),
  },
  { expected: 'a section of timeouts such as { connect: 3s, response: 60s }' },
);

const connections = section(
  {
    idle: count({ least: 0 }).prefault(1024).describe('Connections kept for the next request, for each endpoint and worker.'),
    idleTimeout: duration({ none: true }).prefault('60s').describe('How long a connection is kept without a request.'),
    maxAge: duration({ none: true })
      .prefault('1h')
      .describe('How old a connection may get; it is closed after the exchange that it carries then.'),
    maxExchanges: count({ none: true }).prefault('none').describe('How many exchanges a connection may carry.'),
  },
  {
    expected: 'a section such as { idle: 256, idleTimeout: 60s }',
    later: { max: 'limits on open connections', queue: 'queues for a free connection' },
  },
);

const limits = section(
  {
    head: size({ least: '256B', most: '1MiB' }).prefault('32KiB').describe('The largest head of an answer, status line included.'),
    fields: count({ most: 10_000 }).prefault(200).describe('The most header fields in an answer.'),
  },
  { expected: 'a section of limits such as { head: 32KiB, fields: 200 }' },
);

const slowStartSection = section(
  {
    window: duration().prefault('30s').describe('How long until it has all of its weight.'),
    shape: oneOf(['curve', 'steps'])
      .prefault('curve')
      .describe('`curve` as in Envoy, or `steps` of a sixteenth in a straight line as in HAProxy.'),
    aggression: decimal({ least: 0.1, most: 10 })
      .prefault(1)
      .describe('For `curve`: 1 is a straight line, 2 gives more at the beginning, 0.5 less.'),
    least: decimal({ least: 0.01, most: 1 }).prefault(0.1).describe('For `curve`: the share of its weight that it has at once.'),
  },
  { expected: 'a duration such as 30s, or a section such as { window: 30s, aggression: 1 }' },
);

/** A duration is short for a section with nothing but the window. */
const slowStart = z
  .preprocess(
    (input: string | z.input<typeof slowStartSection>) => (typeof input === 'string' ? { window: input } : input),
    slowStartSection,
  )
  .meta({ short: 'window' });

export interface SubsetSettings {
  readonly size: number;
  readonly identity?: string;
}

const subset = section(
  {
    size: count({ most: 100_000 }).describe('How many endpoints of priority 0 this balancer sends to.'),
    identity: text({ most: 253 })
      .exactOptional()
      .describe("The balancer's name, by which its endpoints are chosen. The host's name when absent."),
  },
  { expected: 'a section such as { size: 20 }' },
);

export interface LastResortSettings {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const lastResort = section(
  {
    status: count({ least: 200, most: 599 }).prefault(503).describe('The status of the answer.'),
    type: text({ most: 127 }).prefault('text/plain; charset=utf-8').describe('Its Content-Type.'),
    body: z
      .string({ error: 'expected a text' })
      .max(65_536, { error: 'expected at most 65536 characters' })
      .prefault('')
      .describe('Its body.'),
  },
  { expected: 'a section such as { status: 503, body: "Back soon." }' },
);

export const poolSettings = section(
  {
    balance: policySettings
      .prefault('round-robin')
      .describe(
        "A policy's name, or the policy with its options: `{ policy: NAME, … }`. In place of NAME, `./mine.ts` is a file with a policy of your own.",
      ),
    endpoints: z
      .array(endpointSettings, { error: 'expected a list of endpoints such as [10.0.0.1:8080, 10.0.0.2:8080]' })
      .prefault([])
      .describe('The endpoints, each an address or a section. At least one, unless `discover` finds them.'),
    discover: discoverSettings
      .exactOptional()
      .describe('Finds endpoints while the pool serves, beside those under `endpoints`: see [discovery](../discovery.md).'),
    health: healthSettings
      .exactOptional()
      .describe('Asks the endpoints how they are: an endpoint that does not pass gets nothing. None is asked when absent.'),
    outliers: outlierSettings
      .prefault('mild')
      .describe('Judges endpoints by their traffic, and sets aside for a while what fails: a preset, or a section.')
      .meta({ short: 'preset' }),
    panic: panicSettings
      .exactOptional()
      .describe(
        'When so few endpoints are well that they could not carry the traffic, health is not believed. Always believed when absent.',
      )
      .meta({ short: 'number' }),
    timeouts: timeouts.prefault({}).describe('How long endpoints are waited for.'),
    connections: connections.prefault({}).describe('How connections to the endpoints are kept and used again.'),
    limits: limits.prefault({}).describe('How much an endpoint may send in the head of an answer.'),
    sticky: stickySettings
      .exactOptional()
      .describe('Exchanges of one session go to one endpoint: see [sessions](../sessions.md). Off when absent.'),
    override: overrideSettings.exactOptional().describe('A header by which trusted peers choose the endpoint. Off when absent.'),
    slowStart: slowStart
      .exactOptional()
      .describe('An endpoint that comes back gets its share of traffic little by little. Off when absent.'),
    subset: subset
      .exactOptional()
      .describe(
        'With many balancers before many endpoints: each sends to a part of them only, chosen so that all parts together are even.',
      ),
    retry: retrySettings.prefault({}).describe('Trying again after a failure.'),
    maxRequests: maxRequestsSetting
      .prefault('none')
      .describe(
        'Exchanges that the pool has in flight at most, from all workers together. Those that wait in the queue are not among them.',
      ),
    concurrency: concurrencySettings
      .exactOptional()
      .describe('Finds out by itself how many exchanges the pool bears in flight, and lets in no more. No such limit when absent.'),
    queue: queueSettings
      .exactOptional()
      .describe('Where exchanges wait for a place when all are taken. Without one they are refused at once.'),
    deadline: deadlineSettings
      .exactOptional()
      .describe('Hears from clients how long they wait, tells endpoints how much of it is left, and refuses what would come too late.'),
    backup: name('the name of a pool')
      .exactOptional()
      .describe('The pool that takes what this one has no endpoint for: all are down, full or were tried, or its breaker is open.'),
    lastResort: lastResort
      .exactOptional()
      .describe(
        'The answer where no endpoint is there or can be reached, and no backup has one either. The failure by its name when absent.',
      ),
    breaker: breakerSettings
      .exactOptional()
      .describe('Refuses at once what the pool as a whole fails at, and lets a few through to see whether it is over. Never when absent.'),
    endpointBreaker: breakerSettings.exactOptional().describe('The same for each endpoint by itself: others get its traffic.'),
    hedge: hedgeSettings
      .exactOptional()
      .describe('Asks a second endpoint for what the first one is late with, where that is safe. Never when absent.'),
  },
  {
    expected: 'a pool such as { endpoints: [10.0.0.1:8080] }',
    oneOrMore: ['endpoints', 'discover'],
    later: {
      maxConnections: 'limits on connections to endpoints',
      tls: 'TLS to endpoints',
      protocol: 'another protocol than HTTP/1.1 to endpoints',
      cache: 'caching',
    },
  },
).check(({ value, issues }) => {
  // What was refused is there all the same.
  const isRefused = issues.some(({ path = [] }) => path[0] === 'endpoints' || path[0] === 'discover');
  if (isRefused || value.discover !== undefined || value.endpoints.length > 0) return;
  const message =
    'expected at least one endpoint such as 10.0.0.1:8080, or "discover" to find them: without any a pool can only answer 503';
  issues.push({ code: 'custom', message, input: value.endpoints, path: ['endpoints'], continue: true });
}) satisfies z.ZodType<PoolSettings>;
