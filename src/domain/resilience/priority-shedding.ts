// Hot path. Sheds the least important first, by just as much as is too much: the admission level of DAGOR (H. Zhou and others, "Overload Control
// for Scaling WeChat Microservices", SoCC 2018). A level is a class and, within it, one of 128 groups, so that a part of a class can be let
// through. What comes is counted by level, and after each window the level moves up to which requests pass.
import type { Pressure } from './lateness.ts';
import { pressure } from './lateness.ts';

const groups = 128;
/** What is let through falls by this share when there is too much, and rises by this share of all that comes when there is not. */
const fall = 0.05;
const rise = 0.01;

/** The level of a request: the smaller, the more important. Of the number of its group only the lower bits count. */
export const levelOf = (priority: number, group: number): number => priority * groups + (group & (groups - 1));

export interface Window {
  readonly pressure: Pressure;
  /** For several windows in one, which falls as far as all of them. */
  readonly windows?: number;
  /** No greater share of all that comes is to be let through. */
  readonly room?: number;
}

export class PriorityShedding {
  readonly #counts: Int32Array;
  readonly #last: number;
  #level: number;

  constructor(classes: number) {
    this.#counts = new Int32Array(classes * groups);
    this.#last = this.#counts.length - 1;
    this.#level = this.#last;
  }

  /** The last level that is let through. */
  get level(): number {
    return this.#level;
  }

  /** Some levels are not let through. */
  get isShedding(): boolean {
    return this.#level < this.#last;
  }

  /** Whether a request is let through. It is counted either way. */
  admits(level: number): boolean {
    const within = Math.min(level, this.#last);
    this.#counts[within] = this.#countAt(within) + 1;
    return within <= this.#level;
  }

  /** A window is over. The most important level is let through whatever comes. */
  adjust({ pressure: found, windows = 1, room = 1 }: Window): void {
    let admitted = 0;
    let total = 0;
    for (let level = 0; level <= this.#last; level++) {
      total += this.#countAt(level);
      if (level === this.#level) admitted = total;
    }
    const level = this.#levelBy(found, windows, { admitted, total });
    // Where nothing came, nothing is known of how much a level lets through.
    if (room === 1) this.#level = level;
    else if (total > 0) this.#level = Math.min(level, this.#levelFor(room * total));
    this.#counts.fill(0);
  }

  #levelBy(found: Pressure, windows: number, { admitted, total }: { readonly admitted: number; readonly total: number }): number {
    if (found === pressure.same) return this.#level;
    if (found === pressure.more) return this.#lower(admitted, (1 - fall) ** windows * admitted);
    // With nothing to count, nothing is known against letting all through.
    return total === 0 ? this.#last : this.#higher(admitted, admitted + rise * total);
  }

  /** The lowest level with which as many are let through. */
  #levelFor(wanted: number): number {
    let passed = this.#countAt(0);
    let level = 0;
    for (; level < this.#last && passed < wanted; passed += this.#countAt(level)) level++;
    return level;
  }

  #lower(admitted: number, target: number): number {
    let level = this.#level;
    for (let left = admitted; level > 0 && left > target; level--) left -= this.#countAt(level);
    return level;
  }

  #higher(admitted: number, target: number): number {
    let level = this.#level;
    for (let passed = admitted; level < this.#last && passed < target; ) {
      level++;
      passed += this.#countAt(level);
    }
    return level;
  }

  /** Every level has a count, which the compiler cannot see. */
  #countAt(level: number): number {
    return this.#counts[level] as number;
  }
}
