// How a change under guard is told: the description of what control-plane/planning/guard.ts reports.
import * as z from 'zod';
import type { GuardReport } from '../../../control-plane/planning/guard.ts';
import { guardStates } from '../../../control-plane/planning/guard.ts';
import { amount, time } from './pool.ts';

const counted = z.object({ whole: amount.describe('Exchanges of a listener, tries of a pool.'), failed: amount });

export const guardSchema = z
  .object({
    state: z
      .enum(guardStates)
      .describe(
        '`measuring`, `changing` and `watching` go on. `kept` and `went-back` are over, `ended` is when somebody else changed something meanwhile.',
      ),
    text: z.string(),
    guard: amount.describe('Milliseconds that the change is watched.'),
    since: time,
    until: time.exactOptional().describe('When this state is over if nothing happens.'),
    former: amount.exactOptional().describe('The version before the change.'),
    version: amount.exactOptional().describe('The version that is watched.'),
    verdict: z
      .object({
        subject: z.string().describe('`listener NAME` or `pool NAME`.'),
        measure: z.enum(['errors', 'p50', 'p99']),
        before: amount.describe('A share from 0 to 1, or milliseconds.'),
        after: amount,
        samplesBefore: amount,
        samplesAfter: amount,
        chance: amount.describe('How likely it is that chance alone shows as much.'),
      })
      .exactOptional(),
    figures: z.array(z.object({ subject: z.string(), before: counted, after: counted })).readonly(),
  })
  .meta({ title: 'Guard' }) satisfies z.ZodType<GuardReport>;
