// Every metric of Evenkeel, one entry each: its name, what it means, and where its value is read from.
// Names are evenkeel_<thing>_<unit>; those that only grow end in _total. Nothing is kept here: values are read from figures.
import type { SourceFigures } from '../../control-plane/discovery/source-watch.ts';
import { transitionStates } from '../../control-plane/judging/event-log.ts';
import { endpointStateNames } from '../../control-plane/supervising/endpoint-change.ts';
import type { EndpointTotals, ListenerTotals, PoolTotals } from '../../control-plane/supervising/totals.ts';
import type { WorkerLoad } from '../../control-plane/supervising/worker-loads.ts';
import { refusalsIn } from '../../domain/endpoints/refusals.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Figures } from './figures.ts';
import type { BreakerName } from './gate-figures.ts';
import { breakerNames } from './gate-figures.ts';
import type { EndpointFigures, PoolFigures } from './pool-figures.ts';

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly read: (figures: Figures) => readonly Sample[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** For a series of a histogram: the metric's name with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

type Labels = Readonly<Record<string, string | number>>;
type Head = Pick<Metric, 'type' | 'name' | 'help'>;
/** One value, or one for each value of a label. */
type Reading = number | { readonly label: string; readonly values: Readonly<Record<string, number>> };

const counter = (name: string, help: string): Head => ({ type: 'counter', name, help });
const gauge = (name: string, help: string): Head => ({ type: 'gauge', name, help });

export const metricsList: readonly Metric[] = [
  ofProgram(gauge('evenkeel_ready', 'Whether clients are served: 1 when ready, else 0.'), ({ state }) => Number(state === 'ready')),
  ofProgram(gauge('evenkeel_build_info', 'Always 1; the label tells which version runs.'), ({ version }) => ({
    label: 'version',
    values: { [version]: 1 },
  })),
  ofProgram(gauge('evenkeel_workers', 'Worker threads that are configured.'), ({ workers }) => workers.configured),
  ofProgram(gauge('evenkeel_workers_listening', 'Worker threads that serve clients.'), ({ workers }) => workers.listening),
  ofProgram(counter('evenkeel_worker_restarts_total', 'Worker threads that died and were replaced.'), ({ workers }) => workers.restarts),
  ofWorkers(
    gauge('evenkeel_worker_delay_seconds', 'How late the timers of a worker are on average: its event loop has that much too much to do.'),
    ({ delay }) => delay / 1000,
  ),
  ofWorkers(
    gauge(
      'evenkeel_worker_memory_ratio',
      'Memory in use, from 0 to 1: of the heap of a worker, or of what the process may have if that is more.',
    ),
    ({ memory }) => memory,
  ),
  ofWorkers(gauge('evenkeel_worker_shedding', 'Whether a worker refuses requests for one of these: 1, else 0.'), ({ isShedding }) =>
    Number(isShedding),
  ),

  ofListeners(gauge('evenkeel_connections_open', 'Open client connections.'), (totals) => totals.openConnections),
  ofListeners(counter('evenkeel_connections_accepted_total', 'Client connections accepted.'), (totals) => totals.accepted),
  ofListeners(
    counter('evenkeel_connections_rejected_total', 'Client connections turned away by a limit.'),
    (totals) => totals.rejectedConnections,
  ),
  ofListeners(gauge('evenkeel_exchanges_in_flight', 'Exchanges that are begun and not ended.'), (totals) => totals.exchangesInFlight),
  ofListeners(counter('evenkeel_exchanges_begun_total', 'Exchanges that were begun.'), (totals) => totals.exchanges),
  ofListeners(counter('evenkeel_exchanges_total', 'Exchanges that were answered, by class of status.'), byClass),
  ofListeners(counter('evenkeel_clients_gone_total', 'Exchanges that the client left before their end.'), (totals) => totals.clientsGone),
  ofListeners(counter('evenkeel_broken_answers_total', 'Answers cut off before they were complete.'), (totals) => totals.brokenAnswers),
  ofListeners(gauge('evenkeel_tunnels_open', 'Connections that left HTTP, WebSockets for one.'), (totals) => totals.tunnels),
  ofListeners(counter('evenkeel_client_received_bytes_total', 'Bytes received from clients.'), (totals) => totals.bytesReceived),
  ofListeners(counter('evenkeel_client_sent_bytes_total', 'Bytes sent to clients.'), (totals) => totals.bytesSent),

  ofPools(
    counter('evenkeel_pool_policy_faults_total', "Times that a policy of the user's own failed; round-robin picked in its place."),
    (totals) => totals.policyFaults,
  ),
  ofPools(
    counter('evenkeel_pool_sessions_kept_total', 'Exchanges that went to the endpoint of their session.'),
    (totals) => totals.sessionsKept,
  ),
  ofPools(
    counter('evenkeel_pool_sessions_moved_total', 'Exchanges whose session had to leave its endpoint.'),
    (totals) => totals.sessionsMoved,
  ),
  ofPools(
    counter('evenkeel_pool_saturated_total', 'Times that every endpoint was found with as many in flight as it takes.'),
    (totals) => totals.saturated,
  ),
  ofPools(counter('evenkeel_pool_overrides_total', 'Exchanges sent where a header of theirs said.'), (totals) => totals.overrides),
  ofPools(
    counter('evenkeel_pool_backup_picks_total', 'Picks of a backup, because nobody before it could be picked.'),
    (totals) => totals.backupPicks,
  ),
  ofPools(
    counter('evenkeel_pool_retries_refused_total', 'Tries that were not made again because the budget of retries was spent.'),
    (totals) => totals.retriesRefused,
  ),

  ofPools(counter('evenkeel_pool_hedges_total', 'Second tries that were made because the first was late.'), (totals) => totals.hedges),
  {
    ...gauge('evenkeel_pool_concurrency_limit', 'Exchanges that may be in flight by what was learned, of all workers together.'),
    read: ({ pools }) =>
      pools.flatMap(({ name, learnedLimit }) => (learnedLimit === undefined ? [] : samples({ pool: name }, learnedLimit))),
  },
  ofPools(gauge('evenkeel_pool_waiting', 'Exchanges that wait for a place.'), (totals) => totals.waiting),
  waits({
    type: 'histogram',
    name: 'evenkeel_pool_wait_seconds',
    help: 'How long exchanges waited for a place, whether or not they got one. Who found one at once is not counted.',
  }),
  ofPools(counter('evenkeel_pool_queued_total', 'Exchanges that waited for a place.'), (totals) => totals.queued),
  ofPools(counter('evenkeel_pool_expired_total', 'Exchanges that waited and were never served.'), (totals) => totals.expired),
  ofPools(counter('evenkeel_pool_refusals_total', 'Exchanges that were refused for a reason of the pool, by failure.'), (totals) => ({
    label: 'failure',
    values: refusalsIn(totals),
  })),
  ofPools(counter('evenkeel_pool_shed_total', 'Exchanges refused because a worker had too much to do itself.'), (totals) => totals.shed),
  {
    ...gauge('evenkeel_pool_panic', 'Whether so few endpoints of a pool are well that their health is not heeded: 1, or 0.'),
    read: ({ pools }) => pools.flatMap(({ name, isInPanic }) => samples({ pool: name }, Number(isInPanic))),
  },
  {
    ...gauge('evenkeel_pool_breaker_state', 'The breaker of a pool that has one: 1 for the state that it is in, 0 for the others.'),
    read: ({ pools }) => pools.flatMap(({ name, breaker }) => samples({ pool: name }, byBreaker(breaker))),
  },

  ofSources(gauge('evenkeel_discovery_endpoints', 'Endpoints that a source gave last.'), ({ endpoints }) => endpoints),
  ofSources(
    gauge('evenkeel_discovery_stale', 'Whether a source fails, and what it gave last is kept: 1, or 0 while it answers.'),
    ({ staleSince }) => Number(staleSince !== undefined),
  ),
  ofSources(counter('evenkeel_discovery_answers_total', 'Answers of a source that counted, and failures.'), ({ answers, failures }) => ({
    label: 'outcome',
    values: { answered: answers, failed: failures },
  })),
  ofSources(
    gauge('evenkeel_discovery_left_out', 'Of the last answer of a source: what is no endpoint, or one too many.'),
    ({ leftOut }) => leftOut,
  ),
  {
    ...gauge('evenkeel_discovery_answer_time_seconds', 'When a source gave its last answer that counted, in seconds since 1970.'),
    read: ({ pools }) =>
      pools.flatMap(({ name, discovery }) =>
        discovery?.answeredAt === undefined ? [] : samples({ pool: name, source: discovery.source }, discovery.answeredAt.getTime() / 1000),
      ),
  },

  ofEndpointFacts(gauge('evenkeel_endpoint_healthy', 'Whether it is judged to be well: 1, or 0 when it fails.'), ({ health }) =>
    Number(health.isWell),
  ),
  ofEndpointFacts(
    counter('evenkeel_endpoint_transitions_total', 'How often it came into a state, by health or by whoever operates it.'),
    ({ transitions }) => ({ label: 'to', values: Object.fromEntries(transitionStates.map((state) => [state, transitions[state]])) }),
  ),
  ofEndpointFacts(
    counter('evenkeel_endpoint_ejections_total', 'How often its traffic had it set aside for a time.'),
    ({ health }) => health.ejections,
  ),
  ofEndpointFacts(
    counter('evenkeel_probe_results_total', 'Probes of it that ended. Silent ones say nothing of it.'),
    ({ health: { probe } }) => ({
      label: 'result',
      values: probe === undefined ? {} : { passed: probe.passed, failed: probe.failed, silent: probe.silent },
    }),
  ),
  ofEndpointFacts(
    gauge('evenkeel_endpoint_breaker_state', 'The breaker of an endpoint that has one: 1 for the state that it is in, 0 for the others.'),
    ({ breaker }) => byBreaker(breaker),
  ),
  ofEndpointFacts(gauge('evenkeel_endpoint_weight', 'Weight in force, by the document or by a change since.'), ({ weight }) => weight),
  ofEndpointFacts(
    gauge('evenkeel_endpoint_state', 'Whether new exchanges may come: 1 for the state that it is in, 0 for the others.'),
    byState,
  ),
  ofEndpoints(gauge('evenkeel_endpoint_in_flight', 'Attempts that are begun and not ended.'), (totals) => totals.inFlight),
  ofEndpoints(counter('evenkeel_endpoint_attempts_total', 'Attempts that ended. Ignored ones say nothing of the endpoint.'), byOutcome),
  ofEndpoints(
    counter('evenkeel_endpoint_retries_total', 'Further attempts, there or elsewhere, because one at this endpoint failed.'),
    (totals) => totals.retries,
  ),
  ofEndpoints(counter('evenkeel_endpoint_answers_total', 'Answers of the endpoint, by class of status.'), byClass),
  ofEndpoints(counter('evenkeel_endpoint_connects_total', 'Connections opened to the endpoint.'), (totals) => totals.connects),
  ofEndpoints(counter('evenkeel_endpoint_connect_failures_total', 'Connections not opened.'), (totals) => totals.connectFailures),
  ofEndpoints(counter('evenkeel_endpoint_sent_bytes_total', 'Bytes sent to the endpoint.'), (totals) => totals.bytesSent),
  ofEndpoints(counter('evenkeel_endpoint_received_bytes_total', 'Bytes received from the endpoint.'), (totals) => totals.bytesReceived),
  latencies({
    type: 'histogram',
    name: 'evenkeel_endpoint_latency_seconds',
    help: 'From the first byte of a request to the head of its answer.',
  }),

  ofProgram(gauge('evenkeel_probes_running', 'Probes that are under way.'), ({ prober }) => prober.running),
  ofProgram(gauge('evenkeel_probes_waiting', 'Probes that are due, and wait for others to end.'), ({ prober }) => prober.waiting),
  ofProgram(counter('evenkeel_probes_late_total', 'Probes that had to wait before they began.'), ({ prober }) => prober.late),
  ofProgram(
    counter('evenkeel_probes_lateness_seconds_total', 'How long probes had to wait in all.'),
    ({ prober }) => prober.lateness / 1000,
  ),

  ofProgram(counter('process_cpu_seconds_total', 'Processor time of all threads.'), () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }),
  ofProgram(gauge('process_resident_memory_bytes', 'Memory of the whole program.'), () => process.memoryUsage.rss()),
  ofProgram(
    gauge('process_start_time_seconds', 'Start of the program, in seconds since 1970.'),
    ({ startedAt }) => startedAt.getTime() / 1000,
  ),
];

