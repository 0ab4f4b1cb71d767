// How the state of everything is told: the description of what operations/status.ts makes.
import * as z from 'zod';
import { listenerCounters } from '../../../domain/endpoints/scoreboard.ts';
import type { ListenerStatus, StatusReport } from '../operations/status.ts';
import { amount, countersOf, poolSchema, time } from './pool.ts';

const gauges: readonly string[] = ['openConnections', 'exchangesInFlight', 'tunnels'];
const isTotal = (name: string): name is keyof ListenerStatus['totals'] => !gauges.includes(name);
const totals = countersOf(listenerCounters.filter(isTotal));

const listener = z
  .object({ name: z.string(), address: z.string(), connections: amount, inFlight: amount, tunnels: amount, totals })
  .meta({ title: 'Listener' });

export const statusSchema = z
  .object({
    version: z.string(),
    state: z.enum(['starting', 'ready', 'draining', 'stopped']),
    startedAt: time,
    uptimeSeconds: amount,
    workers: z.object({
      configured: amount,
      listening: amount,
      restarts: amount,
      each: z.array(z.object({ worker: amount, delay: amount, memory: amount, isShedding: z.boolean() })),
    }),
    inFlight: amount,
    totals,
    listeners: z.array(listener),
    pools: z.array(poolSchema),
  })
  .meta({ title: 'Status' }) satisfies z.ZodType<StatusReport>;
