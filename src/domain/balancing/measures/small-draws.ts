// Hot path. Whole numbers at random, many for each pick and without anything on the heap: a fraction that a function gives back may be an
// object there. G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003: 32 bits, shifts 13, 17 and 5.
import type { Random } from '../../../foundation/basics/random.ts';

export class SmallDraws {
  #state: number;

  constructor(random: Random) {
    // 0 is where the generator would stay.
    this.#state = Math.floor(random() * 0x1_0000_0000) | 0 || 1;
  }

  /** From 0 up to, and without, a count. Uneven by a part in millions for a thousand. */
  below(count: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 1) % count;
  }
}
