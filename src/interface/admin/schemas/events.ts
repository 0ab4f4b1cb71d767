// How events are told: the description of what operations/events.ts makes.
import * as z from 'zod';
import { transitionStates } from '../../../control-plane/judging/event-log.ts';
import type { EventStatus, EventsReport } from '../operations/events.ts';
import { amount, time } from './pool.ts';

const kept = { id: z.int().min(1), at: time };

export const eventSchema = z.discriminatedUnion('kind', [
  z
    .object({
      ...kept,
      kind: z.literal('endpoint'),
      pool: z.string(),
      endpoint: z.string(),
      by: z.enum(['health', 'operator', 'agent', 'deadline']),
      to: z.enum([...transitionStates, 'weight']),
      reason: z.string(),
    })
    .meta({ title: 'EndpointEvent' }),
  z
    .object({ ...kept, kind: z.literal('configuration'), version: z.int(), origin: z.string(), difference: z.string() })
    .meta({ title: 'ConfigurationEvent' }),
]) satisfies z.ZodType<EventStatus>;

export const eventsSchema = z
  .object({ startedAt: time.describe('The numbers of events begin anew with the program.'), last: amount, events: z.array(eventSchema) })
  .meta({ title: 'Events' }) satisfies z.ZodType<EventsReport>;
