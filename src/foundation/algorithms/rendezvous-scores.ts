// Hot path. Rendezvous hashing: every member has a score for every key, and the highest score has the key. Nothing moves but what must.
// D. G. Thaler and C. V. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM Transactions on Networking 6(1), 1998; with
// weights by logarithms: C. Schindler and G. Schomaker, "Weighted Distributed Hash Tables", SPAA 2005.
// The score is -weight / ln(u), with u in (0, 1) from a hash of member and key. Computed as its inverse, the cost: the lowest has the key.
import { itemAt } from '../basics/item-at.ts';
import { Hash64 } from '../hashing/limbs.ts';
import { PrefixedXxh64 } from '../hashing/prefixed-xxh64.ts';
import { xorshiftStarInto } from '../hashing/xorshift-star.ts';
import { xxh64Into } from '../hashing/xxh64.ts';

export interface RendezvousMember {
  /** A byte string. */
  readonly name: string;
  /** Above 0. */
  readonly weight: number;
}

/** The costs of members for one key after the other. Of members that cost the same the first one wins. */
export interface RendezvousScores {
  /** Takes the key for `best` and `rank`. */
  begin(key: string): void;
  /** The member that has the key. */
  best(): number;
  /** Writes down the cost of each member. */
  rank(costs: Float64Array): void;
}

/** As Envoy does: keys and names are hashed once each, and one step of a generator makes a number of 53 bits for each pair of them. */
export class FastScores implements RendezvousScores {
  /** Heavy members first, so that members of one weight stand together, and most of what follows is known to lose at once. */
  readonly #order: Uint32Array;
  readonly #highs: Int32Array;
  readonly #lows: Int32Array;
  readonly #weights: Float64Array;
  /** Where a weight's members end. */
  readonly #ends: readonly number[];
  readonly #key = new Hash64();
  readonly #mixed = new Hash64();

  constructor(members: readonly RendezvousMember[]) {
    const sorted = members.map((member, place) => ({ ...member, place })).sort((one, other) => other.weight - one.weight);
    this.#order = Uint32Array.from(sorted, ({ place }) => place);
    this.#weights = Float64Array.from(sorted, ({ weight }) => weight);
    this.#ends = sorted.flatMap(({ weight }, index) => (sorted[index + 1]?.weight === weight ? [] : [index + 1]));
    this.#highs = new Int32Array(sorted.length);
    this.#lows = new Int32Array(sorted.length);
    sorted.forEach(({ name }, index) => {
      xxh64Into(name, 0, this.#key);
      this.#highs[index] = this.#key.high;
      this.#lows[index] = this.#key.low;
    });
  }

  begin(key: string): void {
    xxh64Into(key, 0, this.#key);
  }

  best(): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    let index = 0;
    for (let group = 0; group < this.#ends.length; group++) {
      const end = itemAt(this.#ends, group);
      // Indices are in range, which the compiler cannot see; so below.
      const weight = this.#weights[index] as number;
      for (index = this.#mayWin(index, end, losingUpTo(least * weight)); index < end; ) {
        this.#mix(index);
        const cost = lowCost(this.#mixed, weight);
        const place = this.#order[index] as number;
        if (cost < least || (cost === least && place < best)) {
          least = cost;
          best = place;
        }
        index = this.#mayWin(index + 1, end, losingUpTo(least * weight));
      }
    }
    return best;
  }

  /** The next one that is not known to lose, up to the end. */
  #mayWin(from: number, end: number, losing: number): number {
    const { high, low } = this.#key;
    const highs = this.#highs;
    const lows = this.#lows;
    for (let index = from; index < end; index++) {
      if (roughPart(high ^ (highs[index] as number), low ^ (lows[index] as number)) > losing) return index;
    }
    return end;
  }

  rank(costs: Float64Array): void {
    for (let index = 0; index < this.#order.length; index++) {
      this.#mix(index);
      costs[this.#order[index] as number] = lowCost(this.#mixed, this.#weights[index] as number);
    }
  }

  #mix(index: number): void {
    xorshiftStarInto(this.#key.high ^ (this.#highs[index] as number), this.#key.low ^ (this.#lows[index] as number), this.#mixed);
  }
}

// Small functions, which are always compiled into their callers: a number with a fraction is boxed when it is returned.

/** By the lowest 53 bits. */
const lowCost = ({ high, low }: Hash64, weight: number): number =>
  -Math.log(((high & topBits) * 0x1_0000_0000 + (low >>> 0)) * 2 ** -53) / weight;

/** By the upper 53 bits, and a half that keeps it above 0. */
const upperPart = ({ high, low }: Hash64): number => ((high >>> 0) * 2 ** 21 + (low >>> 11) + 0.5) * 2 ** -53;

// The generator's factor, in halves.
const factorHigh = 0x2545f491;
const factorLow = 0x4f6cdd1d;
const factorPart = factorLow * 2 ** -32;

/** The topmost 21 of 53 bits. */
const topBits = 0x1f_ffff;

/** A rough part up to this one cannot cost less than `bound`: -ln(u) is at least 1 - u. What is rough is allowed for. */
const losingUpTo = (bound: number): number => (bound < 1 ? ((1 - bound) * 2 ** 21 - 3) | 0 : -1);

/** The topmost 21 of the 53 bits or one less: the one product of 64 bits, in doubles, is what takes the time. */
function roughPart(high: number, low: number): number {
  const firstHigh = high ^ (high >>> 12);
  const firstLow = low ^ ((low >>> 12) | (high << 20));
  const secondHigh = firstHigh ^ ((firstHigh << 25) | (firstLow >>> 7));
  const secondLow = firstLow ^ (firstLow << 25);
  const thirdLow = secondLow ^ ((secondLow >>> 27) | (secondHigh << 5));
  // Rounding may bring the next whole number, but never the one before.
  const carried = ((thirdLow >>> 0) * factorPart) | 0;
  return (carried + Math.imul(secondHigh ^ (secondHigh >>> 27), factorLow) + Math.imul(thirdLow, factorHigh) - 1) & topBits;
}

/** XXH64 of the name, a zero byte and the key, its upper 53 bits: the textbook's score, which any program can compute from its definition. */
export class ExactScores implements RendezvousScores {
  readonly #hashes: PrefixedXxh64;
  readonly #weights: Float64Array;
  readonly #hash = new Hash64();

  constructor(members: readonly RendezvousMember[]) {
    this.#hashes = new PrefixedXxh64(members.map(({ name }) => `${name}\0`));
    this.#weights = Float64Array.from(members, ({ weight }) => weight);
  }

  begin(key: string): void {
    this.#hashes.begin(key);
  }

  best(): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#weights.length; index++) {
      this.#hashes.hashInto(index, this.#hash);
      const part = upperPart(this.#hash);
      const weight = this.#weights[index] as number;
      if (1 - part > least * weight) continue;
      const cost = -Math.log(part) / weight;
      if (cost >= least) continue;
      least = cost;
      best = index;
    }
    return best;
  }

  rank(costs: Float64Array): void {
    for (let index = 0; index < this.#weights.length; index++) {
      this.#hashes.hashInto(index, this.#hash);
      costs[index] = -Math.log(upperPart(this.#hash)) / (this.#weights[index] as number);
    }
  }
}
