// Hot path. Load goes where there is room for it, not evenly: B. Wydrowski, R. Kleinberg, S. M. Rumble and A. Archer, "Load is not what you
// should balance: Introducing Prequal", NSDI 2024. Its probes are readings of the scoreboard here: requests in flight from all workers, and
// how long this worker waited for answers at such a load. Each pick uses the pool of readings that is there and then reads a few endpoints.
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Learner, Trial, TrialOutcome } from '../learner.ts';
import { LatencyByLoad } from '../measures/latency-by-load.ts';
import { ProbePool } from '../measures/probe-pool.ts';
import { SmallDraws } from '../measures/small-draws.ts';
import { count, duration, number } from '../options.ts';
import type { Candidates, Picker, PolicyTools } from '../policy.ts';
import { definePolicy } from '../policy.ts';

interface Rules {
  readonly poolSize: number;
  readonly probesPerPick: number;
  readonly removePerPick: number;
  readonly hotQuantile: number;
  readonly probeAge: number;
}

/** Rates are counted in whole parts, which add up without rounding. */
const fractions = 100_000;
/** Milliseconds that a try without a useful answer counts as, at least. Failing fast must not look like being fast. */
const costOfFailure = 5_000;
/** In the budget, how much faster probes may come than they are used up: the paper's delta. */
const surplus = 1;
/** How long an endpoint is watched before it is called neglected, in milliseconds, and how many requests each would have had on average by then. */
const watchFor = 10_000;
const watchEach = 16;
const unbounded = 0x7fff_ffff;

export const prequal = definePolicy({
  name: 'prequal',
  summary:
    'Picks, out of a small pool of recent readings, the fastest endpoint among those that are not busier than most; the least busy when all of them are.',
  choose:
    'Many endpoints whose strength changes under your hands, as where other programs run on the same machines, with many requests in flight at each. With few at each, least-connections is as good and cheaper.',
  cost: 'O(m) for a pick with m readings in the pool, whatever the number of endpoints; O(n) to build.',
  source: 'B. Wydrowski et al., "Load is not what you should balance: Introducing Prequal", NSDI 2024.',
  honoursWeights: false,
  options: {
    poolSize: count({ least: 2, most: 128, default: 16, about: 'How many readings are kept at most, of one endpoint each.' }),
    probesPerPick: number({
      least: 0.1,
      most: 16,
      default: 3,
      about: 'How many endpoints are read anew with each pick, on average. Below 1 the pool is visibly worse.',
    }),
    removePerPick: number({
      least: 0,
      most: 16,
      default: 1,
      about: 'How many readings are dropped with each pick, on average: the oldest and the worst by turns. Fewer than are read.',
    }),
    hotQuantile: number({
      least: 0,
      most: 1,
      default: 0.7,
      about:
        'An endpoint is hot when it has more requests in flight than this share of recent readings. 0 goes by requests alone, 1 by latency alone, which lets endpoints be flooded. Good from 0.6 to 0.75; above, a busy pool may break down.',
    }),
    probeAge: duration({ default: '1s', about: 'How long a reading is used.' }),
  },
  build: (candidates, settings, tools) => new PrequalPicker(candidates, settings, tools),
});

/** How often a reading may be used. It is more the fewer come in; without end where the pool would run dry, as age and new readings do then. */
export function reuseBudget(
  { poolSize, probesPerPick, removePerPick }: Omit<Rules, 'hotQuantile' | 'probeAge'>,
  endpoints: number,
): number {
  const left = (1 - poolSize / endpoints) * probesPerPick - removePerPick;
  return left > 0 ? Math.max(1, (1 + surplus) / left) : unbounded;
}

class PrequalPicker implements Picker {
  readonly learner: Learner;
  readonly #candidates: Candidates;
  readonly #rules: Rules;
  readonly #tools: PolicyTools;
  readonly #draws: SmallDraws;
  readonly #byWeight: WeightedDraw;
  readonly #pool: ProbePool;
  /** In which round an endpoint was read last. */
  readonly #readIn: Int32Array;
  #round = 0;
  /** Endpoints to read and readings to drop: with each pick, and what is left over so far. In `fractions`. */
  readonly #readsOfPick: number;
  readonly #removalsOfPick: number;
  #readsDue = 0;
  #removalsDue = 0;
  #isWorstNext = false;
  #isIdle = false;
  /** Picks by endpoint, and of all, since when. */
  readonly #picks: Int32Array;
  #allPicks = 0;
  #watchedSince: number;

