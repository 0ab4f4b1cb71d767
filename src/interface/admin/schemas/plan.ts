// How a plan is told: the description of what control-plane/planning/plan.ts makes.
import * as z from 'zod';
import type { Plan } from '../../../control-plane/planning/plan.ts';
import { amount } from './pool.ts';

const what = z.enum(['added', 'changed', 'removed']);

const setting = z
  .object({
    path: z.string().describe('Within the part: `timeouts.connect`.'),
    what,
    before: z.string().exactOptional().describe('As it is written; absent where it may be a secret.'),
    after: z.string().exactOptional(),
  })
  .meta({ title: 'SettingChange' });
const settings = z.array(setting).readonly();

const open = z.object({ connections: amount, exchanges: amount, tunnels: amount }).meta({ title: 'OpenAtListener' });

const endpoint = z.object({ id: z.string(), what, settings, inFlight: amount.exactOptional().describe('Of one that goes.') });

const keys = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('share'), share: amount.describe('From 0 to 1.'), moved: amount, sampled: amount }),
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]);

const pool = z.object({
  name: z.string(),
  what,
  settings,
  endpoints: z.array(endpoint).readonly(),
  drains: amount.describe('Exchanges and tunnels in flight now at its endpoints that go.'),
  connectsAnew: z.boolean().describe('Kept connections to its endpoints are closed as they become idle.'),
  keys: keys.exactOptional().describe('Where a policy sends the same key to the same endpoint: how many keys move.'),
  sessions: z
    .object({ of: z.enum(['all', 'endpoints']), count: amount.nullable().describe('null where clients carry them.'), reason: z.string() })
    .exactOptional()
    .describe('Those that lose their endpoint.'),
});

const listener = z.object({
  name: z.string(),
  what,
  address: z.string(),
  isBoundAnew: z.boolean(),
  settings,
  routes: z.array(z.object({ what: z.enum(['added', 'changed', 'removed', 'moved']), route: z.string(), settings })).readonly(),
  drains: open.exactOptional().describe('Of one that goes or is bound anew.'),
});

const described = z.object({
  isNone: z.boolean().describe('It says what is in force already.'),
  pools: z.array(pool).readonly(),
  listeners: z.array(listener).readonly(),
  settings: settings.describe('Of no pool and no listener.'),
  atStart: settings.describe('They wait for the next start.'),
  counts: z.object({ added: amount, changed: amount, removed: amount }),
  drains: z.object({ atEndpoints: amount, onListeners: open }).describe('At this moment.'),
}) satisfies z.ZodType<Plan>;

export const planSchema = described
  .extend({
    version: amount.describe('In force now: what the plan is held against.'),
    warnings: z.array(z.string()).describe('What in the document is hardly meant so, with its place.'),
  })
  .meta({ title: 'Plan' });
export type PlanAnswer = z.output<typeof planSchema>;
