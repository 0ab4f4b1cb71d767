// Hot path. Chooses endpoints for a pool: asks the policy, tier by tier, and stands between it and what changes: endpoints that are down,
// draining, full, warming up or tried already. The policy sees one snapshot of candidates at a time; `refresh` makes the next one.
import { xxh32 } from '../../foundation/hashing/xxh32.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { poolCounter } from '../endpoints/scoreboard.ts';
import type { PanicSettings } from '../health/panic-settings.ts';
import { choosePriority } from '../health/priority-loads.ts';
import type { OwnPolicies } from './build-picker.ts';
import { buildPicker, policyOf } from './build-picker.ts';
import type { Gate } from './gates/gate.ts';
import type { Learner, Trial, TrialOutcome } from './learner.ts';
import type { Candidates, Picker, PickRequest, PolicyTools } from './policy.ts';
import type { PolicySettings } from './policy-settings.ts';
import type { Snapshot } from './snapshot.ts';
import { haveSameCandidates, takeSnapshot } from './snapshot.ts';
import { holdThrough, isUntried, Tier } from './tier.ts';
import type { SlowStartRules } from './warm-up.ts';

export interface BalancerParts {
  readonly policy: PolicySettings;
  /** As configured. */
  readonly endpoints: readonly Endpoint[];
  readonly slowStart: SlowStartRules | undefined;
  /** The first tier of backups; 1 when absent. */
  readonly backupsFrom?: number;
  readonly panic?: PanicSettings;
  readonly gate?: Gate;
  readonly tools: Pick<PolicyTools, 'random' | 'now' | 'assignments'>;
  /** The counter of turns that workers share, for each tier; absent where there is one worker. */
  readonly turns?: (tier: number) => Int32Array;
  /** This worker's row of the pool on the scoreboard. */
  readonly counters: Float64Array;
  /** Grows when the control plane has written controls of the pool's endpoints. */
  readonly revision: () => number;
  readonly own?: OwnPolicies;
}

/** Other bits than those by which policies hash keys. */
const prioritySeed = 0x9e37_79b1;

export class Balancer implements Learner {
  /** The policy learns from tries: it wants to be told of each. */
  learns = false;
  /** No endpoint was taken for want of room, not for want of endpoints. Of the last `take` that gave undefined. */
  isSaturated = false;
  readonly #parts: BalancerParts;
  readonly #isKeyed: boolean;
  readonly #memories = new Map<string, unknown>();
  #tiers: readonly (Tier | undefined)[] = [];
  /** By tier, the last that there was: tries that are on while a tier has no endpoint left end for it all the same. */
  readonly #learners: (Learner | undefined)[] = [];
  #loads: readonly number[] = [];
  #snapshots: readonly Snapshot[] = [];
  #bySlot: ReadonlyMap<number, Endpoint>;
  #revision: number;
  #isWarming = false;
  readonly #backupsFrom: number;

  constructor(parts: BalancerParts) {
    this.#parts = parts;
    this.#backupsFrom = parts.backupsFrom ?? 1;
    this.#isKeyed = policyOf(parts.policy, parts.own).keyedOn !== undefined;
    this.#bySlot = new Map(parts.endpoints.map((endpoint) => [endpoint.load.slot, endpoint]));
    this.#revision = parts.revision();
    this.#rebuild(parts.tools.now());
  }

