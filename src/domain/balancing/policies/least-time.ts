// Hot path. The endpoint with the least expected time: its average time, times the requests that it would have, by weight.
// Follows nginx's ngx_http_upstream_least_time_module, and its rules for what is near enough to be equal.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Learner, Trial, TrialOutcome } from '../learner.ts';
import { CheapestChoice, costAt, costByLoad, nowAt } from '../measures/cheapest-choice.ts';
import { FailurePenalty } from '../measures/failure-penalty.ts';
import { InFlightAge } from '../measures/in-flight-age.ts';
import { SampleAverage } from '../measures/sample-average.ts';
import type { OptionValues } from '../options.ts';
import { duration, flag, number, word } from '../options.ts';
import type { Candidates, Picker, PolicyTools } from '../policy.ts';
import { definePolicy } from '../policy.ts';

const options = {
  on: word({
    words: ['header', 'last-byte'],
    default: 'header',
    about: 'Which time is measured: to the head of the answer, or to its last byte.',
  }),
  inflight: flag({
    default: false,
    about: 'Whether requests that take long count before they end, so that an endpoint that is stuck shows at once.',
  }),
  forget: duration({
    default: '10s',
    about: 'An average is halved whenever an endpoint went so long without an answer, so that a slow one is asked again.',
  }),
  penalty: duration({
    default: '1s',
    about:
      'What an endpoint is taken to need after a failed try, or an answer with a status of 500 or more. Doubled with each further one until requests are better off elsewhere; after `forget` 1/e of it is left. nginx has no such thing and relies on max_fails.',
  }),
  scan: word({
    words: ['auto', 'full'],
    default: 'auto',
    about: 'Whether all endpoints are compared for every request. With `auto` two that are drawn are, where there are more than 64.',
  }),
  explore: number({
    least: 0,
    most: 1,
    default: 0.001,
    about: 'The share of requests that is drawn by weight whatever was measured: a floor under the traffic of a slow endpoint.',
  }),
};

const scanUpTo = 64;
/** What `begun` gives back for a try whose age counts. */
const aged = 1;

/** Times within 20 ms of each other are as good as equal, so that near endpoints share; above 5 s all are equally bad. */
export const coarseTime = (time: number): number => (Math.floor(Math.min(time, 5000) / 20) + 1) * 20;

export const leastTime = definePolicy({
  name: 'least-time',
  summary: 'Picks the endpoint with the least average time times requests in flight, for its weight; near times count as equal.',
  choose: 'Endpoints that differ in speed for good, such as machines of several generations, and answers of 20 ms and more.',
  cost: 'O(n) for a pick up to 64 endpoints, O(1) above unless all are compared; O(n) to build.',
  source: 'nginx (least_time).',
  honoursWeights: true,
  options,
  build: (candidates, settings, tools) => new LeastTime(candidates, settings, tools),
});

class LeastTime implements Picker, Learner {
  readonly #candidates: Candidates;
  readonly #tools: PolicyTools;
  readonly #average: SampleAverage;
  readonly #penalty: FailurePenalty;
  readonly #ages: readonly InFlightAge[];
  readonly #isOnHeader: boolean;
  readonly #countsInFlight: boolean;
  readonly #choice: CheapestChoice;

  constructor(candidates: Candidates, settings: OptionValues<typeof options>, tools: PolicyTools) {
    const { on, inflight, forget, penalty, scan, explore } = settings;
    this.#candidates = candidates;
    this.#tools = tools;
    this.#average = new SampleAverage(forget);
    this.#penalty = new FailurePenalty(penalty, forget);
    this.#ages = inflight ? candidates.map((endpoint) => tools.remember(endpoint, newAge)) : [];
    this.#isOnHeader = on === 'header';
    this.#countsInFlight = inflight;
    const choices = scan === 'auto' && candidates.length > scanUpTo ? 2 : candidates.length;
    const cost = costByLoad(candidates, (index, weighing) => this.#expect(index, weighing));
    this.#choice = new CheapestChoice(candidates, cost, tools, { choices, explore });
  }

  get learner(): Learner {
    return this;
  }

  pick() {
    return this.#choice.next();
  }

  begun({ endpoint, begunAt }: Trial): number {
    if (!this.#countsInFlight) return 0;
    this.#tools.remember(endpoint, newAge).begin(begunAt);
    return aged;
  }

  answered(trial: Trial): void {
    // A tunnel has no last byte worth measuring.
    if (this.#isOnHeader || trial.status === 101) this.#stopAging(trial);
    if (trial.status >= 500) return this.#punish(trial);
    this.#penalty.ease(trial.endpoint.load.signals, trial.now);
    if (this.#isOnHeader) this.#learn(trial);
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    const hasStopped = trial.answeredAt !== 0 && (this.#isOnHeader || trial.status === 101);
    if (!hasStopped) this.#stopAging(trial);
    // An answer of 500 or more has counted already.
    if (trial.status >= 500) return;
    if (outcome === 'failed') this.#punish(trial);
    else if (!this.#isOnHeader && outcome === 'succeeded' && trial.status !== 101) this.#learn(trial);
  }

  #expect(index: number, weighing: Float64Array): void {
    // The place exists, which the compiler cannot see.
    const now = weighing[nowAt] as number;
    const { signals } = itemAt(this.#candidates, index).load;
    const average = this.#average.read(signals, now);
    const time = coarseTime(this.#countsInFlight ? Math.max(average, itemAt(this.#ages, index).look(now)) : average);
    // Above what all bad times count as, too: it has to be dearer than the busiest of the others.
    weighing[costAt] = Math.max(time, this.#penalty.read(signals, now));
  }

  /** Only from what went well: an endpoint that fails fast must not look fast. */
  #learn({ endpoint, begunAt, status, now }: Trial): void {
    if (status > 0) this.#average.add(endpoint.load.signals, now - begunAt, now);
  }

  #punish({ endpoint, now }: Trial): void {
    this.#penalty.add(endpoint.load.signals, this.#choice.price, now);
  }

  #stopAging({ endpoint, begunAt, tag }: Trial): void {
    if (tag === aged && this.#countsInFlight) this.#tools.remember(endpoint, newAge).end(begunAt);
  }
}

const newAge = () => new InFlightAge();
