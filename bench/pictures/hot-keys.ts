// How even keyed policies are: keys that are all alike, keys of which a few are asked for most, and the same with a limit for each endpoint.
import { buildPicker } from '../../src/domain/balancing/build-picker.ts';
import type { WrittenPolicySettings } from '../../src/domain/balancing/policy-settings.ts';
import { policySettings } from '../../src/domain/balancing/policy-settings.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import { times } from '../../test/support/endpoints.ts';
import { exponential } from '../simulation/draws.ts';
import { delay } from '../simulation/servers.ts';
import type { Scenario } from '../simulation/simulate.ts';
import { simulate } from '../simulation/simulate.ts';
import { drawRows } from './drawing/row-chart.ts';
import { definePicture, meanOf, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies = ['content', 'rendezvous', 'maglev', 'consistent-hash', 'hash'] as const;
const members = 10;
const keys = 10_000;
const bound = 1.25;
const seeds = [1, 2, 3, 4];

interface Evenness {
  /** What the busiest endpoint gets, in fair shares. */
  readonly alike: number;
  readonly hot: number;
  readonly bounded: number;
  /** The share of requests that the limit sends away from their own endpoint. */
  readonly away: number;
}

export interface HotKeysData {
  readonly keys: number;
  readonly bound: number;
  /** Of all requests, for the key that is asked for most. */
  readonly hottest: number;
  readonly byPolicy: Readonly<Record<string, Evenness>>;
}

export const hotKeysPicture = definePicture<HotKeysData>({
  name: 'hot-keys',
  measure: (effort) => ({
    keys,
    bound,
    hottest: rounded(shares[0] ?? 0),
    byPolicy: Object.fromEntries(policies.map((policy) => [policy, evenness(policy, effort)])),
  }),
  draw,
});

/** G. K. Zipf: the second is asked for half as often as the first, the third a third as often, and so on. Summed up. */
const shares = zipf(keys);

function zipf(count: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1);
    sums[rank] = sum;
  }
  return sums.map((value) => value / sum);
}

function rankOf(chance: number): number {
  let low = 0;
  let high = keys - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((shares[middle] as number) < chance) low = middle + 1;
    else high = middle;
  }
  return low;
}

function evenness(policy: (typeof policies)[number], effort: number): Evenness {
  const inShares = (settings: Scenario['policy'], isHot: boolean) =>
    meanOf(seeds.map((seed) => Math.max(...run(settings, isHot, seed, effort)) * members));
  let away = 0;
  let picks = 0;
  // Beside the picker with the limit one without it, which says whose the key is.
  const watched: Scenario['policy'] = (candidates, tools) => {
    const limited = buildPicker(policySettings.parse(withLimit(policy)), candidates, tools);
    // Nobody has moved any content yet where it is at its owner by rendezvous.
    const own = buildPicker(policySettings.parse(policy === 'content' ? 'rendezvous' : policy), candidates, tools);
    return {
      pick: (request) => {
        const picked = limited.pick(request);
        picks++;
        if (picked !== own.pick(request)) away++;
        return picked;
      },
    };
  };
  const bounded = inShares(watched, true);
  return {
    alike: rounded(inShares(policy, false)),
    hot: rounded(inShares(policy, true)),
    bounded: rounded(bounded),
    away: rounded(away / picks),
  };
}

const withLimit = (policy: (typeof policies)[number]): WrittenPolicySettings =>
  policy === 'content' ? { policy, spill: 'bounded', bound } : { policy, boundedLoad: bound };

/** Four hundred requests in flight, forty for each endpoint. */
function run(policy: Scenario['policy'] | WrittenPolicySettings, isHot: boolean, seed: number, effort: number): number[] {
  const key = (random: Random) => `/item/${seed}/${isHot ? rankOf(random()) : Math.floor(random() * keys)}`;
  return simulate({
    policy,
    endpoints: times(members, () => ({ server: delay(exponential(100)) })),
    arrivalsPerSecond: 4000,
    duration: effort * 30_000,
    seed,
    key,
  }).endpoints.map(({ shareOfPicks }) => shareOfPicks);
}

function draw({ byPolicy }: HotKeysData): string {
  const mark = (value: number) => ({ value, text: `${value.toFixed(2)}` });
  return drawRows({
    title: 'The busiest endpoint under keyed policies',
    description:
      'With keys that are all alike the busiest of ten endpoints gets little more than a fair share. With popular keys it gets about twice a fair share. With boundedLoad 1.25 it stays below one and a quarter.',
    heading: 'What the busiest of ten endpoints gets, in fair shares',
    width: 760,
    marks: 'bars',
    series: ['when keys are alike', 'when some are asked for often', 'the same, with a limit of 1.25'],
    axis: { label: 'fair shares', scale: 'linear', from: 0, to: 2.5, ticks: [0, 0.5, 1, 1.5, 2, 2.5] },
    room: { left: 150, right: 150 },
    guide: { at: 1, text: 'all get the same' },
    rows: policies.map((policy) => {
      const figures = byPolicy[policy];
      return {
        name: policy,
        tone: tone(policy),
        marks: figures === undefined ? [] : [mark(figures.alike), mark(figures.hot), mark(figures.bounded)],
      };
    }),
  });
}
