// What is measured of a load that did not come as planned is the machine: it gave this process no turn for so long that its stillness cannot be
// told from that of any other in the scene. Then all is measured anew; and where that does not help, nothing is said.
import type { TestContext } from 'node:test';
import type { OpenLoad } from './open-load.ts';

/** Milliseconds by which a request may come later than planned. */
const mostLag = 300;
const times = 3;

/**
 * `measure` does it all, from processes to load; `loads` are those that were under way while figures were taken. Skips the test and gives
 * undefined when the machine had too much else to do each time.
 */
export async function measureCalmly<Result extends { readonly loads: readonly OpenLoad[] }>(
  t: TestContext,
  measure: () => Promise<Result>,
): Promise<Result | undefined> {
  for (let time = 0; time < times; time++) {
    const result = await measure();
    const lag = Math.max(...result.loads.map(({ worstLag }) => worstLag));
    if (lag <= mostLag) return result;
    t.diagnostic(`a request came ${lag.toFixed(0)} ms later than planned: nothing can be said`);
  }
  t.skip(`the machine has too much else to do: in each of ${times} runs requests came more than ${mostLag} ms later than planned`);
  return undefined;
}
