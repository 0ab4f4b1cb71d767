// Hot path. A weighted random choice in constant time: the alias method.
// M. D. Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", IEEE TSE 17(9), 1991.
import type { Random } from '../basics/random.ts';

export class WeightedDraw {
  /** The share of column i that belongs to index i; the rest belongs to `alias[i]`. */
  readonly kept: Float64Array;
  readonly alias: Int32Array;

  /** Needs one weight above 0. */
  constructor(weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.kept = Float64Array.from(weights, (weight) => (weights.length * weight) / total);
    this.alias = Int32Array.from(weights, (_weight, index) => index);
    fill(this.kept, this.alias);
  }

  /** An index, with the chance that its weight gives it. Takes one number from `random`. */
  draw(random: Random): number {
    // The whole part chooses the column, what is left of it the side: both are uniform and independent.
    const point = random() * this.kept.length;
    const column = Math.floor(point);
    // The column is in range, which the compiler cannot see.
    return point - column < (this.kept[column] as number) ? column : (this.alias[column] as number);
  }
}

/** Tops up every column that is less than full with the surplus of one that is more than full. */
function fill(kept: Float64Array, alias: Int32Array): void {
  const small: number[] = [];
  const large: number[] = [];
  kept.forEach((share, index) => {
    (share < 1 ? small : large).push(index);
  });

  while (small.length > 0 && large.length > 0) {
    // Neither list is empty, and both hold columns, which the compiler cannot see.
    const poor = small.pop() as number;
    const rich = large.pop() as number;
    alias[poor] = rich;
    const left = (kept[rich] as number) + (kept[poor] as number) - 1;
    kept[rich] = left;
    (left < 1 ? small : large).push(rich);
  }
  // What is left over is full but for rounding.
  for (const index of [...small, ...large]) kept[index] = 1;
}
