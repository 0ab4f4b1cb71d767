// Hot path. Turns by weights that the endpoints' own reports give: whoever answers more requests with less of itself is asked more often.
// gRPC proposal A58 (weighted round robin with reports of load), with limits to what a report can do. A pick is a turn of a schedule;
// weights are computed anew by `refresh`, off the way of requests.
import { StrideSchedule } from '../../../foundation/algorithms/stride-schedule.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Learner, Trial } from '../learner.ts';
import { LoadReport } from '../measures/load-report.ts';
import type { ReportRules } from '../measures/reported-weight.ts';
import { believedWeight, takeReport, weightOf } from '../measures/reported-weight.ts';
import { duration, names, number } from '../options.ts';
import type { Candidates, Picker, PickRequest, PolicyTools } from '../policy.ts';
import { definePolicy } from '../policy.ts';
import { roundRobin } from './round-robin.ts';

interface Rules extends ReportRules {
  readonly period: number;
  readonly mostSpread: number;
  readonly metrics: readonly string[];
}

export const utilisation = definePolicy({
  name: 'utilisation',
  summary:
    'Picks each endpoint in turn, as often as its reports of requests a second and utilisation say that it can take; by weights alone while fewer than two report.',
  choose:
    'Endpoints of different or changing strength that can tell their load in a response header: `endpoint-load-metrics: TEXT cpu=0.3,rps_fractional=120,eps=0`, or the same as JSON. Weights multiply what is reported, so leave them out where endpoints report. Reports in trailers and in binary form are not read.',
  cost: 'O(1) for a pick, O(n) to build and once a period; a report costs its few bytes.',
  source: 'gRPC proposals A58 and A114; Envoy (client-side weighted round robin, orca_parser.cc); Open Request Cost Aggregation.',
  honoursWeights: true,
  options: {
    metrics: names({
      default: [],
      about:
        'Utilisation is `application_utilization` where it is reported, else the highest of these, else `cpu_utilization`. Written `named_metrics.NAME`, `utilization.NAME` or `mem_utilization`.',
    }),
    errorPenalty: number({
      least: 0,
      most: 1000,
      default: 1,
      about: 'What errors weigh: the share of requests that fail, times this, counts as utilisation.',
    }),
    blackout: duration({ default: '10s', about: 'How long an endpoint must have been reporting before its weight counts.' }),
    expiry: duration({ default: '3m', about: 'How long the last report of an endpoint counts; after it the blackout begins anew.' }),
    period: duration({ default: '1s', about: 'How often weights are taken over into turns.' }),
    smoothing: duration({
      default: '10s',
      about:
        'The mean age of the reports that make up a weight. Short ones let traffic swing to and fro, because a report follows the traffic.',
    }),
    mostChange: number({
      least: 0.01,
      most: 100,
      default: 0.2,
      about: 'By how much of itself a weight may grow within a second; it shrinks no faster.',
    }),
    mostSpread: number({
      least: 1,
      most: 1000,
      default: 10,
      about:
        'How many times the mean a reported weight may be, or how many times smaller. A weight further off is a mistake more often than not.',
    }),
  },
  build: (candidates, settings, tools) => new UtilisationTurns(candidates, settings, tools),
});

/** Configured weights multiply what is reported: a warming endpoint has its share of its own measure. */
class UtilisationTurns implements Picker {
  readonly learner: Learner;
  readonly #candidates: Candidates;
  readonly #rules: Rules;
  readonly #tools: PolicyTools;
  readonly #byWeight: Picker;
  #schedule: StrideSchedule | undefined;
  #weights: readonly number[] = [];
  #scheduledAt: number;

  constructor(candidates: Candidates, rules: Rules, tools: PolicyTools) {
    this.#candidates = candidates;
    this.#rules = rules;
    this.#tools = tools;
    this.learner = new ReportTaker(rules);
    this.#byWeight = roundRobin.build(candidates, {}, tools);
    this.#scheduledAt = tools.now();
    this.#takeOver(this.#scheduledAt);
  }

  pick(request: PickRequest): Endpoint {
    const schedule = this.#schedule;
    return schedule === undefined ? this.#byWeight.pick(request) : itemAt(this.#candidates, schedule.next());
  }

  refresh(now: number): void {
    if (now - this.#scheduledAt < this.#rules.period) return;
    this.#scheduledAt = now;
    this.#takeOver(now);
  }

  #takeOver(now: number): void {
    const weights = presentWeights(this.#candidates, now, this.#rules);
    // Turns go on where they are as long as nothing is new.
    if (weights.length === this.#weights.length && weights.every((weight, index) => weight === this.#weights[index])) return;
    this.#weights = weights;
    this.#schedule = weights.length === 0 ? undefined : scheduleOf(weights, this.#tools);
  }
}

/** Begins at any turn: schedules are made often, and the first candidate would get the first turn of each. */
function scheduleOf(weights: readonly number[], { random }: PolicyTools): StrideSchedule {
  const schedule = new StrideSchedule(weights, Math.floor(random() * 65_535));
  for (let skip = Math.floor(random() * weights.length); skip > 0; skip--) schedule.next();
  return schedule;
}

/** One weight for each candidate, or none at all while too few are known to compare. */
function presentWeights(candidates: Candidates, now: number, rules: Rules): readonly number[] {
  const believed = candidates.map((endpoint) => believedWeight(endpoint, now, rules));
  const known = believed.filter((weight) => weight > 0);
  if (known.length < 2) return [];
  const mean = known.reduce((sum, weight) => sum + weight / known.length, 0);
  const { mostSpread } = rules;
  return candidates.map((endpoint, index) => {
    const reported = itemAt(believed, index);
    const limited = reported > 0 ? Math.min(Math.max(reported, mean / mostSpread), mean * mostSpread) : mean;
    return limited * endpoint.weight;
  });
}

class ReportTaker implements Learner {
  readonly #rules: Rules;
  readonly #report: LoadReport;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#report = new LoadReport(rules.metrics);
  }

  begun(): number {
    return 0;
  }

  answered({ endpoint, fields, now }: Trial): void {
    if (!this.#report.read(fields)) return;
    const weight = weightOf(this.#report, this.#rules.errorPenalty);
    if (weight > 0) takeReport(endpoint, weight, now, this.#rules);
  }

  ended(): void {
    // A report comes with the head of an answer.
  }
}