function ofProgram(head: Head, read: (figures: Figures) => Reading): Metric {
  return { ...head, read: (figures) => samples({}, read(figures)) };
}

function ofWorkers(head: Head, read: (load: WorkerLoad) => Reading): Metric {
  return { ...head, read: ({ workers }) => workers.each.flatMap((load) => samples({ worker: load.worker }, read(load))) };
}

function ofListeners(head: Head, read: (totals: ListenerTotals) => Reading): Metric {
  return { ...head, read: ({ listeners }) => listeners.flatMap(({ name, totals }) => samples({ listener: name }, read(totals))) };
}

function ofEndpoints(head: Head, read: (totals: EndpointTotals) => Reading): Metric {
  return { ...head, read: (figures) => eachEndpoint(figures, (labels, totals) => samples(labels, read(totals))) };
}

function ofEndpointFacts(head: Head, read: (endpoint: EndpointFigures) => Reading): Metric {
  return {
    ...head,
    read: ({ pools }) => pools.flatMap((pool) => pool.endpoints.flatMap((each) => samples(labelsOf(pool, each), read(each)))),
  };
}

function ofSources(head: Head, read: (source: SourceFigures) => Reading): Metric {
  return {
    ...head,
    read: ({ pools }) =>
      pools.flatMap(({ name, discovery }) =>
        discovery === undefined ? [] : samples({ pool: name, source: discovery.source }, read(discovery)),
      ),
  };
}

