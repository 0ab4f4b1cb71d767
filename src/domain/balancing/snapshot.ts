// Who may be picked at a moment, with which weight: read from configuration and from what the control plane says, tier by tier.
import type { Endpoint } from '../endpoints/endpoint.ts';
import { endpointControl } from '../endpoints/scoreboard.ts';
import type { PanicSettings } from '../health/panic-settings.ts';
import type { PriorityHealth } from '../health/priority-loads.ts';
import { noPanic, tierLoads } from '../health/priority-loads.ts';
import type { SlowStartRules } from './warm-up.ts';
import { warmLimit, warmth } from './warm-up.ts';

/** One tier. */
export interface Snapshot {
  /** What a policy is built over: weights above 0. May be empty. */
  readonly candidates: readonly Endpoint[];
  /**
   * For a keyed policy, whose candidates stay what they are: by id, the share of keys and of the limit of endpoints that warm up, and 0 for those
   * that are down, so that none of them begins with all of its keys before the next snapshot knows that it warms up.
   */
  readonly warming: ReadonlyMap<string, number>;
  /** So few are well that their health is not believed: all that people let serve may be picked. */
  readonly inPanic: boolean;
}

export interface Snapshots {
  /** Whole percent of exchanges for each tier that is not a backup, 100 in all: with one such tier, or none to share with, 100 for it. */
  readonly loads: readonly number[];
  /** By tier; every tier that has endpoints is there, and those without are empty. */
  readonly tiers: readonly Snapshot[];
  /** Every endpoint with its present weight and limit, also those that no policy may pick. */
  readonly all: readonly Endpoint[];
  /** Some weight will be another one soon, with nobody saying so. */
  readonly isWarming: boolean;
}

interface SnapshotParts {
  readonly endpoints: readonly Endpoint[];
  readonly slowStart: SlowStartRules | undefined;
  /** A keyed policy is built over endpoints that are down, too: they find their keys when they come back. */
  readonly keepsDown: boolean;
  /** The first tier of backups, which share in nothing. */
  readonly backupsFrom: number;
  readonly panic: PanicSettings | undefined;
  readonly now: number;
}

export function takeSnapshot({ endpoints, slowStart, keepsDown, backupsFrom, panic = noPanic, now }: SnapshotParts): Snapshots {
  const warmths = warmthsOf(endpoints, slowStart, now);
  const all = endpoints.map((endpoint, index) => presentState(endpoint, warmths[index] ?? 1));
  // A keyed policy's tables know nothing of warmth, and are not to be built anew with each of its steps.
  const pickable = keepsDown ? endpoints.map((endpoint) => presentState(endpoint, 1)) : all;
  const last = endpoints.reduce((most, { tier }) => Math.max(most, tier), 0);
  const health = Array.from({ length: last + 1 }, (_, tier) => healthOf(all, tier));
  const { loads, inPanic } = tierLoads(health, backupsFrom, panic);
  const tiers = Array.from({ length: last + 1 }, (_, tier): Snapshot => {
    const isInPanic = inPanic[tier] === true;
    const mayServe = ({ load }: Endpoint): boolean => {
      if (isInPanic && panic.action === 'fail') return false;
      return keepsDown || (isInPanic ? load.isUpInPanic : load.isUp);
    };
    const candidates = pickable.filter((endpoint) => endpoint.tier === tier && endpoint.weight > 0 && mayServe(endpoint));
    const warming = new Map<string, number>();
    if (keepsDown) {
      endpoints.forEach((endpoint, index) => {
        const share = endpoint.load.isUp ? (warmths[index] ?? 1) : isInPanic && endpoint.load.isUpInPanic ? 1 : 0;
        if (endpoint.tier === tier && share < 1) warming.set(endpoint.id, share);
      });
    }
    return { candidates, warming, inPanic: isInPanic };
  });
  return { tiers, loads, all, isWarming: warmths.some((share) => share < 1) };
}

/** Those that people let serve and of whom something is known, and how many of them are well. */
function healthOf(endpoints: readonly Endpoint[], tier: number): PriorityHealth {
  const wanted = endpoints.filter((endpoint) => endpoint.tier === tier && endpoint.weight > 0 && endpoint.load.isUpInPanic);
  return { healthy: wanted.filter(({ load }) => load.isWell).length, total: wanted.length };
}

/** When most of a pool warms up there is nobody to take the rest of the traffic: then all have their whole weight. */
function warmthsOf(endpoints: readonly Endpoint[], slowStart: SlowStartRules | undefined, now: number): readonly number[] {
  if (slowStart === undefined) return [];
  const warmths = endpoints.map(({ load }) => (load.isUp ? warmth(load.control(endpointControl.upSince), now, slowStart) : 1));
  const warming = warmths.filter((share) => share < 1).length;
  const up = endpoints.filter(({ load }) => load.isUp).length;
  return 2 * warming > up ? [] : warmths;
}

function presentState(endpoint: Endpoint, share: number): Endpoint {
  const { load } = endpoint;
  const configured = load.control(endpointControl.hasWeight) === 1 ? load.control(endpointControl.weight) : endpoint.weight;
  const weight = configured * share;
  const { maxConnections } = endpoint;
  // What its agent bears; 0 where none says anything.
  const most = load.control(endpointControl.maxConnections) || Number.POSITIVE_INFINITY;
  const limit = warmLimit(Math.min(maxConnections, most), share);
  return weight === endpoint.weight && limit === maxConnections ? endpoint : Object.freeze({ ...endpoint, weight, maxConnections: limit });
}

/** The same endpoints with the same weights and limits, in the same order: what was built over one is right for the other. */
export function haveSameCandidates(one: Snapshot, other: Snapshot): boolean {
  return (
    one.candidates.length === other.candidates.length &&
    one.candidates.every((endpoint, index) => isSameEndpoint(endpoint, other.candidates[index]))
  );
}

const isSameEndpoint = (one: Endpoint, other: Endpoint | undefined): boolean =>
  other !== undefined && one.id === other.id && one.weight === other.weight && one.maxConnections === other.maxConnections;
