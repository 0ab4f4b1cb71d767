// Which keys change their endpoint when one of ten goes down, and when one is taken out of the document: every key is asked before and after.
import { Balancer } from '../../src/domain/balancing/balancer.ts';
import type { Candidates } from '../../src/domain/balancing/policy.ts';
import type { WrittenPolicySettings } from '../../src/domain/balancing/policy-settings.ts';
import { policySettings } from '../../src/domain/balancing/policy-settings.ts';
import { poolCounters } from '../../src/domain/endpoints/scoreboard.ts';
import { itemAt } from '../../src/foundation/basics/item-at.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import { endpointsOf, policyTools, times, turn } from '../../test/support/endpoints.ts';
import { drawRows } from './drawing/row-chart.ts';
import { definePicture, percent, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies = ['rendezvous', 'maglev', 'consistent-hash', 'ip-hash', 'hash'] as const;
const members = 10;
/** In the middle of the list: some ways of hashing are kind to the last one only. */
const leaver = 4;

interface Moved {
  readonly down: number;
  readonly removed: number;
}

export interface MovedKeysData {
  readonly keys: number;
  readonly endpoints: number;
  readonly moved: Readonly<Record<string, Moved>>;
}

export const movedKeysPicture = definePicture<MovedKeysData>({
  name: 'moved-keys',
  measure: (effort) => {
    const keys = addresses(Math.ceil(effort * 200_000));
    return { keys: keys.length, endpoints: members, moved: Object.fromEntries(policies.map((policy) => [policy, movedOf(policy, keys)])) };
  },
  draw,
});

/** Addresses of clients, which every keyed policy can be keyed on. */
function addresses(count: number): string[] {
  const random = seeded(5);
  const part = () => Math.floor(random() * 256);
  return times(count, () => `${part()}.${part()}.${part()}.${part()}`);
}

function movedOf(policy: WrittenPolicySettings, keys: readonly string[]): Moved {
  const all = endpointsOf(times(members, () => 1));
  const before = ownersOf(policy, all, keys);
  const [first, ...others] = all;
  const afterRemoval = ownersOf(policy, [first, ...others.filter((_, index) => index + 1 !== leaver)], keys);
  turn(itemAt(all, leaver), 'down');
  const afterFall = ownersOf(policy, all, keys);
  const shareOf = (after: readonly string[]) => rounded(after.filter((owner, index) => owner !== before[index]).length / keys.length);
  return { down: shareOf(afterFall), removed: shareOf(afterRemoval) };
}

/** As the balancer finds them, which passes over who is down. */
function ownersOf(policy: WrittenPolicySettings, endpoints: Candidates, keys: readonly string[]): string[] {
  const balancer = new Balancer({
    policy: policySettings.parse(policy),
    endpoints,
    slowStart: undefined,
    tools: policyTools(),
    counters: new Float64Array(poolCounters.length),
    revision: () => 0,
  });
  return keys.map((key) => {
    const owner = balancer.take({ key, attempt: 0 }, []);
    owner?.load.release();
    return owner?.id ?? '';
  });
}

function draw({ moved }: MovedKeysData): string {
  return drawRows({
    title: 'Keys that move when one of ten endpoints leaves',
    description:
      'When an endpoint goes down only its own tenth of the keys moves, with every keyed policy. When it is taken out of the document, hash and ip-hash move nearly all keys; consistent-hash, maglev and rendezvous move the tenth, or hardly more.',
    heading: 'Share of keys that move to another endpoint when one of ten leaves',
    width: 760,
    marks: 'bars',
    series: ['when it goes down', 'when it is taken out of the document'],
    axis: { label: 'of all keys', scale: 'linear', from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], tickText: (tick) => percent(tick) },
    room: { left: 150, right: 70 },
    rows: policies.map((policy) => ({
      name: policy,
      tone: tone(policy),
      marks: [moved[policy]?.down ?? 0, moved[policy]?.removed ?? 0].map((value) => ({ value, text: percent(value, 1) })),
    })),
  });
}
