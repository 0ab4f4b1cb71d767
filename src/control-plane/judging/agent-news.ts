// What is worth telling of agents: that one cannot be heard, that it is heard again, and what one says that means nothing here. An agent that
// is not heard changes nothing of its endpoint, so without a word nobody would ever find out that its port is a wrong one.
import type { ProbeResult } from '../probing/probe.ts';

export interface AgentNewsParts {
  readonly clock: () => number;
  readonly log: { info(text: string): void; warn(text: string): void };
}

export interface AgentPlace {
  readonly key: string;
  readonly pool: string;
  readonly endpoint: string;
}

/** Milliseconds until the same may be said of an agent again. */
const again = 60_000;

interface Known {
  isHeard: boolean;
  /** When that was told last, of being heard or not. */
  toldAt: number;
  remarkAt: number;
}

export class AgentNews {
  readonly #parts: AgentNewsParts;
  #known = new Map<string, Known>();

  constructor(parts: AgentNewsParts) {
    this.#parts = parts;
  }

  hear({ key, pool, endpoint }: AgentPlace, { advice, ...result }: ProbeResult): void {
    const { clock, log } = this.#parts;
    const now = clock();
    const name = `The agent of endpoint ${endpoint} of pool ${pool}`;
    const known = this.#knownOf(key);
    if (advice === undefined && known.isHeard && now - known.toldAt >= again) {
      known.isHeard = false;
      known.toldAt = now;
      log.warn(`${name} is not heard: ${'reason' in result ? result.reason : 'it says nothing'}. What it said last holds.`);
    } else if (advice !== undefined && !known.isHeard) {
      known.isHeard = true;
      log.info(`${name} is heard again.`);
    }
    if (advice?.remark === undefined || now - known.remarkAt < again) return;
    known.remarkAt = now;
    log.warn(`${name}: ${advice.remark}.`);
  }

  /** Agents that are asked no more are forgotten. */
  keepOnly(keys: Iterable<string>): void {
    this.#known = new Map([...keys].flatMap((key) => (this.#known.has(key) ? [[key, this.#knownOf(key)] as const] : [])));
  }

  #knownOf(key: string): Known {
    const known = this.#known.get(key) ?? { isHeard: true, toldAt: Number.NEGATIVE_INFINITY, remarkAt: Number.NEGATIVE_INFINITY };
    this.#known.set(key, known);
    return known;
  }
}
