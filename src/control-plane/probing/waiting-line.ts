// Endpoints that are due and wait for a place among the probes that are under way. Groups take turns, so that a pool of thousands does not
// hold up one of three; in a group whoever fell due first comes first. Those that gave no answer in time when they were asked last stand in a
// line of their own: each of them takes a place for long, and the prober gives them no more than some of all places.

export interface Waiting {
  readonly group: string;
  /** It gave no answer in time when it was asked last. */
  readonly isSlow: boolean;
}

export class WaitingLine<Item extends Waiting> {
  readonly #quick = new Turns<Item>();
  readonly #slow = new Turns<Item>();

  get size(): number {
    return this.#quick.size + this.#slow.size;
  }

  /** What it is must not change until it was taken or deleted. */
  add(item: Item): void {
    this.#turnsOf(item).add(item);
  }

  delete(item: Item): void {
    this.#turnsOf(item).delete(item);
  }

  /** Takes the next one out; undefined where nobody waits who may be taken. */
  take(mayBeSlow: boolean): Item | undefined {
    return this.#quick.take() ?? (mayBeSlow ? this.#slow.take() : undefined);
  }

  #turnsOf({ isSlow }: Item): Turns<Item> {
    return isSlow ? this.#slow : this.#quick;
  }
}

class Turns<Item extends Waiting> {
  /** In the order of turns: whose group had its turn stands behind all others. No group is empty. */
  readonly #groups = new Map<string, Set<Item>>();
  size = 0;

  add(item: Item): void {
    const group = this.#groups.get(item.group) ?? new Set();
    this.size += group.has(item) ? 0 : 1;
    this.#groups.set(item.group, group.add(item));
  }

  delete(item: Item): void {
    const group = this.#groups.get(item.group);
    if (!group?.delete(item)) return;
    this.size--;
    if (group.size === 0) this.#groups.delete(item.group);
  }

  take(): Item | undefined {
    for (const [name, group] of this.#groups) {
      for (const item of group) {
        group.delete(item);
        this.size--;
        this.#groups.delete(name);
        if (group.size > 0) this.#groups.set(name, group);
        return item;
      }
    }
    return undefined;
  }
}