function ofPools(head: Head, read: (totals: PoolTotals) => Reading): Metric {
  return { ...head, read: ({ pools }) => pools.flatMap(({ name, totals }) => samples({ pool: name }, read(totals))) };
}

const labelsOf = (pool: PoolFigures, endpoint: EndpointFigures): Labels => ({ pool: pool.name, endpoint: endpoint.id });

function latencies({ name, ...head }: Head): Metric {
  return {
    name,
    ...head,
    read: (figures) =>
      eachEndpoint(figures, (labels, totals) => histogram(name, labels, totals.latencyCounts, totals.latencySumMicroseconds)),
  };
}

function waits({ name, ...head }: Head): Metric {
  return {
    name,
    ...head,
    read: ({ pools }) =>
      pools.flatMap((pool) => histogram(name, { pool: pool.name }, pool.totals.waitCounts, pool.totals.waitSumMicroseconds)),
  };
}

function eachEndpoint({ pools }: Figures, samplesOf: (labels: Labels, totals: EndpointTotals) => readonly Sample[]): readonly Sample[] {
  return pools.flatMap((pool) => pool.endpoints.flatMap((endpoint) => samplesOf(labelsOf(pool, endpoint), endpoint.totals)));
}

function samples(labels: Labels, reading: Reading): readonly Sample[] {
  if (typeof reading === 'number') return [{ labels, value: reading }];
  return Object.entries(reading.values).map(([value, count]) => ({ labels: { ...labels, [reading.label]: value }, value: count }));
}

