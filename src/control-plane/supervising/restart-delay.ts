// How long to wait before a dead worker is replaced: not at all, unless the replacement dies young as well.

/** A replacement that lived shorter than this died of what killed the one before. */
const youngMilliseconds = 1000;
const firstDelay = 100;
const longestDelay = 5000;

export class RestartDelay {
  #youngDeaths = 0;
  #isReplacement = false;

  /** Milliseconds to wait before the next one is started. Called once for every death. */
  afterDeath(livedMilliseconds: number): number {
    this.#youngDeaths = this.#isReplacement && livedMilliseconds < youngMilliseconds ? this.#youngDeaths + 1 : 0;
    this.#isReplacement = true;
    if (this.#youngDeaths === 0) return 0;
    return Math.min(longestDelay, firstDelay * 2 ** (this.#youngDeaths - 1));
  }
}