  constructor(candidates: Candidates, rules: Rules, tools: PolicyTools) {
    const weights = candidates.map(({ weight }) => weight);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const probed = candidates.map((endpoint) => ({
      load: endpoint.load,
      latencies: tools.remember(endpoint, makeMemory),
      loadOfOne: total / (weights.length * endpoint.weight),
    }));
    this.#candidates = candidates;
    this.#rules = rules;
    this.#tools = tools;
    this.#draws = new SmallDraws(tools.random);
    this.#byWeight = new WeightedDraw(weights);
    const budget = reuseBudget(rules, candidates.length);
    this.#pool = new ProbePool(probed, { size: rules.poolSize, budget, hotQuantile: rules.hotQuantile }, this.#draws);
    this.#readIn = new Int32Array(candidates.length);
    this.#readsOfPick = Math.round(rules.probesPerPick * fractions);
    this.#removalsOfPick = Math.round(rules.removePerPick * fractions);
    this.#picks = new Int32Array(candidates.length);
    this.#watchedSince = tools.now();
    this.learner = new LatencyKeeper(tools);
    // A picker is made anew whenever an endpoint comes, goes or warms up: it begins with readings rather than blindly.
    this.#pool.setTime(tools.now(), rules.probeAge);
    this.#read(rules.poolSize);
  }

  pick(): Endpoint {
    const pool = this.#pool;
    pool.setTime(this.#tools.now(), this.#rules.probeAge);
    const picked = pool.size < 2 ? this.#byWeight.draw(this.#tools.random) : pool.choose();
    this.#remove();
    this.#readsDue += this.#readsOfPick;
    const reads = (this.#readsDue / fractions) | 0;
    this.#readsDue -= reads * fractions;
    this.#read(reads);
    this.#isIdle = false;
    this.#allPicks++;
    // The index is in range, which the compiler cannot see.
    this.#picks[picked] = (this.#picks[picked] as number) + 1;
    return itemAt(this.#candidates, picked);
  }

  /** While nobody picks, readings go out of date. */
  refresh(now: number): void {
    if (this.#isIdle) {
      this.#pool.setTime(now, this.#rules.probeAge);
      this.#read(Math.max(2, Math.ceil(this.#rules.probesPerPick)));
    }
    this.#isIdle = true;
    if (now - this.#watchedSince >= watchFor && this.#allPicks >= watchEach * this.#candidates.length) this.#doubtNeglected(now);
  }

  /**
   * What looked slow long ago is hardly asked, while others are, and so goes on looking slow. Whoever had less than a sixteenth of an average share
   * is put to the test. Where all have little to do nobody is neglected, and what is known of them may be old.
   */
  #doubtNeglected(now: number): void {
    const few = this.#allPicks / (watchEach * this.#candidates.length);
    this.#candidates.forEach((endpoint, index) => {
      if ((this.#picks[index] as number) < few) this.#tools.remember(endpoint, makeMemory).doubt();
    });
    this.#picks.fill(0);
    this.#allPicks = 0;
    this.#watchedSince = now;
  }

  /** The choice always takes the good ones; without this only bad ones would be left. */
  #remove(): void {
    this.#removalsDue += this.#removalsOfPick;
    for (; this.#removalsDue >= fractions; this.#removalsDue -= fractions) {
      if (this.#pool.size === 0) continue;
      if (this.#isWorstNext) this.#pool.removeWorst();
      else this.#pool.removeOldest();
      this.#isWorstNext = !this.#isWorstNext;
    }
  }

  /** Endpoints drawn at random, none of them twice. */
  #read(reads: number): void {
    const total = this.#candidates.length;
    this.#round = (this.#round + 1) | 0;
    for (let left = Math.min(reads, total); left > 0; left--) {
      let endpoint = this.#draws.below(total);
      while (this.#readIn[endpoint] === this.#round) endpoint = endpoint + 1 === total ? 0 : endpoint + 1;
      this.#readIn[endpoint] = this.#round;
      this.#pool.read(endpoint);
    }
  }
}

const makeMemory = (): LatencyByLoad => new LatencyByLoad();

class LatencyKeeper implements Learner {
  readonly #tools: PolicyTools;

  constructor(tools: PolicyTools) {
    this.#tools = tools;
  }

  /** How many others the request meets, as a reading would have told. */
  begun({ endpoint }: Trial): number {
    return endpoint.load.inFlight - 1;
  }

  answered(trial: Trial): void {
    this.#keep(trial, trial.status < 500);
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    if (trial.answeredAt === 0 && outcome !== 'ignored') this.#keep(trial, outcome === 'succeeded');
  }

  /** Of a few failures among many answers the median shows nothing; of an endpoint that fails half of the time, all. */
  #keep({ endpoint, begunAt, now, tag }: Trial, isUseful: boolean): void {
    const took = now - begunAt;
    this.#tools.remember(endpoint, makeMemory).add(tag, isUseful ? took : Math.max(took, costOfFailure), now);
  }
}
