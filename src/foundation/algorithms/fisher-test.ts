// Whether a share is greater than another one, or only looks so by chance. R. A. Fisher's exact test (Statistical Methods for Research Workers,
// 5th edition, 1934, section 21.02), one-sided: right for any numbers, also for few and for rare ones, where tests by the normal curve are not.

/** `part` of `whole`: whole numbers, from 0 to `whole`. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/** How likely it is that `later` is so much greater than `earlier` while both come from one and the same source. 1 where it is not greater. */
export function chanceOfGreater(earlier: Share, later: Share): number {
  if (later.whole === 0 || later.part * earlier.whole <= earlier.part * later.whole) return 1;
  const parts = earlier.part + later.part;
  const most = Math.min(parts, later.whole);
  // Of all ways in which the parts could have fallen upon both: those with as many as this upon the later one, and more.
  let term = Math.exp(
    logChoices(later.whole, later.part) + logChoices(earlier.whole, earlier.part) - logChoices(earlier.whole + later.whole, parts),
  );
  let sum = 0;
  for (let part = later.part; part <= most && term > sum * 1e-9; part++) {
    sum += term;
    term *= ((later.whole - part) * (parts - part)) / ((part + 1) * (earlier.whole - parts + part + 1));
  }
  return Math.min(1, sum);
}

/** The logarithm of n over k. */
const logChoices = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

const exactBelow = 64;
const logFactorials = [0];
for (let n = 1; n < exactBelow; n++) logFactorials.push((logFactorials[n - 1] ?? 0) + Math.log(n));

/** J. Stirling's series, right to 13 places from 64 on. */
function logFactorial(n: number): number {
  const known = logFactorials[n];
  if (known !== undefined) return known;
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
