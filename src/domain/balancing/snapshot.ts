// Who may be picked at a moment, with which weight: read from configuration and from what the control plane says, tier by tier.
import type { Endpoint } from '../endpoints/endpoint.ts';
import { endpointControl } from '../endpoints/scoreboard.ts';
import type { SlowStartRules } from './warm-up.ts';
import { warmth } from './warm-up.ts';

/** One tier. */
export interface Snapshot {
  /** What a policy is built over: weights above 0. May be empty. */
  readonly candidates: readonly Endpoint[];
  /**
   * For a keyed policy, whose weights stay what they are: by id, the share of keys of endpoints that warm up, and 0 for those that are down, so
   * that none of them begins with all of its keys before the next snapshot knows that it warms up.
   */
  readonly warming: ReadonlyMap<string, number>;
}

export interface Snapshots {
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
  readonly now: number;
}

export function takeSnapshot({ endpoints, slowStart, keepsDown, now }: SnapshotParts): Snapshots {
  const warmths = warmthsOf(endpoints, slowStart, now);
  const all = endpoints.map((endpoint, index) => presentState(endpoint, warmths[index] ?? 1, keepsDown));
  const last = endpoints.reduce((most, { tier }) => Math.max(most, tier), 0);
  const tiers = Array.from({ length: last + 1 }, (_, tier): Snapshot => {
    const candidates = all.filter((endpoint) => endpoint.tier === tier && endpoint.weight > 0 && (keepsDown || endpoint.load.isUp));
    const warming = new Map<string, number>();
    if (keepsDown) {
      endpoints.forEach((endpoint, index) => {
        const share = endpoint.load.isUp ? (warmths[index] ?? 1) : 0;
        if (endpoint.tier === tier && share < 1) warming.set(endpoint.id, share);
      });
    }
    return { candidates, warming };
  });
  return { tiers, all, isWarming: warmths.some((share) => share < 1) };
}

/** When most of a pool warms up there is nobody to take the rest of the traffic: then all have their whole weight. */
function warmthsOf(endpoints: readonly Endpoint[], slowStart: SlowStartRules | undefined, now: number): readonly number[] {
  if (slowStart === undefined) return [];
  const warmths = endpoints.map(({ load }) => (load.isUp ? warmth(load.controls[endpointControl.upSince] ?? 0, now, slowStart) : 1));
  const warming = warmths.filter((share) => share < 1).length;
  const up = endpoints.filter(({ load }) => load.isUp).length;
  return 2 * warming > up ? [] : warmths;
}

function presentState(endpoint: Endpoint, share: number, isKeyed: boolean): Endpoint {
  const { controls } = endpoint.load;
  const configured = controls[endpointControl.hasWeight] === 1 ? (controls[endpointControl.weight] ?? 0) : endpoint.weight;
  const weight = isKeyed ? configured : configured * share;
  const { maxConnections } = endpoint;
  const limit = share < 1 && Number.isFinite(maxConnections) ? Math.max(1, Math.ceil(maxConnections * share)) : maxConnections;
  return weight === endpoint.weight && limit === maxConnections ? endpoint : { ...endpoint, weight, maxConnections: limit };
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
