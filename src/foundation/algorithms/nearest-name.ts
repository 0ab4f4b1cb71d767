// The name that somebody probably meant, for messages about misspelt words.
// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost one.
// (G. Navarro, "A Guided Tour to Approximate String Matching", ACM Computing Surveys 33(1), 2001.)

/** The most alike of `names`, or undefined when none is close enough to be meant. Capitals do not count. */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  // A third of the letters may be wrong: fewer misses real slips, more offers words that have nothing to do with it.
  let limit = Math.max(1, Math.floor(word.length / 3)) + 1;
  let nearest: string | undefined;
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < limit) {
      limit = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** How many slips lie between two words. */
export function editDistance(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);

  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

/** All places that are asked for exist. */
const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
