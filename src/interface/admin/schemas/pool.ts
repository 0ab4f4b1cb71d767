// How a pool and its endpoints are told: the description of what pool-status.ts makes.
import * as z from 'zod';
import { endpointStateNames } from '../../../control-plane/supervising/endpoint-change.ts';
import type { RefusalKind } from '../../../domain/endpoints/refusals.ts';
import { refusals } from '../../../domain/endpoints/refusals.ts';
import { endpointCounters, poolCounters } from '../../../domain/endpoints/scoreboard.ts';
import { breakerNames } from '../gate-figures.ts';
import type { EndpointStatus, PoolStatus } from '../pool-status.ts';

export const time = z.iso.datetime();
export const amount = z.number().min(0);

/** A number for each name. */
export const countersOf = <Name extends string>(names: readonly Name[]) => z.record(z.enum(names), amount);

const spread = z.object({ mean: amount, p50: amount, p90: amount, p99: amount }).meta({ title: 'Spread' });
const breaker = z.enum(breakerNames).nullable();

const probe = z.object({
  state: z.enum(['up', 'down', 'checking']),
  passed: amount,
  failed: amount,
  timedOut: amount,
  silent: amount,
  inARow: amount,
  last: z.object({ passed: z.boolean().nullable(), reason: z.string().nullable(), took: amount, at: time.nullable() }).nullable(),
});

type CountedOfEndpoint = Exclude<(typeof endpointCounters)[number], 'latencySumMicroseconds'>;
const isCountedOfEndpoint = (name: string): name is CountedOfEndpoint => name !== 'latencySumMicroseconds';

export const endpointSchema = z
  .object({
    id: z.string().describe('Its address, in its shortest form.'),
    state: z.enum(endpointStateNames).describe('As its operator wants it.'),
    deadline: time.nullable().describe('When it goes down because the time of its draining is over.'),
    health: z.object({ state: z.enum(['well', 'failing']), reason: z.string().nullable(), since: time, changes: amount }),
    weight: amount.describe('In force.'),
    configuredWeight: amount.describe('Of the document.'),
    capacity: amount.exactOptional(),
    share: amount.nullable().describe('By weight, of what its tier gets.'),
    inFlight: amount,
    sessions: amount.nullable(),
    maxConnections: amount.nullable(),
    probe: probe.nullable(),
    ejections: z.object({ count: amount, until: time.nullable() }),
    breaker,
    failTimeout: z.object({ fails: amount, isAvailable: z.boolean() }).nullable(),
    tier: amount,
    backup: z.boolean(),
    metadata: z.record(z.string(), z.string()),
    ...countersShape(endpointCounters.filter(isCountedOfEndpoint)),
    latency: spread,
  })
  .meta({ title: 'Endpoint' }) satisfies z.ZodType<EndpointStatus>;

type CountedOfPool = keyof PoolStatus['totals'];
const refusalCounters: readonly string[] = [...Object.values(refusals), 'waitSumMicroseconds'];
const isCountedOfPool = (name: string): name is CountedOfPool => !refusalCounters.includes(name);
// Object.keys forgets the names of the keys.
const refusalKinds = Object.keys(refusals) as RefusalKind[];

export const poolSchema = z
  .object({
    name: z.string(),
    policy: z.string(),
    options: z.record(z.string(), z.unknown()).describe('Of the policy, with every default filled in.'),
    inFlight: amount,
    limit: amount.nullable(),
    queue: z.object({ waiting: amount, size: amount, waited: spread }).nullable(),
    breaker,
    panic: z.boolean(),
    totals: countersOf(poolCounters.filter(isCountedOfPool)),
    refusals: countersOf(refusalKinds),
    discovery: z
      .object({
        source: z.string(),
        endpoints: amount,
        answeredAt: time.nullable(),
        staleSince: time.nullable().describe('Since then it fails, and what it gave last is kept.'),
        error: z.string().nullable(),
        leftOut: amount.describe('Of its last answer: what is no endpoint, or one too many.'),
        answers: amount,
        failures: amount,
      })
      .nullable()
      .describe('Where endpoints are found; null where all are named.'),
    endpoints: z.array(endpointSchema),
  })
  .meta({ title: 'Pool' }) satisfies z.ZodType<PoolStatus>;

function countersShape<Name extends string>(names: readonly Name[]): Record<Name, typeof amount> {
  // fromEntries forgets the names; the cast gives them back.
  return Object.fromEntries(names.map((name) => [name, amount])) as Record<Name, typeof amount>;
}
