// A balancer over endpoints on a scoreboard of their own, with a hand on what the control plane would say.
import type { BalancerParts } from '../../src/domain/balancing/balancer.ts';
import { Balancer } from '../../src/domain/balancing/balancer.ts';
import type { Gate } from '../../src/domain/balancing/gates/gate.ts';
import type { PolicySettings } from '../../src/domain/balancing/policy-settings.ts';
import { policySettings } from '../../src/domain/balancing/policy-settings.ts';
import type { Endpoint } from '../../src/domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../src/domain/endpoints/endpoint-load.ts';
import { endpointControl, endpointHealth, endpointState, Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { seeded } from '../../src/foundation/basics/random.ts';

export interface PoolParts {
  readonly policy?: unknown;
  readonly endpoints: readonly Partial<Pick<Endpoint, 'weight' | 'tier' | 'maxConnections'>>[];
  readonly slowStart?: BalancerParts['slowStart'];
  /** All tiers behind the first, unless it says otherwise. */
  readonly backupsFrom?: number;
  readonly panic?: BalancerParts['panic'];
  readonly gate?: (endpoints: readonly Endpoint[], board: Scoreboard, now: () => number) => Gate;
  readonly seed?: number;
}

export class TestPool {
  readonly board: Scoreboard;
  readonly endpoints: readonly Endpoint[];
  readonly balancer: Balancer;
  readonly gate: Gate | undefined;
  now = 1_000_000;

  constructor({ policy = 'round-robin', endpoints, slowStart, backupsFrom = 1, panic, gate, seed = 1 }: PoolParts) {
    this.board = new Scoreboard({ workers: 1, endpoints: endpoints.length, listeners: 0, pools: 1 });
    this.endpoints = endpoints.map((given, slot) => ({
      id: `e${slot}:80`,
      address: { kind: 'tcp', host: `e${slot}`, port: 80 },
      weight: 1,
      tier: 0,
      maxConnections: Number.POSITIVE_INFINITY,
      load: new EndpointLoad(this.board, 0, slot),
      ...given,
    }));
    this.gate = gate?.(this.endpoints, this.board, () => this.now);
    const settings: PolicySettings = policySettings.parse(policy);
    this.balancer = new Balancer({
      policy: settings,
      endpoints: this.endpoints,
      slowStart,
      backupsFrom,
      ...(panic === undefined ? {} : { panic }),
      ...(this.gate === undefined ? {} : { gate: this.gate }),
      tools: { random: seeded(seed), now: () => this.now },
      counters: this.board.poolRow(0, 0),
      revision: () => this.board.revision(0),
    });
  }

  /** As the control plane does it; seen by picks at once, and by weights at the next `refresh`. */
  set(
    slot: number,
    change: {
      readonly state?: keyof typeof endpointState;
      readonly weight?: number;
      readonly upSince?: number;
      readonly isWell?: boolean;
      /** It waits for its first probe. */
      readonly isChecking?: true;
      readonly maxConnections?: number;
    },
  ): void {
    const controls = this.board.controls(slot);
    if (change.weight !== undefined) {
      controls[endpointControl.weight] = change.weight;
      controls[endpointControl.hasWeight] = 1;
    }
    if (change.maxConnections !== undefined) controls[endpointControl.maxConnections] = change.maxConnections;
    if (change.upSince !== undefined) controls[endpointControl.upSince] = change.upSince;
    if (change.isWell !== undefined) controls[endpointControl.health] = change.isWell ? endpointHealth.well : endpointHealth.failing;
    if (change.isChecking) controls[endpointControl.health] = endpointHealth.checking;
    if (change.state !== undefined) controls[endpointControl.state] = endpointState[change.state];
    this.board.raiseRevision(0);
  }

  refresh(): void {
    this.balancer.refresh(this.now);
  }

  /** The place of the endpoint that is taken, held; undefined when none is. */
  take(key?: string, tried: readonly number[] = [], attempt = 0): number | undefined {
    const before = tried.flatMap((slot) => this.endpoints.slice(slot, slot + 1));
    return this.balancer.take({ key, attempt }, before)?.load.slot;
  }

  /** The same, and its load given back. */
  pick(key?: string, tried: readonly number[] = []): number | undefined {
    const slot = this.take(key, tried);
    if (slot !== undefined) this.endpoints[slot]?.load.release();
    return slot;
  }

  /** How often each is picked. */
  shares(picks: number, key: (index: number) => string | undefined = () => undefined): number[] {
    const counts = this.endpoints.map(() => 0);
    for (let index = 0; index < picks; index++) {
      const slot = this.pick(key(index));
      if (slot !== undefined) counts[slot] = (counts[slot] ?? 0) + 1;
    }
    return counts;
  }
}