/** Every fourth bucket is told, one for each doubling: buckets hold what is below their end, so any of them can be left out. */
function histogram(name: string, labels: Labels, counts: Float64Array, sumMicroseconds: number): readonly Sample[] {
  const told: Sample[] = [];
  const last = latencyBuckets.count - 1;
  let sum = 0;
  for (let bucket = 0; bucket < last; bucket++) {
    sum += counts[bucket] ?? 0;
    if (bucket % 4 !== 0) continue;
    told.push({ metricName: `${name}_bucket`, labels: { ...labels, le: latencyBuckets.upperEnd(bucket) / 1e6 }, value: sum });
  }
  sum += counts[last] ?? 0;
  told.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: sum });
  told.push({ metricName: `${name}_sum`, labels, value: sumMicroseconds / 1e6 });
  told.push({ metricName: `${name}_count`, labels, value: sum });
  return told;
}

type Classes = Pick<ListenerTotals, 'status1xx' | 'status2xx' | 'status3xx' | 'status4xx' | 'status5xx'>;

function byClass({ status1xx, status2xx, status3xx, status4xx, status5xx }: Classes): Reading {
  return { label: 'class', values: { '1xx': status1xx, '2xx': status2xx, '3xx': status3xx, '4xx': status4xx, '5xx': status5xx } };
}

function byState({ state }: EndpointFigures): Reading {
  return { label: 'state', values: Object.fromEntries(endpointStateNames.map((name) => [name, Number(name === state)])) };
}

const byBreaker = (breaker: BreakerName | undefined): Reading => ({
  label: 'state',
  values: breaker === undefined ? {} : Object.fromEntries(breakerNames.map((name) => [name, Number(name === breaker)])),
});

function byOutcome({ succeeded, failed, ignored }: EndpointTotals): Reading {
  return { label: 'outcome', values: { succeeded, failed, ignored } };
}
