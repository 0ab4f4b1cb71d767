// From the document to what the prober asks: a task for each endpoint whose pool has a probe, and one for each agent.
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { endpointRowAt } from '../../domain/endpoints/places.ts';
import type { HealthSettings } from '../../domain/health/health-settings.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { Probe, ProbeTarget } from '../probing/probe.ts';
import type { ProbeRules, ProbeTask } from '../probing/probe-task.ts';
import { probes } from '../probing/probes.ts';

export interface HealthTask extends ProbeTask {
  readonly pool: string;
  readonly endpoint: string;
  /** The endpoint's row on the scoreboard. */
  readonly slot: number;
  /** `agent`: what a program at the endpoint says of it. */
  readonly asks: 'endpoint' | 'agent';
}

export interface ProbedPool {
  readonly endpoints: readonly Pick<EndpointSettings, 'id' | 'address'>[];
  readonly health?: HealthSettings;
}

export function probeTasks(pools: Readonly<Record<string, ProbedPool>>, places: Places): readonly HealthTask[] {
  return Object.entries(pools).flatMap(([pool, { endpoints, health }]) => {
    if (health === undefined) return [];
    // Once for all of them: it may hold the certificates of all authorities.
    const question = JSON.stringify([health.probe, health.port]);
    return endpoints.flatMap((endpoint, position) => {
      const place = { pool, group: pool, endpoint: endpoint.id, slot: endpointRowAt(places, pool, position) };
      return [{ ...endpointTask(place, endpoint, health), question }, ...agentTask(place, endpoint, health)];
    });
  });
}

type Place = Pick<HealthTask, 'pool' | 'group' | 'endpoint' | 'slot'>;

function endpointTask(place: Place, endpoint: ProbedPool['endpoints'][number], health: HealthSettings): Omit<HealthTask, 'question'> {
  const { probe, port, interval, fastInterval, timeout, jitter, rise, fall, start } = health;
  const target = targetOf(endpoint, port);
  return {
    ...place,
    asks: 'endpoint',
    key: `${place.pool} ${endpoint.id}`,
    rules: { rise, fall, start, interval, fastInterval, downInterval: interval, timeout, jitter: jitter / 100 },
    late: 'failure',
    // The probe was found by the kind in its settings, so they are its own.
    ask: async (context) => (await probeOf(probe.kind)).run(target, probe as never, context),
  };
}

function agentTask(place: Place, endpoint: ProbedPool['endpoints'][number], health: HealthSettings): readonly HealthTask[] {
  const { agent, timeout, jitter } = health;
  if (agent === undefined) return [];
  const { interval, port, send } = agent;
  const target = targetOf(endpoint, port);
  const rules: ProbeRules = {
    rise: 1,
    fall: 1,
    start: 'up',
    interval,
    fastInterval: interval,
    downInterval: interval,
    timeout: milliseconds(Math.min(timeout, interval)),
    jitter: jitter / 100,
  };
  // Probes are loaded by their kind, behind which the compiler loses what they take.
  const ask: HealthTask['ask'] = async (context) => (await probeOf('agent')).run(target, { send } as never, context);
  const key = `${place.pool} ${endpoint.id} agent`;
  // One that cannot be heard says nothing, whether it refuses or hangs.
  return [{ ...place, asks: 'agent', key, question: JSON.stringify(agent), rules, late: 'silence', ask }];
}

/** Settings and probes are paired by their kind, which the compiler does not follow. What was loaded once is loaded. */
async function probeOf(kind: keyof typeof probes): Promise<Probe<string, never>> {
  return (await probes[kind]()) as Probe<string, never>;
}

function targetOf({ id, address }: ProbedPool['endpoints'][number], port: number | undefined): ProbeTarget {
  return { id, address: port === undefined || address.kind === 'unix' ? address : { ...address, port } };
}
