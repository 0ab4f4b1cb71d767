// How events are told: the description of what operations/events.ts makes.
import * as z from 'zod';
import { transitionStates } from '../../../control-plane/judging/event-log.ts';
import { amount, time } from './pool.ts';

export const endpointEvent = z
  .object({
    id: amount,
    at: time,
    pool: z.string(),
    endpoint: z.string(),
    by: z.enum(['health', 'operator', 'agent', 'deadline']),
    to: z.enum([...transitionStates, 'weight']),
    reason: z.string(),
  })
  .meta({ title: 'EndpointEvent' });

export const eventsSchema = z
  .object({ startedAt: time.describe('The numbers of events begin anew with the program.'), last: amount, events: z.array(endpointEvent) })
  .meta({ title: 'Events' });
