// How long an endpoint that did worse than its peers is set aside, and how many may be at once.
// Envoy's outlier ejections (outlier_detection_impl.cc: ejectHost, checkHostForUneject, onIntervalTimer): longer each time, forgiven bit by bit.
import type { Random } from '../../foundation/basics/random.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';

export interface EjectionRules {
  readonly baseEjection: Milliseconds;
  /** However often it was ejected. At least `baseEjection`. */
  readonly maxEjection: Milliseconds;
  /** Up to so much is added by chance, so that endpoints ejected together do not come back together. */
  readonly jitter: Milliseconds;
}

export interface EjectionCap {
  /** Percent of the pool's endpoints that may be ejected at once. */
  readonly maxEjected: number;
  /** Whether one may be ejected where that percentage is less than one: as in gRPC, and in Envoy with always_eject_one_host. */
  readonly alwaysOne: boolean;
}

/** How many of a pool's endpoints may be ejected at once. */
export function mostEjected(endpoints: number, { maxEjected, alwaysOne }: EjectionCap): number {
  // Percentages may have decimals, whose products can lie just below a whole number.
  const most = Math.floor((maxEjected * endpoints) / 100 + 1e-9);
  return alwaysOne ? Math.max(1, most) : most;
}

export interface PoolStanding {
  readonly endpoints: number;
  readonly ejected: number;
  /** Endpoints that get traffic now, the one in question among them. */
  readonly up: number;
}

/** Whether one more endpoint may be ejected. Never the last one that is up: a bad answer is better than none. */
export function mayEject({ endpoints, ejected, up }: PoolStanding, cap: EjectionCap): boolean {
  return up > 1 && ejected < mostEjected(endpoints, cap);
}

/** The ejections of one endpoint. Rules are given with each call, so that what is remembered outlives a change of them. */
export class Ejection {
  #multiplier = 0;
  #until: number | undefined;
  #heldUntil = 0;
  #endedAt: number | undefined;

  get isEjected(): boolean {
    return this.#until !== undefined;
  }

  /** When it is over by itself; undefined when the endpoint is not ejected. */
  get until(): number | undefined {
    return this.#until;
  }

  /** How many base times the last ejection took, before any cap, less what was forgiven since. */
  get multiplier(): number {
    return this.#multiplier;
  }

  /** Sets the endpoint aside and tells until when. */
  begin(now: number, { baseEjection, maxEjection, jitter }: EjectionRules, random: Random): number {
    this.#heldUntil = now + Math.min(this.#multiplier * baseEjection, maxEjection);
    if (this.#multiplier * baseEjection < maxEjection + baseEjection) this.#multiplier++;
    this.#until = now + Math.min(this.#multiplier * baseEjection, maxEjection) + Math.floor(random() * (jitter + 1));
    return this.#until;
  }

  /**
   * Not even a probe that passes may end it yet. Not so for the first one; each further one takes at least as long as the one before it
   * could, or an endpoint that is well again and again for a moment would be back each time.
   */
  isHeld(now: number): boolean {
    return this.isEjected && now < this.#heldUntil;
  }

  isOver(now: number): boolean {
    return this.#until !== undefined && now >= this.#until;
  }

  /** The endpoint is back: its time is over, or a probe passed. */
  end(now: number): void {
    if (this.#until === undefined) return;
    this.#until = undefined;
    this.#endedAt = now;
  }

  /** Once in each interval: one that the endpoint got through makes the next ejection shorter by one base time. */
  forgive(now: number, interval: Milliseconds): void {
    if (this.isEjected || this.#endedAt === undefined || now - this.#endedAt < interval) return;
    if (this.#multiplier > 0) this.#multiplier--;
  }
}