  /** An endpoint that is not among the tried ones, with its load held; undefined when none may be taken. */
  take(request: PickRequest, tried: readonly Endpoint[]): Endpoint | undefined {
    const tiers = this.#tiers;
    this.isSaturated = false;
    // Where priorities share the traffic one of them comes first, and then the others in their order.
    const preferred = this.#loads.length > 1 ? this.#preferredTier(request.key) : 0;
    for (let step = 0; step < tiers.length; step++) {
      const index = step === 0 ? preferred : step <= preferred ? step - 1 : step;
      const tier = tiers[index];
      if (tier === undefined) continue;
      const endpoint = tier.take(request, tried);
      if (endpoint !== undefined) {
        if (index >= this.#backupsFrom) this.#count(poolCounter.backupPicks);
        return endpoint;
      }
      if (tier.isSaturated) this.isSaturated = true;
    }
    if (this.isSaturated) this.#count(poolCounter.saturated);
    return undefined;
  }

  /** By the key where there is one, so that keys stay where they are. */
  #preferredTier(key: string | undefined): number {
    const point = key === undefined ? 100 * this.#parts.tools.random() : xxh32(key, prioritySeed) % 100;
    return choosePriority(this.#loads, point);
  }

  /** Some endpoint could be taken now. */
  hasRoom(): boolean {
    const tiers = this.#tiers;
    for (let index = 0; index < tiers.length; index++) if (tiers[index]?.hasRoom() === true) return true;
    return false;
  }

  /** No endpoint may be taken whoever gives back a place: there is nothing to wait for. */
  hasNobody(): boolean {
    const tiers = this.#tiers;
    for (let index = 0; index < tiers.length; index++) if (tiers[index]?.hasNobody() === false) return false;
    return true;
  }

  /** Of those that are asked first, the health is not believed. */
  get isInPanic(): boolean {
    return this.#snapshots.some(({ inPanic }, tier) => inPanic && tier < this.#backupsFrom);
  }

  /** The endpoint of this slot, for a session that it has, with its load held; undefined when it may not serve or is of another pool. */
  takeNamed(slot: number, tried: readonly Endpoint[]): Endpoint | undefined {
    const endpoint = this.#bySlot.get(slot);
    if (endpoint === undefined || !endpoint.load.isUpForSessions || !isUntried(endpoint, tried)) return undefined;
    return holdThrough(this.#parts.gate, endpoint, endpoint.maxConnections) ? endpoint : undefined;
  }

  /** The endpoint of this slot serves its sessions and nobody else. */
  isForSessionsOnly(slot: number): boolean {
    const endpoint = this.#bySlot.get(slot);
    return endpoint?.load.isUpForSessions === true && (!endpoint.load.isUp || endpoint.weight === 0);
  }

  /** Follows what the control plane said, and lets policies renew their tables. To be called about ten times a second. */
  refresh(now: number): void {
    const revision = this.#parts.revision();
    if (revision !== this.#revision || this.#isWarming) {
      this.#revision = revision;
      this.#rebuild(now);
    }
    for (const tier of this.#tiers) tier?.picker.refresh?.(now);
  }

  begun(trial: Trial): number {
    return this.#learnerOf(trial)?.begun(trial) ?? 0;
  }

  answered(trial: Trial): void {
    this.#learnerOf(trial)?.answered(trial);
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    this.#learnerOf(trial)?.ended(trial, outcome);
  }

  #learnerOf({ endpoint }: Trial): Learner | undefined {
    return this.#learners[endpoint.tier];
  }

  /** A tier whose candidates are what they were keeps its picker, with its tables and its place in every turn. */
  #rebuild(now: number): void {
    const { endpoints, slowStart, panic } = this.#parts;
    const backupsFrom = this.#backupsFrom;
    const before = this.#snapshots;
    const taken = takeSnapshot({ endpoints, slowStart, backupsFrom, panic, keepsDown: this.#isKeyed, now });
    this.#loads = taken.loads;
    this.#isWarming = taken.isWarming;
    this.#bySlot = new Map(taken.all.map((endpoint) => [endpoint.load.slot, endpoint]));
    this.#tiers = taken.tiers.map((snapshot, index) => {
      const former = before[index];
      const isSame = former !== undefined && haveSameCandidates(former, snapshot);
      return this.#buildTier(snapshot, index, isSame ? this.#tiers[index]?.picker : undefined);
    });
    this.#snapshots = taken.tiers;
    for (const [index, tier] of this.#tiers.entries()) this.#follow(tier?.picker.learner, index);
  }

  #follow(learner: Learner | undefined, tier: number): void {
    if (learner === undefined) return;
    this.#learners[tier] = learner;
    this.learns = true;
  }

  #buildTier({ candidates, warming, inPanic }: Snapshot, index: number, kept: Picker | undefined): Tier | undefined {
    const [first, ...others] = candidates;
    if (first === undefined) return undefined;
    const all: Candidates = [first, ...others];
    const picker = kept ?? this.#buildPicker(all, index);
    return new Tier({
      candidates: all,
      picker,
      isKeyed: this.#isKeyed,
      warming,
      inPanic,
      gate: this.#parts.gate,
      random: this.#parts.tools.random,
    });
  }

  #buildPicker(candidates: Candidates, index: number): Picker {
    const { policy, tools, turns, own } = this.#parts;
    const given: PolicyTools = {
      ...tools,
      ...(turns === undefined ? {} : { turns: turns(index) }),
      remember: (endpoint, make) => this.#remember(endpoint, make),
    };
    return buildPicker(policy, candidates, given, own);
  }

  #remember<Memory>({ id }: Endpoint, make: () => Memory): Memory {
    if (!this.#memories.has(id)) this.#memories.set(id, make());
    // A balancer has one policy, which keeps one kind of memory.
    return this.#memories.get(id) as Memory;
  }

  #count(counter: number): void {
    const { counters } = this.#parts;
    // The row has every counter, which the compiler cannot see.
    counters[counter] = (counters[counter] as number) + 1;
  }
}
