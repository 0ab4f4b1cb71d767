// Tells of a fault at once, and of those that follow now and then with their number: a policy that fails at every pick must fill neither the
// log nor the way to the supervisor.

/** `count` faults of a pool's policy since the last were told; the reason is that of the latest. */
export type TellFaults = (pool: string, reason: string, count: number) => void;

export class FaultDigest {
  readonly #pause: number;
  readonly #tell: TellFaults;
  /** Pools whose faults are being gathered. */
  readonly #gathered = new Map<string, { count: number; reason: string }>();

  /** `pause` in milliseconds: a pool is told of at most once in this time. */
  constructor(pause: number, tell: TellFaults) {
    this.#pause = pause;
    this.#tell = tell;
  }

  add(pool: string, reason: string, count = 1): void {
    const gathered = this.#gathered.get(pool);
    if (gathered === undefined) {
      this.#gather(pool);
      this.#tell(pool, reason, count);
      return;
    }
    gathered.count += count;
    gathered.reason = reason;
  }

  #gather(pool: string): void {
    const gathered = { count: 0, reason: '' };
    this.#gathered.set(pool, gathered);
    const timer = setTimeout(() => {
      this.#gathered.delete(pool);
      if (gathered.count > 0) this.add(pool, gathered.reason, gathered.count);
    }, this.#pause);
    // What nobody heard of yet keeps no thread alive; it is counted all the same.
    timer.unref();
  }
}
