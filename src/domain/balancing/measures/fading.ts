// Hot path. e^-x, from a table and four terms of the series, to twelve digits. Where code is not hot enough yet for the last compiler,
// Math.exp puts its result on the heap, and a pick must leave nothing there.

const stepsOfOne = 64;
/** Beyond this, less is left than a hundred million millionth. */
const most = 32;
const table = Float64Array.from({ length: stepsOfOne * most + 1 }, (_, step) => Math.exp(-step / stepsOfOne));

/** What is left of something after `lives` times its mean life, which is not below 0. */
export function leftAfter(lives: number): number {
  if (lives >= most) return 0;
  const step = Math.round(lives * stepsOfOne);
  const rest = lives - step / stepsOfOne;
  // The step is in the table, which the compiler cannot see. The bracket is e^-rest.
  return (table[step] as number) * (1 - rest * (1 - (rest / 2) * (1 - (rest / 3) * (1 - rest / 4))));
}
