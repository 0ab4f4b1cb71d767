// A whole cycle of weighted turns, written down: what HAProxy's `static-rr` walks through and its `hash-type map-based` looks keys up in.
// The order is HAProxy's (recalc_server_map in lb_map.c), so that a key finds the same server there and here. Smooth weights spread better.

/** Indices stay within 16 bits, and building takes this many rounds over all weights at most. */
const longestCycle = 65_536;

/** The indices of one cycle in their order: as many of each as its weight, divided by what all weights have in common. */
export function turnsOf(weights: readonly number[]): Uint16Array {
  const shares = Int32Array.from(withoutCommonDivisor(shortened(withoutCommonDivisor(whole(weights)))));
  const scores = new Int32Array(shares.length);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return new Uint16Array(total).map(() => takeTurn(shares, scores, total));
}

/** The first index that is the most whole cycles ahead, once all have got their shares. What it takes is taken off its score. */
function takeTurn(shares: Int32Array, scores: Int32Array, total: number): number {
  let best = 0;
  let most = 0;
  for (let index = 0; index < shares.length; index++) {
    // Indices are in range, which the compiler cannot see.
    const score = (scores[index] as number) + (shares[index] as number);
    scores[index] = score;
    // Only what is a whole cycle further ahead takes over. A score below 0 is not ahead at all.
    if (score >= most * total && (shares[index] as number) > 0) {
      most = Math.floor(score / total) + 1;
      best = index;
    }
  }
  scores[best] = (scores[best] as number) - total;
  return best;
}

/** HAProxy knows whole weights only. Decimals count up to the sixth. */
function whole(weights: readonly number[]): readonly number[] {
  if (weights.every(Number.isInteger)) return weights;
  return weights.map((weight) => (weight > 0 ? Math.max(1, Math.round(weight * 1_000_000)) : 0));
}

/** Weights in nearly the same proportion whose cycle is not too long. None that weighs something is lost. */
function shortened(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= longestCycle) return weights;
  // One place for each is kept back: rounding up to 1 cannot make the cycle too long then.
  const scale = (longestCycle - weights.length) / total;
  return weights.map((weight) => (weight > 0 ? Math.max(1, Math.floor(weight * scale)) : 0));
}

function withoutCommonDivisor(weights: readonly number[]): readonly number[] {
  const divisor = weights.reduce(commonDivisor, 0);
  return divisor > 1 ? weights.map((weight) => weight / divisor) : weights;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
