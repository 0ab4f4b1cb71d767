// Hot path. Points on a circle of hashes, each of one owner: a key belongs to the point at its hash or the next one.
// D. Karger et al., "Consistent Hashing and Random Trees", STOC 1997. Points have 32 bits, or 64 where two programs agree on so many.

/** So many points at most: their indices take 20 bits, which leaves 32 of a double's 53 for the point when they are sorted. */
export const mostRingPoints = 1_000_000;
const indexSpace = 2 ** 20;

/** In the order of the owners, so that of two equal points the first owner's comes first. */
export interface RingPoints {
  /** Points of 32 bits, or the high halves of those of 64. */
  readonly highs: Uint32Array;
  /** The low halves; absent where points have 32 bits. */
  readonly lows?: Uint32Array;
  readonly owners: Uint32Array;
}

export class HashRing {
  /** Ascending. */
  readonly highs: Uint32Array;
  readonly lows: Uint32Array | undefined;
  /** The owner of each point. */
  readonly owners: Uint16Array | Uint32Array;

  /** Needs at least one point. */
  constructor({ highs, lows, owners }: RingPoints) {
    const size = highs.length;
    const order = orderOf(highs);
    if (lows !== undefined) sortByLow(order, highs, lows);
    this.highs = new Uint32Array(size);
    this.lows = lows && new Uint32Array(size);
    this.owners = owners.every((owner) => owner < 65_536) ? new Uint16Array(size) : new Uint32Array(size);
    for (let place = 0; place < size; place++) {
      // Every index is one of a point, which the compiler cannot see; so below.
      const index = order[place] as number;
      this.highs[place] = highs[index] as number;
      this.owners[place] = owners[index] as number;
      if (this.lows !== undefined && lows !== undefined) this.lows[place] = lows[index] as number;
    }
  }

  /** The index of the first point at or after the hash; behind the last point the circle begins again. Hashes count as unsigned. */
  pointAt(signedHigh: number, signedLow = 0): number {
    const { highs, lows } = this;
    const high = signedHigh >>> 0;
    const low = signedLow >>> 0;
    let from = 0;
    let to = highs.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((highs[middle] as number) < high) from = middle + 1;
      else to = middle;
    }
    if (lows !== undefined) while (highs[from] === high && (lows[from] as number) < low) from++;
    return from === highs.length ? 0 : from;
  }

  /** The index of the nearer one of the points at or after the hash and before it; of the one before if both are as near. 32 bits. */
  nearestPoint(signed: number): number {
    const { highs } = this;
    const hash = signed >>> 0;
    const next = this.pointAt(signed);
    const previous = next === 0 ? highs.length - 1 : next - 1;
    // Distances go around the circle.
    const back = (hash - (highs[previous] as number)) >>> 0;
    const ahead = ((highs[next] as number) - hash) >>> 0;
    return back <= ahead ? previous : next;
  }
}

/** Sorting numbers that hold point and index needs no comparison in JavaScript, which makes it ten times as fast. */
function orderOf(highs: Uint32Array): Uint32Array {
  const order = new Uint32Array(highs.length);
  const keys = new Float64Array(highs.length);
  for (let index = 0; index < keys.length; index++) keys[index] = (highs[index] as number) * indexSpace + index;
  keys.sort();
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number;
    order[place] = key - Math.floor(key / indexSpace) * indexSpace;
  }
  return order;
}

/** Puts points into the order of their low halves where the high ones are equal, which is rare. */
function sortByLow(order: Uint32Array, highs: Uint32Array, lows: Uint32Array): void {
  for (let place = 1; place < order.length; place++) {
    for (let at = place; at > 0; at--) {
      const one = order[at - 1] as number;
      const other = order[at] as number;
      if (highs[one] !== highs[other] || (lows[one] as number) <= (lows[other] as number)) break;
      order[at - 1] = other;
      order[at] = one;
    }
  }
}
